"""How values of the archive are written on a page."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from archive.models import Speech
from archive.wording import day_name
from search.text.dates import PartialDate

register = template.Library()

INCOMPLETE_BELOW = 0.8
"""A text shorter than this share of the length that its page declares is called incomplete."""


register.filter("day", day_name)


@register.filter
def moment(date: PartialDate) -> str:
    """Write a date with its time of day where that is known: 2024年4月14日 10:24:03."""
    return f"{day_name(date)} {date.iso[11:]}".rstrip()


@register.filter
def web_address(url: str) -> str:
    """Return the address if a browser may follow it (http or https), else nothing."""
    return url if url.lower().startswith(("http://", "https://")) else ""


@register.filter
def badges(speech: Speech) -> list[str]:
    """Return what a reader should know of a material before opening it."""
    declared = speech.declared_length
    if declared and speech.char_count < INCOMPLETE_BELOW * declared:
        return [_("可能不全")]
    return []


@register.simple_tag
def share_bar(count: int, total: int) -> SafeString:
    """Draw the share as a bar; the figure stands beside it, as text and as its name."""
    share = 100 * count / total if total else 0
    return format_html(
        '<svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="1"/></svg><span>{} %</span>',
        f"{share:.2f}",
        f"{share:.1f}",
    )
