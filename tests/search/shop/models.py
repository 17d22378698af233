"""What the shop has: things, most of whose values may be missing, and notes with other keys."""

from __future__ import annotations

import uuid

from django.db import models


class Thing(models.Model):
    """Something with a value of every kind."""

    text = models.TextField()
    name = models.CharField(max_length=50, null=True)
    code = models.CharField(max_length=50, null=True)
    number = models.BigIntegerField(null=True)
    size = models.FloatField(null=True)
    price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    is_open = models.BooleanField(null=True)
    made = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    tags = models.JSONField(default=list)


class Note(models.Model):
    """Something whose key is no integer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    text = models.TextField()
