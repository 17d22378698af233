"""How to cite a material from the archive (pure).

GB/T 7714—2025, in force since 2026-07-01, electronic item on line: 责任者. 题名[EB/OL].
（更新日期）[引用日期]. 获取路径. Without a responsible person the title stands first; without a
date only the date of access is given (never "佚名" or "[日期不详]").
"""

from __future__ import annotations

import datetime as dt

from archive.dates import UNKNOWN, PartialDate


def gb7714(
    title: str, url: str, accessed: dt.date, *, author: str = "", date: PartialDate = UNKNOWN
) -> str:
    """Return the reference as plain text, on one line.

    >>> gb7714("谈调研", "https://a.cn/1/", dt.date(2025, 6, 22), date=PartialDate("2025-02"))
    '谈调研[EB/OL].（2025-02）[2025-06-22]. https://a.cn/1/.'
    """
    responsible = f"{_one_line(author).rstrip('.．。')}. " if author.strip() else ""
    published = f"（{date.iso[:10]}）" if date else ""
    return f"{responsible}{_one_line(title)}[EB/OL].{published}[{accessed.isoformat()}]. {url}."


def _one_line(text: str) -> str:
    return " ".join(text.split())
