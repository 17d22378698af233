"""The demonstration is loaded from its files, through the pipeline, once."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from archive.management.commands import load_demonstration
from archive.models import Source, Speech, UploadBatch
from tests.archive.samples import html_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return two small sites in place of the six."""
    monkeypatch.setattr(load_demonstration, "SITES", tmp_path)
    for number, slug in enumerate(["jia", "yi"]):
        pages = tmp_path / slug / "pages"
        pages.mkdir(parents=True)
        site = {"name": f"{slug}站", "slug": slug, "domains": [f"{slug}.example"], "note": "虚构"}
        (tmp_path / slug / "site.json").write_text(json.dumps(site))
        (pages / "1.html").write_bytes(html_of(number))
        (pages / "2.txt").write_bytes(text_of(number + 10))
    return tmp_path


def test_sites_become_sources_and_pages_published_speeches(
    sites: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_demonstration")
    assert "Demonstration: 4 new, 0 already there." in capsys.readouterr().out
    source = Source.objects.get(slug="yi")
    assert (source.name, source.domains, source.note) == ("yi站", ["yi.example"], "虚构")
    assert Speech.objects.published().filter(source=source).count() == 2
    assert UploadBatch.objects.filter(finished_at=None).count() == 0
    call_command("load_demonstration")
    assert "Demonstration: 0 new, 4 already there." in capsys.readouterr().out
    assert Source.objects.count() == 2


def test_an_archive_in_use_is_left_alone(sites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demonstration", "--if-empty")
    Speech.objects.first().delete()
    call_command("load_demonstration", "--if-empty")
    assert "not empty" in capsys.readouterr().out
    assert Speech.objects.count() == 3


def test_a_page_that_cannot_be_read_is_an_error(
    sites: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sites / "jia" / "pages" / "3.txt").write_bytes(b"")
    with pytest.raises(CommandError, match="1 pages could not be read"):
        call_command("load_demonstration")
    assert "failed: jia/3.txt: 文件是空的" in capsys.readouterr().err
    assert Speech.objects.count() == 4


def test_the_real_demonstration_loads_whole() -> None:
    call_command("load_demonstration")
    assert Speech.objects.published().count() == Speech.objects.count() >= 60
    assert Source.objects.count() == 6
