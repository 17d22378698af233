"""Earlier states of a speech."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from archive.models.original import Original
from archive.models.speech import Speech


class SpeechVersionQuerySet(models.QuerySet["SpeechVersion"]):
    """Earlier states of speeches; `record` is the one way to change a speech that is stored already."""

    def record(
        self,
        speech: Speech,
        values: Mapping[str, Any],
        *,
        by: User | None,
        reason: str,
        original: Original | None,
        taken: bool = True,
    ) -> SpeechVersion:
        """Save a changed speech, and what it was before as a version: both or neither.

        `values` are its `version_values` before the change, `original` is the file that they came from. What
        came in but was not `taken` is kept in the same way.
        """
        with transaction.atomic():
            version = self.create(
                speech=speech,
                values=values,
                original=original,
                changed_by=by,
                reason=reason[:200],
                taken=taken,
            )
            speech.save()
        return version


class SpeechVersion(models.Model):
    """What a speech was before a change: nothing that stood in the archive is lost by editing.

    `values` is `Speech.version_values()`. A version whose `taken` is False never stood in the archive: an
    import brought it, but the text had been corrected by hand and was kept; or somebody who may not
    publish proposed it (`archive.proposals`). As long as that waits for consent it is `pending`; its
    `values` are those that would change.
    """

    speech = models.ForeignKey(
        Speech, verbose_name=_("材料"), on_delete=models.CASCADE, related_name="versions"
    )
    values = models.JSONField(_("原值"))
    taken = models.BooleanField(_("曾经采用"), default=True)
    pending = models.BooleanField(_("待批准"), default=False)
    original = models.ForeignKey(
        Original,
        verbose_name=_("原始文件"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="versions",
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("更改人"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    changed_at = models.DateTimeField(_("更改时间"), auto_now_add=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    objects = SpeechVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("旧版本")
        verbose_name_plural = pgettext_lazy("plural", "旧版本")

    def __str__(self) -> str:
        return f"{self.speech_id} @ {self.changed_at:%Y-%m-%d %H:%M}"
