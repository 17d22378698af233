"""What an editor or a command brought in, and what became of every item of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from archive.ingest.errors import MESSAGES, IngestError
from archive.models.original import Original
from archive.models.speech import Source, Speech, SpeechType


class ItemStatus(models.TextChoices):
    """What became of one item of a batch."""

    WAITING = "waiting", _("待确认")
    NEW = "new", _("新增")
    CHANGED = "changed", _("更新")
    DUPLICATE = "duplicate", _("重复")
    HELD = "held", _("待审")
    FAILED = "failed", _("失败")
    SKIPPED = "skipped", _("跳过")


class UploadBatch(models.Model):
    """One upload or one run of the import command."""

    label = models.CharField(_("名称"), max_length=255, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经手人"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    source = models.ForeignKey(
        Source,
        verbose_name=_("来源"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    type = models.CharField(_("类型"), max_length=20, choices=SpeechType.choices, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("上传批次")
        verbose_name_plural = pgettext_lazy("plural", "上传批次")

    def __str__(self) -> str:
        return self.label or f"#{self.pk}"


class UploadItem(models.Model):
    """One file (or one line of a .jsonl) of a batch."""

    batch = models.ForeignKey(
        UploadBatch, verbose_name=_("批次"), on_delete=models.CASCADE, related_name="items"
    )
    name = models.CharField(_("文件名"), max_length=500)
    original = models.ForeignKey(
        Original,
        verbose_name=_("原始文件"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
    )
    is_row = models.BooleanField(_("表中的一行"), default=False, editable=False)
    status = models.CharField(
        _("结果"), max_length=10, choices=ItemStatus.choices, default=ItemStatus.WAITING
    )
    reason = models.CharField(_("说明"), max_length=500, blank=True)
    # Code and detail of the IngestError behind `reason`, which is in the language of who brought it in.
    error = models.JSONField(default=list, blank=True, editable=False)
    speech = models.ForeignKey(
        Speech,
        verbose_name=_("材料"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="upload_items",
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("上传条目")
        verbose_name_plural = pgettext_lazy("plural", "上传条目")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=ItemStatus.values), name="item_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def message(self) -> str:
        """The reason; in the reader's language where it is why the item could not be read."""
        known = self.error and self.error[0] in MESSAGES  # an older version may have had others
        return str(IngestError(*self.error)) if known else self.reason

    @property
    def is_only_held(self) -> bool:
        """Whether there is nothing of it but its original, kept for an editor to divide."""
        return (
            self.status == ItemStatus.HELD
            and self.speech_id is None
            and self.original_id is not None
        )
