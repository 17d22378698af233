"""How values of the archive are written in the reader's language, on pages and wherever else."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache, partial
from html import escape
from typing import NamedTuple

from django import template
from django.template.base import Parser, Token
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from archive.models import Source, Speech
from search.caches import watched
from search.site import schema
from search.text.dates import PartialDate

register = template.Library()

# The translated strings of this module are formats: Y, n, j and F stand for parts of the date
# (https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date).

INCOMPLETE_BELOW = 0.8
"""A text shorter than this share of the length that its page declares is called incomplete."""


def shortened(text: str, length: int) -> str:
    """Return a text, or of a longer one its first `length` characters and …"""
    return text if len(text) <= length else f"{text[:length]}…"


@register.filter("day")
def day_name(date: PartialDate) -> str:
    """Write a date to the day, or as far as it is known: 2024年4月14日, 2024年4月, 2024年."""
    return _written(date.iso[:10], get_language()) if date else _("日期不详")


@partial(watched, "dates")
@lru_cache(maxsize=4096)
def _written(iso: str, _language: str | None) -> str:
    """Return a date as the present language writes it: a page shows many, and many pages the same."""
    if len(iso) == len("2024-04-14"):
        return dateformat.format(dt.date.fromisoformat(iso), _("Y年n月j日"))
    if len(iso) == len("2024-04"):
        return month_name(iso)
    return dateformat.format(dt.date(int(iso), 1, 1), _("Y年"))


def month_name(month: str, *, with_year: bool = True) -> str:
    """Write a month given as 2024-04: 2024年4月, or 4月 where its year stands above it."""
    first = dt.date(int(month[:4]), int(month[5:7]), 1)
    return dateformat.format(first, _("Y年n月") if with_year else _("n月"))


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
def about(speech: Speech, *, within: Source | None = None, clock: bool = False) -> SafeString:
    """Write the line below a title: source (unless all are `within` it), type, date, length, badges."""
    parts = [f"<span>{escape(speech.type_label)}</span>"]
    if not within or speech.source_id != within.pk:
        source = speech.source
        address = escape(source.get_absolute_url())
        parts.insert(0, f'<a href="{address}">{escape(source.name)}</a>')
    if speech.date:
        shown = moment(speech.date) if clock else day_name(speech.date)
        parts.append(f'<time datetime="{escape(str(speech.date))}">{escape(shown)}</time>')
    else:
        unknown = _("日期不详")
        parts.append(f"<span>{escape(unknown)}</span>")
    length = _("%(n)s 字") % {"n": f"{speech.char_count:,}"}
    parts.append(f"<span>{escape(length)}</span>")
    parts += (f'<span class="badge">{escape(badge)}</span>' for badge in badges(speech))
    return mark_safe('<p class="meta">\n' + "\n".join(parts) + "\n</p>")  # noqa: S308 (escaped)


class Once(template.Node):
    """A part of a template that is the same on every page: rendered once a language."""

    def __init__(self, nodes: template.NodeList) -> None:
        self._nodes = nodes
        self._rendered: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """Return the part; nothing of the context may stand in it."""
        language = get_language()
        if language not in self._rendered:
            self._rendered[language] = self._nodes.render(context)
        return self._rendered[language]


@register.tag
def once(parser: Parser, _token: Token) -> Once:
    """Render what stands up to `endonce` once a language."""
    nodes = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(nodes)


class Offered(NamedTuple):
    """A field whose values the search box offers: `key` names them in the JSON interface."""

    field: str
    key: str
    heading: str


@register.simple_tag
def offered() -> list[Offered]:
    """Return what the search box offers while somebody types: what the schema says is suggested."""
    searched = schema()
    headings = {name: str(facet.plural or facet.label) for name, facet in searched.facets.items()}
    headings |= {searched.title: _("题目"), searched.terms: _("引文")}
    return [Offered(name, f"{name}s", headings[name]) for name in searched.suggested]


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
