"""A shop with an index of its own, filled once for the tests of a module."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from haystack import connections
from haystack.utils.loading import UnifiedIndex

from tests.search.shop.indexes import ThingIndex
from tests.search.shop.models import Note, Thing

ALIAS = "shop"
WORDS = (
    "群众",
    "工作",
    "调查研究",
    "haystack",
    "needle",
    "hay",
    "Straw",
    "制度建设",
    "不必",
    "在我",
)


def _some(random_: random.Random, make: Callable[[], Any]) -> Any:
    """A value, or none as often as not: what is missing is the hard case."""
    return None if random_.random() < 0.3 else make()


def values(random_: random.Random) -> dict[str, Callable[[], Any]]:
    """Make a random value for each field: small, so that equal ones, signs and scales are frequent."""
    return {
        "name": lambda: " ".join(random_.choices(WORDS, k=random_.randint(1, 2))),
        "code": lambda: random_.choice(["", "a", "B", "b", "aé", "Z9", "群", 'x "y"', "a:b", "12"]),
        "number": lambda: random_.choice([-(2**63) + 1, -20, -1, 0, 0, 1, 9, 10, 2**62]),
        "size": lambda: random_.choice([-1e300, -2.5, -0.0, 0.0, 1e-300, 2.5, 2.75, 10.0]),
        "price": lambda: Decimal(random_.choice(["-3.10", "0", "0.000001", "9.5", "10", "24.990"])),
        "is_open": lambda: random_.random() < 0.5,
        "made": lambda: (
            dt.datetime(2023, 12, 31, 20, tzinfo=dt.UTC)
            + dt.timedelta(hours=random_.randint(0, 9), microseconds=random_.randint(0, 2))
        ),
        "day": lambda: dt.date(2023, 12, 30) + dt.timedelta(days=random_.randint(0, 4)),
    }


def make_things(random_: random.Random, number: int) -> list[Thing]:
    """Store random things."""
    made = values(random_)
    return [
        Thing.objects.create(
            text="，".join(random_.choices(WORDS, k=random_.randint(1, 6))),
            tags=random_.sample(["红", "大", "a b"], random_.randint(0, 3)),
            **{name: _some(random_, make) for name, make in made.items()},
        )
        for _ in range(number)
    ]


def connect(alias: str, path: Path, indexes: list[Any], **options: Any) -> Any:
    """Add a connection with an index of its own to Haystack's, and return its backend."""
    connections.connections_info[alias] = {
        "ENGINE": "search.haystack.whoosh.WhooshEngine",
        "PATH": str(path),
        "SILENTLY_FAIL": False,
        **options,
    }
    connections.reload(alias)
    unified = UnifiedIndex()
    unified.build(indexes=indexes)
    connections[alias]._index = unified
    return connections[alias].get_backend()


def disconnect(alias: str) -> None:
    """Take a connection away again."""
    connections.connections_info.pop(alias)
    connections.thread_local.__dict__.get("connections", {}).pop(alias, None)


@pytest.fixture(scope="module")
def things(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[list[Thing]]:
    """Eighty things, indexed in several commits, some of them changed and some deleted again."""
    random_ = random.Random(7)
    index = ThingIndex()
    site = connect(ALIAS, tmp_path_factory.mktemp("shop") / "index", [index])
    with django_db_blocker.unblock():
        for _ in range(4):
            made = make_things(random_, 23)
            site.update(index, made)
            for thing in made[:2]:
                site.remove(thing)
                thing.delete()
            made[5].number = 9
            made[5].save()
            site.update(index, [made[5]])
        yield list(Thing.objects.order_by("pk"))
        Thing.objects.all().delete()
        Note.objects.all().delete()
    disconnect(ALIAS)
