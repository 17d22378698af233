"""What can be wrong with a file, each with a message for the person who sent it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

MAX_CHARACTERS = 2_000_000
MAX_PARAGRAPHS = 50_000
"""Of one material; the longest of 3,806 official texts has 105,423 characters, books have a million."""

MESSAGES = {
    "empty": _("文件是空的。"),
    "unreadable": _("无法读取文件：%(detail)s。"),
    "unsupported": _("不支持这种文件（%(detail)s）。可用 HTML、纯文本、.docx、.zip、.jsonl。"),
    "undecodable": _("文字编码无法识别：%(detail)s。"),
    "no-encoding": _("文字编码无法识别。"),
    "damaged": _("文件已损坏或不完整：%(detail)s。"),
    "too-large": _("超过上限：%(detail)s。"),
    "too-many-characters": _(
        "一份材料最多 %(characters)s 字，这一份有 %(detail)s 字，没有入库；"
        "原始文件已留存，请分成几份再上传或导入。"
    ),
    "too-many-paragraphs": _(
        "一份材料最多 %(paragraphs)s 段，这一份有 %(detail)s 段，没有入库；"
        "原始文件已留存，请分成几份再上传或导入。"
    ),
    "unsafe-name": _("压缩包内的文件名不安全，已拒绝：%(detail)s。"),
    "no-name": _("压缩包内有一项没有文件名，已拒绝。"),
    "encrypted": _("文件已加密，无法读取：%(detail)s。"),
    "link": _("压缩包内的链接或设备文件不予读取：%(detail)s。"),
    "nested": _("压缩包里的压缩包不再展开：%(detail)s。"),
    "bomb": _("结构异常，疑似压缩炸弹：%(detail)s。"),
    "no-text": _("文件里没有可读的正文。"),
    "bad-row": _("这一行不是有效的记录：%(detail)s。"),
    "gave-up": _("解析用时或内存超过上限，已中止。"),
    "broken": _("读取时出错，已中止：%(detail)s。"),
    "rest": _("这个文件里已有 %(detail)s 份解析超过上限，其余未读入。"),
    "too-many-cuts": _("须删去的片段超过 %(detail)s 处，不像是正文。"),
}
"""Message by code; `%(detail)s` is what in the file is meant, and never markup."""
KINDS = {
    "Windows 程序": _("Windows 程序"),
    "程序": _("程序"),
    "图片 PNG": _("图片 PNG"),
    "图片 JPEG": _("图片 JPEG"),
    "图片 GIF": _("图片 GIF"),
    "图片 BMP": _("图片 BMP"),
    "音频或图片": _("音频或图片"),
    "二进制文件": _("二进制文件"),
}
"""Kinds of files among the details that are not called the same in every language."""

_BOUNDS = {"characters": f"{MAX_CHARACTERS:,}", "paragraphs": f"{MAX_PARAGRAPHS:,}"}


class IngestError(Exception):
    """A file that cannot be taken in. `code` is stable; `str(error)` is the message to show."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        detail = KINDS.get(self.detail, self.detail)
        return str(MESSAGES[self.code] % {"detail": detail, **_BOUNDS})

    @property
    def is_held(self) -> bool:
        """Whether the file is a material all the same, so that its bytes are kept for an editor."""
        return self.code in ("too-many-characters", "too-many-paragraphs")
