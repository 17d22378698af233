"""Poems and who wrote them."""

from __future__ import annotations

from django.db import models


class Poet(models.Model):
    """Somebody who wrote poems."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=50)


class Poem(models.Model):
    """A poem; `written` is a year, where it is known."""

    name = models.CharField(max_length=100)
    lines = models.TextField()
    poet = models.ForeignKey(Poet, models.CASCADE)
    form = models.CharField(max_length=20, choices=[("jue", "绝句"), ("lv", "律诗")])
    written = models.IntegerField(null=True)
    hidden = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The poem's page."""
        return f"/poems/{self.pk}/"
