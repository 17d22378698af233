"""How to cite a material from the archive (pure).

GB/T 7714—2025, in force since 2026-07-01, electronic item on line: 责任者. 题名[EB/OL].
（更新日期）[引用日期]. 获取路径. The edition of 2015, still asked for, sets the date in half-width
brackets. Without a responsible person the title stands first; without a date only the date of access
is given (never "佚名" or "[日期不详]").
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any

from search.text.dates import UNKNOWN, PartialDate

# What TeX would take for a command, and how to write it as a character. Braces become commands too:
# BibTeX counts them even behind a backslash.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&#%_"},
}
_TEX_SIGNS = re.compile(f"[{re.escape(''.join(_TEX))}]")


@dataclass(frozen=True)
class Cited:
    """What a citation says: `key` names it in a bibliography, `url` is its permanent address."""

    key: str
    title: str
    url: str
    accessed: dt.date
    author: str = ""
    date: PartialDate = UNKNOWN


def gb7714(cited: Cited, *, edition: int = 2025) -> str:
    """Return the reference after the edition of 2025 or 2015, as plain text on one line.

    >>> gb7714(Cited("a", "谈调研", "https://a.cn/1/", dt.date(2025, 6, 22), date=PartialDate("2025-02")))
    '谈调研[EB/OL].（2025-02）[2025-06-22]. https://a.cn/1/.'
    """
    author = _one_line(cited.author).rstrip(".．。")
    responsible = f"{author}. " if author else ""
    title, accessed = _one_line(cited.title), cited.accessed.isoformat()
    brackets, gap = ("（）", "") if edition == 2025 else ("()", " ")
    published = _day(cited).join(brackets) if cited.date else ""
    return f"{responsible}{title}[EB/OL].{gap}{published}[{accessed}]. {cited.url}."


def bibtex(cited: Cited) -> str:
    """Return the reference as an entry of BibTeX that biblatex understands too."""
    fields = {
        # In braces of their own: a name that is not taken apart, a title whose case stays.
        "author": f"{{{_tex(cited.author)}}}" if cited.author.strip() else "",
        "title": f"{{{_tex(cited.title)}}}",
        "year": cited.date.iso[:4],
        "date": _day(cited),
        "url": cited.url,
        "urldate": cited.accessed.isoformat(),
        "langid": "chinese",
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@online{{{cited.key},\n{''.join(lines)}}}"


def csl_json(cited: Cited) -> str:
    """Return the reference as CSL-JSON, which Zotero and citeproc read."""
    item: dict[str, Any] = {
        "id": cited.key,
        "type": "webpage",
        "title": _one_line(cited.title),
        "URL": cited.url,
        "accessed": _date_parts(cited.accessed.isoformat()),
        "language": "zh-CN",
    }
    if cited.author.strip():
        item["author"] = [{"literal": _one_line(cited.author)}]
    if cited.date:
        item["issued"] = _date_parts(_day(cited))
    lines = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in item.items()]
    return "[{\n  " + ",\n  ".join(lines) + "\n}]"


def _date_parts(day: str) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in day.split("-")]]}


def _day(cited: Cited) -> str:
    """Return the date to the day, or as far as it is known."""
    return cited.date.iso[:10]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _tex(text: str) -> str:
    return _TEX_SIGNS.sub(lambda sign: _TEX[sign[0]], _one_line(text))
