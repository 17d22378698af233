"""A draft to store, and the storing of it."""

from __future__ import annotations

from typing import Any

from archive.ingest.rules import EvidenceRule, RemovalRule
from archive.ingest.store.duplicates import Outcome
from archive.ingest.store.speeches import store
from archive.ingest.values import Draft, Evidence, Removed
from search.text.dates import PartialDate

DRAFT = Draft(
    title="在动员部署会上的讲话",
    text="同志们：\n今天开会。",
    html="<p>同志们：</p><p>今天开会。</p>",
    type="mobilisation",
    date=PartialDate("2024-04-14"),
    source_name="甲站",
    source_domain="www.jia.example",
    source_line="来源：网友投稿",
    original_url="https://www.jia.example/wen/1.html",
    site_column="理论学习",
    site_tags=("学习", "部署"),
    author="某局",
    hit_count=2483,
    declared_length=3623,
    raw="广告\n同志们：\n今天开会。",
    removed=(Removed(0, 3, "广告\n", RemovalRule.ADVERTISEMENT),),
    provenance={
        "date": Evidence(EvidenceRule.DATE_LABEL, "时间：2024-04-14", False),
        "source_name": Evidence(EvidenceRule.SOURCE_GREETING, "欢迎来到甲站", True),
    },
)


def put(draft: Draft = DRAFT, content: bytes = b"1", name: str = "1.html", **more: Any) -> Outcome:
    """Store a draft, as if it had been read from `content`."""
    return store(draft, content, name, **more)
