"""The demonstration archive's pages: file in, expected values out."""

import json
from pathlib import Path

import pytest

from archive.ingest.pipeline import draft_member
from archive.ingest.read.containers import expand

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "fixtures" / "sites").glob("*/pages/*"))


def golden(path):
    site = path.parts[-3]
    expected = json.loads((ROOT / "tests" / "golden" / site / f"{path.stem}.json").read_text())
    return expected if isinstance(expected, list) else [expected]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_page_gives_what_is_expected(path):
    with path.open("rb") as file:
        drafts = [draft_member(member) for member in expand(file, path.name)]
    for found, expected in zip(drafts, golden(path), strict=True):
        values = {name: getattr(found, name) for name in expected.keys() & vars(found)}
        values |= {"date": str(found.date), "site_tags": list(found.site_tags)}
        assert values == {name: expected[name] for name in values}
        assert found.text.startswith(expected["first"])
        assert found.text.endswith(expected["last"])
        assert not [
            words for words in expected["absent"] if words in found.text or words in found.html
        ]
        assert not found.held_reason
        assert all(
            found.raw[one.start : one.end] == one.text or "<U+" in one.text for one in found.removed
        )


def test_every_expectation_has_its_page():
    stems = {(path.parts[-3], path.stem) for path in PAGES}
    assert stems == {
        (path.parts[-2], path.stem) for path in (ROOT / "tests" / "golden").glob("*/*.json")
    }
