"""What stands on a page of results many times: the card of a result, the value of a facet.

They are put together here and not by templates of their own: on a page with ten cards and sixty values these
took half of its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search.results import ResultRow
from search.web.links import Link

register = template.Library()


@register.simple_tag
def values(links: Iterable[Link]) -> SafeString:
    """Write values of a facet as items of a list, those that narrow a value below it."""
    said = escape(_("（已选，点按取消）"))
    chosen = f'<span class="unseen">{said}</span>'
    return mark_safe(_items(links, chosen))  # noqa: S308 (escaped below)


def _items(links: Iterable[Link], chosen: str) -> str:
    """Return the items as HTML; `chosen` is what says that one is chosen, as HTML."""
    items = []
    for link in links:
        current, said = (' aria-current="true"', chosen) if link.selected else ("", "")
        inner = f"<ul>{_items(link.inner, chosen)}</ul>" if link.inner else ""
        items.append(
            f'<li><a href="{escape(link.url)}" rel="nofollow"{current}><span>{escape(link.label)}</span>\n'
            f'<span class="count">{link.count:,}</span>{said}</a>{inner}</li>'
        )
    return "\n".join(items)


@register.simple_tag
def card(row: ResultRow, within: str, about: str = "") -> SafeString:
    """Write a result: its title, `about` it (HTML that the site gives), passages, and how many hits it has.

    `within` is the query string that takes the query along into the document.
    """
    address = escape(f"{row.object.get_absolute_url()}{within}")
    passages = "".join(
        f'<blockquote lang="zh-hans"><p>{snippet}</p></blockquote>\n' for snippet in row.snippets
    )
    return mark_safe(  # noqa: S308 (title and passages were escaped when they were marked)
        f'<article class="card">\n<h2><a href="{address}" lang="zh-hans">{row.title}</a></h2>\n'
        f"{conditional_escape(about)}{passages}{_hits(row, address)}{_explanation(row)}</article>"
    )


def _hits(row: ResultRow, address: str) -> str:
    """Write how many hits a result has, as a link to the first."""
    if not (row.hits or row.hits_more):
        return ""
    said = (
        _("本文很长，只数到 %(shown)s 处")
        if row.hits_more
        else ngettext("本文 %(shown)s 处", "本文 %(shown)s 处", row.hits)
    )
    shown = escape(said % {"shown": f"{row.hits:,}"})
    return f'<p class="hits"><a href="{address}#hit-1">{shown}</a></p>\n'


def _explanation(row: ResultRow) -> str:
    if row.explanation is None:
        return ""
    return render_to_string("search/_explanation.html", {"whole": row.explanation})
