"""Where the time of a page of results goes: of each step its own, without what it calls of the others."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.conf import settings
from django.db.models import QuerySet
from django.test import Client

from benchmarks.measure import in_child
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.yinde import NAME
from search import pages
from search.highlight import Highlighter
from search.site import backend
from search.web import links, views

PART = "Where a search page's time goes (in the process, asked first)"
REST = "the rest: request, middleware, parsing"


class Clock:
    """Adds up the seconds of named steps; a step within a step counts for itself alone."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._inner: list[float] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the time of what is done within."""
        begun = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            seconds = time.perf_counter() - begun
            self.seconds[name] += seconds - self._inner.pop()
            if self._inner:
                self._inner[-1] += seconds

    def watched(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Return a function that does the same as a step."""

        def step(*given: Any, **options: Any) -> Any:
            with self.step(name):
                return function(*given, **options)

        return step


def run(plan: Plan, report: Report, paths: Sequence[str], unmeasured: int) -> None:
    """Ask for pages within one process, and say where their time goes."""
    asked = paths[: unmeasured + plan.requests]
    shares = in_child(visit, asked, unmeasured).value
    whole = sum(shares.values())
    for name, seconds in sorted(shares.items(), key=lambda share: -share[1]):
        count = max(1, len(asked) - unmeasured)
        report.add(PART, name, NAME, 1000 * seconds / count, "ms")
        report.add(PART, f"{name}, share", NAME, 100 * seconds / whole, "%")


def visit(paths: Sequence[str], unmeasured: int) -> dict[str, float]:
    """Return the seconds of each step of some pages, in all."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client, clock = Client(), Clock()
    for path in paths[:unmeasured]:
        client.get(path)
    steps: list[tuple[Any, str, str]] = [
        (type(backend()), "find", "the engine's search"),
        (QuerySet, "in_bulk", "loading the texts"),
        (Highlighter, "__init__", "finding the hits in them"),
        (Highlighter, "snippets", "choosing passages"),
        (pages, "_facets", "facets: names and order"),
        (links, "facet_links", "facets: addresses"),
        (views, "render", "templates"),
    ]
    for owner, name, said in steps:
        function = getattr(owner, name)
        if name == "_facets":  # a generator does nothing when it is called
            function = _listed(function)
        mock.patch.object(owner, name, clock.watched(function, said)).start()
    for path in paths[unmeasured:]:
        with clock.step(REST):
            client.get(path)
    mock.patch.stopall()
    return dict(clock.seconds)


def _listed(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: list(function(*given))
