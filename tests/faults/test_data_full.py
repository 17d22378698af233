"""The disk with everything on it is full: pages say so, imports end with a line, and all goes on later."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.archive.samples import text_of
from tests.faults.desk import File, Site, Visitor
from tests.faults.test_disk_full import fill

pytestmark = [pytest.mark.fault, pytest.mark.long]
FILES = 160
COUNTS = re.compile(r"new (\d+) · changed 0 · duplicate (\d+) · held 0 · failed 0")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return the environment of a site whose data and temporary files share eight megabytes."""
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    names = ("DATABASE_URL", "SEARCH_URL", "YINDE_TESTS_FOLDER")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    try:
        yield kept | {
            "DATA_DIR": str(disk),
            "TMPDIR": str(disk),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_pages_say_that_the_disk_is_full_and_give_back_what_was_typed(
    small: dict[str, str],
) -> None:
    manage(small, "migrate", "--verbosity=0")
    made = manage(small, "create_editor", "bianji", "--generate").stdout
    site = Site(small)
    site.start()
    try:
        editor = Visitor(site.port).log_in("bianji", made.split("): ")[1].strip())
        upload = "/admin/archive/speech/upload/"
        files = {"documents": [File("甲.txt", text_of(1))], "source": "", "type": ""}
        staged = editor.send(upload, files).location
        editor.post(staged, editor.get(staged).form() | {"_publish": ["1"]})
        change = "/admin/archive/speech/1/change/"
        form = editor.get(change).form()
        ballast = fill(Path(small["DATA_DIR"]))

        text = "\n".join(f"<i>第{n}段</i>，改过的措辞。" for n in range(9_000))
        page = editor.post(change, form | {"text": [text]})
        assert page.status == 507
        assert "磁盘满了" in page.body.decode()
        again = page.form()
        assert again["text"][0].split() == text.split()
        large = {"documents": [File("乙.txt", text_of(2) * 6000)], "source": "", "type": ""}
        for sent in (large, {**files, "documents": [File("丙.txt", text_of(3))]}):
            ballast = fill(Path(small["DATA_DIR"]))  # the database may have given some room back
            page = editor.send(upload, sent)
            assert page.status == 507
            assert "选的文件没有收下" in page.body.decode()
        assert [editor.get(each).status for each in ("/", change, "/speeches/1/")] == [200] * 3

        ballast.unlink()
        assert editor.post(change, again).status == 302
        assert "&lt;i&gt;第8999段" in editor.get(change).body.decode()
    finally:
        site.stop()


def test_an_import_ends_with_one_line_and_goes_on_when_there_is_room(
    small: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "came"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number}.txt").write_bytes(text_of(number) + text_of(number + 1000) * 30)
    manage(small, "migrate", "--verbosity=0")
    stopped = manage(small, "import_speeches", str(folder))
    assert stopped.returncode == 1
    last = stopped.stderr.splitlines()[-1]
    assert last.startswith("CommandError: Stopped: ")
    assert last.endswith("Run the same command again: it goes on with the rest.")
    stored = int(COUNTS.search(last)[1])
    assert 0 < stored < FILES
    assert "Traceback" not in stopped.stderr

    disk = small["DATA_DIR"]
    subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
    ended = manage(small, "import_speeches", str(folder))
    assert ended.returncode == 0, ended.stderr
    new, duplicate = map(int, COUNTS.search(ended.stdout).groups())
    assert (new, duplicate) == (FILES - stored, stored)
    assert manage(small, "check_search").returncode == 0
