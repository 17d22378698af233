"""The English words: complete, compiled, and in use.

When one of these fails after a string was added or changed: `make messages` (needs GNU gettext), then
translate what is new in locale/en/LC_MESSAGES/django.po and run it again.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.contrib import admin
from django.test import Client
from django.utils.translation import gettext, ngettext, override
from django.utils.translation.template import templatize

from search.sync.follow import follow
from tests.factories import make_speech

FOLDER = Path("locale/en/LC_MESSAGES")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?.")
HAN = re.compile("[\u4e00-\u9fff]")
Key = tuple[str | None, str]


def catalog() -> list[Message]:
    with (FOLDER / "django.po").open("rb") as file:
        return [message for message in read_po(file, locale="en") if message.id]


def words(value: str | Sequence[str]) -> tuple[str, ...]:
    """Return the singular and, where there is one, the plural."""
    return (value,) if isinstance(value, str) else tuple(value)


def test_every_string_has_its_english() -> None:
    for message in catalog():
        source = words(message.id)[0]
        assert not message.fuzzy, source
        for english in words(message.string):
            assert english, source
            assert {*PLACEHOLDER.findall(english)} == {*PLACEHOLDER.findall(source)}, source


def test_no_translation_ends_the_attribute_that_it_stands_in() -> None:
    """Templates put strings into attributes as they are: a straight quotation mark would end them."""
    for message in catalog():
        for english in words(message.string):
            assert not {'"', "<", ">"} & {*english}, english


def test_what_is_compiled_is_what_is_written() -> None:
    compiled = io.BytesIO()
    with (FOLDER / "django.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale="en"))
    compiled.seek(0)
    with (FOLDER / "django.mo").open("rb") as file:
        assert strings_of(file) == strings_of(compiled)


def strings_of(file: BinaryIO) -> set[object]:
    return {(m.context, words(m.id), words(m.string)) for m in read_mo(file) if m.id}


def collected() -> Iterator[Key]:
    """Yield (context, string) of every string that the code or a template has translated."""
    for folder in ("archive", "config", "search", "templates"):
        for path in sorted(Path(folder).rglob("*.*")):
            if path.suffix == ".py":
                source = path.read_text("utf-8")
            elif path.suffix in {".html", ".txt"}:
                # What is no string for translation becomes X; its indentation means nothing.
                source = re.sub(r"(?m)^[ \t]+", "", templatize(path.read_text("utf-8")))
            else:
                continue
            for _line, function, strings, _ in extract_python(
                io.BytesIO(source.encode()), KEYWORDS, [], {}
            ):
                texts = [text for text in words(strings) if isinstance(text, str)]
                if texts and function in KEYWORDS:
                    has_context = function.startswith("pgettext")
                    yield (texts[0], texts[1]) if has_context else (None, texts[0])


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_what_django_says_awkwardly_is_said_in_our_words(domain: str) -> None:
    """Of locale/zh_Hans every string is one of Django's admin, with the same placeholders, and compiled."""
    folder = Path("locale/zh_Hans/LC_MESSAGES")
    with (Path(admin.__file__).parent / f"locale/en/LC_MESSAGES/{domain}.po").open("rb") as file:
        theirs = {words(m.id)[0] for m in read_po(file, locale="en") if m.id}
    compiled = io.BytesIO()
    with (folder / f"{domain}.po").open("rb") as file:
        ours = read_po(file, locale="zh_Hans")
    for message in ours:
        if message.id:
            assert message.id in theirs
            used, given = (
                {*PLACEHOLDER.findall(str(text))} for text in (message.string, message.id)
            )
            assert used == given, message.id
    write_mo(compiled, ours)
    compiled.seek(0)
    with (folder / f"{domain}.mo").open("rb") as file:
        assert strings_of(file) == strings_of(compiled)


@pytest.mark.django_db
def test_the_desk_says_it_in_our_words(admin_client: Client) -> None:
    assert "<h1>来源</h1>" in admin_client.get("/admin/archive/source/").content.decode()
    assert "<h1>增加来源</h1>" in admin_client.get("/admin/archive/source/add/").content.decode()
    script = admin_client.get("/admin/jsi18n/").content.decode()
    assert json.dumps("可用的%s") in script


def test_no_string_is_missing_or_left_over() -> None:
    written = {(m.context, words(m.id)[0]) for m in catalog()}
    found = {key for key in collected() if HAN.search(key[1]) or key[1] == "English"}
    assert found - written == set()
    assert written - found == set()


def test_words_without_their_english_would_be_seen() -> None:
    with override("en"):
        assert gettext("检索") == "Search"
        assert ngettext("%(n)s 个旧版本", "%(n)s 个旧版本", 1) == "%(n)s earlier version"


@pytest.mark.django_db
def test_english_pages_hold_no_chinese_but_the_materials(client: Client) -> None:
    speech = make_speech("Title", "Text.", date="2024-04-14", type="theory", site_column="Studies")
    follow(patient=True)
    client.cookies["django_language"] = "en"
    pages = ["/", "/search/", "/search/?year=2024&type=theory", "/search/?q=none&year=2024"]
    pages += ["/sources/", "/sources/jia/", "/about/", speech.get_absolute_url(), "/admin/login/"]
    for path in pages:
        page = client.get(path).content.decode()
        assert 'lang="en"' in page
        named = r'(?s)<[^>]* lang="zh-hans".*?</|jia站|<span class="seal".*?</span>'
        shown = re.sub(named, "", page)
        shown = re.sub(r'(?s)class="samples".*?</p>', "", shown)
        assert [(path, line.strip()) for line in shown.split("\n") if HAN.search(line)] == []
    assert "14 April 2024" in client.get(speech.get_absolute_url()).content.decode()
