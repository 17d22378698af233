"""The page of results over HTTP, from the real server; and the same page fed by tantivy."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import shares
from benchmarks.measure import Times, in_child, timed
from benchmarks.peers.tantivy_index import Tantivy
from benchmarks.plan import Plan
from benchmarks.queries import word_queries
from benchmarks.report import Report
from benchmarks.spans import random_spans
from benchmarks.yinde import Yinde

PART = "Search page over HTTP, ten results, snippets, facets"
CROWD = 16
ROOT = Path(__file__).resolve().parent.parent
_SERVER = [sys.executable, "manage.py", "serve"]
_START_SECONDS = 60.0
_UNMEASURED = 24  # enough for both workers to load everything
_KINDS = ("word", "and", "run", "or", "not")  # what tantivy's pages understand


@dataclass
class Visits:
    """Seconds and bytes of each page; `failed` counts the answers that were none."""

    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    failed: int = 0


def run(plan: Plan, report: Report) -> None:
    """Visit both sites, alone and in a crowd."""
    paths = search_paths(plan)
    for who, environment in ((Yinde.name, {}), (Tantivy.name, {"BENCHMARK_TANTIVY_PAGES": "1"})):
        with server(environment) as port:
            alone = in_child(visit, port, paths, _UNMEASURED, plan.requests).value
            report.add_times(PART, "one client", who, Times.of(alone.seconds))
            report.add(PART, "page", who, sum(alone.sizes) / len(alone.sizes) / 1024, "KB")
            crowd = in_child(visit_for, port, paths, plan.crowd_seconds).value
            times = Times.of(crowd.seconds)
            note = f"{CROWD} clients, two workers, {times.count} pages, {crowd.failed} failed"
            rate = times.count / plan.crowd_seconds
            report.add(PART, f"{CROWD} clients, rate", who, rate, "pages/s", note)
            report.add(PART, f"{CROWD} clients, p95", who, times.p95, "ms")
            failed = alone.failed + crowd.failed
            report.add(PART, "failed", who, failed, "pages")
    shares.run(plan, report, paths, _UNMEASURED)
    ours = report.value(PART, "one client, median", Yinde.name)
    ratio = ours / report.value(PART, "one client, median", Tantivy.name)
    report.add(PART, "against tantivy's page", Yinde.name, ratio, "times")


def search_paths(plan: Plan) -> list[str]:
    """Return addresses of searches: lines of words, and strings in quotation marks.

    The strings are such as tantivy finds, too: where nothing is found the page looks for parts.
    """
    count = plan.queries_per_kind
    queries = word_queries(plan.corpus, count, seed=5)
    lines = [query.line for query in queries if query.kind in _KINDS]
    spans = random_spans(plan.corpus, count * 8, seed=6, longest=12)
    findable = [span.raw for span in spans if len(span.raw) > 1 and span.raw.isalnum()]
    lines += [f"“{raw}”" for raw in findable[:count]]
    return [f"/search/?{urlencode({'q': line})}" for line in lines]


@contextlib.contextmanager
def server(environment: Mapping[str, str], command: Sequence[str] = _SERVER) -> Iterator[int]:
    """Serve the run's folder and give the port; stop at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    # The run's folder has no collected static files, which each worker would remark on.
    own = {"PORT": str(port), "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {**environment} | own)
    try:
        until = time.monotonic() + _START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server does not answer")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/help/")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def visit(port: int, paths: Sequence[str], unmeasured: int, measured: int) -> Visits:
    """Ask for pages one after the other."""
    visits = Visits()
    wanted = [paths[i % len(paths)] for i in range(unmeasured + measured)]
    for path in wanted[:unmeasured]:
        _get(port, path)
    for path in wanted[unmeasured:]:
        _take(visits, port, path)
    return visits


def visit_for(port: int, paths: Sequence[str], seconds: float) -> Visits:
    """Let many clients ask for pages at once, for a while."""
    until = time.monotonic() + seconds
    return visit_together(port, paths, lambda: time.monotonic() < until)


def visit_together(port: int, paths: Sequence[str], going: Callable[[], bool]) -> Visits:
    """Let many clients ask for pages at once, as long as `going` says so."""
    visits = Visits()

    def client(first: int) -> None:
        at = first
        while going():
            _take(visits, port, paths[at % len(paths)])
            at += CROWD

    threads = [threading.Thread(target=client, args=(first,)) for first in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return visits


def _take(visits: Visits, port: int, path: str) -> None:
    (status, size), seconds = timed(_get, port, path)
    if status != http.client.OK:
        visits.failed += 1
    visits.seconds.append(seconds)
    visits.sizes.append(size)


def _get(port: int, path: str) -> tuple[int, int]:
    """Return the status and the size of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, len(response.read())
    except (OSError, http.client.HTTPException):
        return 0, 0
    finally:
        connection.close()
