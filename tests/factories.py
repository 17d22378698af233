"""Make materials for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone

from archive.models import Original, Source, Speech, State
from archive.models.original import place_of
from archive.originals import DurableStorage
from search.models import IndexFollower
from search.site import corpus


def make_source(slug: str = "jia", **values: Any) -> Source:
    """Return the source with that short name, made if there is none."""
    defaults = {"name": f"{slug}站"} | values
    return Source.objects.get_or_create(slug=slug, defaults=defaults)[0]


def make_speech(title: str = "题目", text: str = "正文。", **values: Any) -> Speech:
    """Return a new speech, published unless `state` says otherwise; `source` may be a short name."""
    source = values.pop("source", "jia")
    if isinstance(source, str):
        source = make_source(source)
    values = {"state": State.PUBLISHED, "type": "speech"} | values
    return Speech.objects.create(title=title, text=text, source=source, **values)


def publish(rows: list[Speech]) -> None:
    """Store speeches and index them, all in one go."""
    for row in rows:
        row.derive()
    Speech.objects.bulk_create(rows)
    site = corpus()
    site.update(site.unified_index().get_index(Speech), rows)


def make_follower() -> IndexFollower:
    """Return somebody for whom changes are noted from now on, and who never follows them."""
    now = timezone.now()
    return IndexFollower.objects.create(generation="elsewhere", machine="elsewhere", built_at=now)


def path_of(original: Original) -> Path:
    """Return where the folder of originals keeps a file."""
    return Path(DurableStorage().path(place_of(original.sha256)))
