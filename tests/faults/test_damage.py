"""Damaged and missing files: noticed, never an error page, never a wrong answer, healed by a rebuild."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import Client
from haystack import connections as search_connections

from archive.models import Speech
from search.errors import IndexUnavailable
from search.index import backend
from search.index.format.checksums import Inspector
from search.pages import search
from search.results import SearchRequest
from search.sync.consistency import differences
from search.sync.follow import catch_up
from search.sync.rebuild import needs_rebuild, rebuild
from tests.effort import THOROUGH
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, found, pending, visible
from tests.faults.conftest import index_folder
from tests.faults.processes import command, eventually

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

QUERIES = (EVERYWHERE, "“研究第”", "政绩观 -第三", "第*篇", "")


def removed(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def truncated(path: Path) -> None:
    """Cut a file to half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    """Flip one bit in the middle."""
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) * 2 // 3] ^= 4
    path.write_bytes(content)


def zeroed(path: Path) -> None:
    """Zero 512 bytes in the middle, or what there is."""
    content = path.read_bytes()
    start = max(0, len(content) // 2 - 256)
    path.write_bytes(
        content[:start] + bytes(len(content[start : start + 512])) + content[start + 512 :]
    )


# What is cut short or zeroed is found by the checksums that find one bit: that is tried where CI is set.
HARMS = (removed, flipped, truncated, zeroed) if THOROUGH else (removed, flipped)


def make_archive() -> None:
    """Make an archive whose index has two segments, deletions and restored readings."""
    for number in range(5):
        make_speech(title=f"第{number}篇", text=f"政绩观{EVERYWHERE}第{number}稿，D员干部。\n" * 9)
    Speech.objects.order_by("pk")[1].delete()


def right_answers() -> list[set[int]]:
    """Return what the queries find in an undamaged index."""
    return [found(query) for query in QUERIES]


@contextmanager
def own_copy(pristine: Path, place: Path) -> Iterator[Path]:
    """Search a copy of an index, which nothing holds open; yield its generation's folder."""
    shutil.copytree(pristine, place, symlinks=True)
    search_connections.connections_info["default"]["PATH"] = str(place)
    search_connections.reload("default")
    yield place / os.readlink(place / "current")
    shutil.rmtree(place)


def assert_notice_or_right(expected: list[set[int]], client: Client) -> None:
    """Assert that searches either say that the index is being rebuilt or are right."""
    for query, keys in zip(QUERIES, expected, strict=True):
        page = search(SearchRequest(q=query, per_page=1000))
        if page.notes:
            assert page.count == 0
        else:
            assert {row.pk for row in page.rows} == keys
    assert client.get("/search/", {"q": EVERYWHERE}).status_code == 200


@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_any_file_is_noticed_and_healed(
    harm: Callable[[Path], None], tmp_path: Path, client: Client
) -> None:
    make_archive()
    expected, pristine = right_answers(), index_folder()
    whole = living(pristine)
    harmed = 0
    for name in sorted(path.name for path in whole.iterdir()):
        with own_copy(pristine, tmp_path / "copy") as generation:
            harm(generation / name)
            victim = generation / name
            if victim.exists() and victim.read_bytes() == (whole / name).read_bytes():
                continue  # it was empty, or zeros already
            harmed += 1
            assert any(name in str(each) or each.identity == "index" for each in differences()), (
                name
            )
            assert needs_rebuild(), name
            assert_notice_or_right(expected, client)
            rebuild(processes=1)
            assert_agreed()
            assert needs_rebuild() == ""
    assert harmed > 15


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_too_large_to_look_at_on_opening_never_makes_an_error(
    harm: Callable[[Path], None],
    tmp_path: Path,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend, "_inspector", Inspector(largest=0))
    make_archive()
    pristine = index_folder()
    whole = living(pristine)
    for name in sorted(path.name for path in whole.iterdir()):
        with own_copy(pristine, tmp_path / "copy") as generation:
            harm(generation / name)
            for query in QUERIES:
                assert search(SearchRequest(q=query)).count >= 0
            assert client.get("/search/", {"q": EVERYWHERE}).status_code == 200
            if (generation / name).exists():  # what is gone may have been a copy of nothing
                changed = (generation / name).read_bytes() != (whole / name).read_bytes()
                assert bool(needs_rebuild()) == changed, name


def test_damage_is_not_merged_into_files_with_right_checksums() -> None:
    make_speech(text=f"政绩观{EVERYWHERE}" * 50)
    flipped(next(index_folder().glob("g-*/*.text.col")))
    for number in range(4):
        make_speech(text=f"{EVERYWHERE}{number}")
    with pytest.raises(IndexUnavailable, match="damaged"):
        catch_up()
    assert pending()
    rebuild(processes=1)
    assert_agreed()


def living(root: Path) -> Path:
    """Return the folder of the living generation; one that has been replaced may still be there."""
    return root / os.readlink(root / "current")


def no_link(root: Path) -> None:
    """Remove the pointer."""
    (root / "current").unlink()


def dangling(root: Path) -> None:
    """Point to nothing."""
    no_link(root)
    (root / "current").symlink_to("g-nowhere")


def circular(root: Path) -> None:
    """Point to the pointer."""
    no_link(root)
    (root / "current").symlink_to("current")


def to_a_file(root: Path) -> None:
    """Point to a file."""
    no_link(root)
    (root / "current").symlink_to("write.lock")


def to_an_empty_folder(root: Path) -> None:
    """Point to an empty folder."""
    no_link(root)
    (root / "empty").mkdir()
    (root / "current").symlink_to("empty")


def a_folder(root: Path) -> None:
    """Put the generation in the place of the pointer, as a copy does that follows links."""
    generation = living(root)
    no_link(root)
    generation.rename(root / "current")


def all_gone(root: Path) -> None:
    """Remove the index."""
    shutil.rmtree(root)


def foreign_contents(root: Path) -> None:
    """Add a later table of contents that is not ours and runs code when unpickled."""
    (living(root) / "_MAIN_99.toc").write_bytes(pickle.dumps(Planted(str(root / "ran"))))


def renamed_contents(root: Path) -> None:
    """Let a table of contents pass for a later one."""
    contents = next(living(root).glob("_MAIN_*.toc"))
    contents.rename(contents.with_name("_MAIN_99.toc"))


class Planted:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.mkdir, (self.path,)


POINTERS = (
    no_link,
    dangling,
    circular,
    to_a_file,
    to_an_empty_folder,
    a_folder,
    all_gone,
    foreign_contents,
    renamed_contents,
)


@pytest.mark.parametrize("harm", POINTERS)
def test_a_lost_or_foreign_index_leaves_reading_and_is_rebuilt(
    harm: Callable[[Path], None], client: Client
) -> None:
    make_archive()
    expected, speech = right_answers(), Speech.objects.all()[0]
    harm(index_folder())
    assert list(differences())
    assert_notice_or_right(expected, client)
    for page in ("/", "/sources/", "/sources/jia/", speech.get_absolute_url(), "/about/"):
        assert client.get(page).status_code == 200, page
    late = make_speech(text=EVERYWHERE)  # saving works whatever the index
    assert needs_rebuild() or late.pk in found()
    rebuild(processes=1)
    assert_agreed()
    assert not (index_folder() / "ran").exists()


def test_the_worker_heals_the_index_by_itself() -> None:
    make_archive()
    worker = command("follow_search")
    try:
        for harm in (
            no_link,
            all_gone,
            foreign_contents,
            lambda root: replace_flipped(next(living(root).glob("*.text.col"))),
            lambda root: removed(next(living(root).glob("*.words"))),
            lambda root: replace_flipped(living(root) / "fingerprint"),
        ):
            harm(index_folder())
            eventually(lambda: not list(differences()))
            assert found() == visible()
    finally:
        worker.terminate()
        output = worker.communicate(timeout=20)[0]
        print(output)  # noqa: T201 (shown where the test fails)
    assert worker.returncode == 0
    # Where there is little to index, following makes a missing index as well.
    assert output.count("Rebuilding") + output.count("building the index") == 6


def replace_flipped(path: Path) -> None:
    """Put a damaged file in the place of another, leaving what is mapped of that."""
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    flipped(copy)
    copy.rename(path)
