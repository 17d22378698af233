"""The visitor's language with the prefixes of this archive, for tests that need no index class."""

from __future__ import annotations

from search import query
from search.query import Fields, Node, Parsed

FIELDS = Fields.of(
    {
        "title": ("标题", "题目", "title"),
        "source": ("来源", "source"),
        "type": ("类型", "type"),
        "column": ("栏目", "column"),
        "tag": ("标签", "tag"),
    },
    dates=("日期", "date"),
)


def parse(line: str) -> Parsed:
    """Read a line."""
    return query.parse(line, FIELDS)


def unparse(tree: Node) -> str:
    """Print a tree."""
    return query.unparse(tree, FIELDS)
