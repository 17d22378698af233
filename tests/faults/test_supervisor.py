"""kill -9 of `serve` at any moment: neither the server nor the follower outlives it.

YINDE_KILLS=400 does it fifty times.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from django.conf import settings

from tests.effort import tries
from tests.faults.processes import children_of, eventually
from tests.serving import environment_of

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

KILLS = max(4, tries("YINDE_KILLS", 20, 24) // 8)


def marked(mark: str) -> list[int]:
    """Return the processes that live and have `mark` in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:  # ended meanwhile
            continue
    return found


@pytest.mark.long
def test_a_killed_supervisor_leaves_no_process(tmp_path: Path) -> None:
    random, environment = Random(7), environment_of(tmp_path)
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity=0"], env=environment, check=True)
    for number in range(KILLS):
        mark = str(uuid4())
        serve = subprocess.Popen(
            [*manage, "serve"], env=environment | {"MARK": mark}, cwd=settings.BASE_DIR
        )
        children = min(number, 3)  # how many of them are there before the last wait
        eventually(lambda pid=serve.pid, least=children: len(children_of(pid)) >= least)
        # While Python starts and imports, a process could miss that its parent ends.
        time.sleep(random.choice((0, 0.05, 0.5, 3)) * random.random())
        serve.kill()
        serve.wait()
        try:
            eventually(lambda mark=mark: not marked(mark))
        finally:
            for pid in marked(mark):
                os.kill(pid, signal.SIGKILL)
