"""By what a material is known when it comes again: its address, the number of its row, or its title."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from archive.dates import PartialDate
from archive.ingest import Evidence, Member, draft_member
from archive.ingest.store import store
from archive.models import Speech
from tests.archive.ingest.storing import DRAFT, put

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["https://jia.example", "https://jia.example/", ""])
def test_a_front_page_is_no_identity(address: str) -> None:
    put(replace(DRAFT, original_url=address))
    assert put(replace(DRAFT, original_url=address, text="另一篇"), b"2").status == "new"


def test_an_address_with_a_query_is_one() -> None:
    draft = replace(DRAFT, original_url="https://jia.example/?id=3")
    put(draft)
    assert put(replace(draft, text="改"), b"2").status == "changed"


GIVEN = {"date": Evidence("hint", "2024-04-14", False)}


@pytest.mark.parametrize(
    ("name", "change", "status"),
    [
        ("a.jsonl#1", {}, "changed"),
        ("a.jsonl#1", {"date": PartialDate("")}, "new"),
        ("a.jsonl#1", {"date": PartialDate("2023")}, "new"),
        ("a.jsonl#1", {"provenance": {}}, "new"),
        ("a.jsonl#1", {"provenance": DRAFT.provenance}, "new"),
        ("a.jsonl#1", {"source_name": "无名站", "source_domain": ""}, "new"),
        ("a.jsonl#1", {"title": "别题"}, "new"),
        ("a.html", {}, "new"),
    ],
)
def test_a_row_is_known_by_source_title_and_given_date(
    name: str, change: dict[str, Any], status: str
) -> None:
    row = replace(DRAFT, original_url="", provenance=GIVEN)
    put(row, b"{}", "a.jsonl#1")
    assert put(replace(row, text="改", **change), b"{ }", name).status == status


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ('{"id": "法/一"}', '{"id": "法/一", "n": 2}', "changed"),
        ('{"id": 7}', '{"id": "7"}', "changed"),
        ('{"id": "法/一"}', '{"id": "法/二"}', "new"),
        ('{"id": "法/一"}', "{ }", "new"),
        ("{ }", '{"id": "法/一"}', "changed"),
        ('{"id": null}', '{"id": [1]}', "changed"),
        ('{"id": ""}', '{"id": " "}', "changed"),
    ],
)
def test_rows_with_numbers_of_their_own_are_known_by_them(
    first: str, second: str, status: str
) -> None:
    row = replace(DRAFT, original_url="", provenance=GIVEN)
    put(row, first.encode(), "a.jsonl#1")
    assert put(replace(row, text="改"), second.encode(), "a.jsonl#2").status == status
    assert put(replace(row, text="改"), second.encode(), "b.jsonl#9").status == "duplicate"


def test_a_row_without_a_number_takes_the_one_that_comes_later() -> None:
    row = replace(DRAFT, original_url="", provenance=GIVEN)
    put(row, b"{}", "a.jsonl#1")
    put(replace(row, text="改"), b'{"id": 1}', "a.jsonl#1")
    put(replace(row, text="再改"), b"{ }", "a.jsonl#1")
    numbered, another = Speech.objects.order_by("pk")
    assert (numbered.external_id, another.external_id) == ("1", "")


def test_the_number_of_a_row_holds_within_its_source() -> None:
    row = replace(DRAFT, original_url="", title="甲", provenance={})
    put(row, b'{"id": 1}', "a.jsonl#1")
    elsewhere = replace(row, text="改", source_name="乙站", source_domain="")
    assert put(elsewhere, b'{"id": 1} ', "a.jsonl#1").status == "new"
    assert put(replace(row, text="再改", title="乙"), b'{"id":1}', "a.jsonl#1").status == "changed"
    assert set(Speech.objects.values_list("external_id", flat=True)) == {"1"}


def test_rows_with_numbers_of_their_own_are_two_documents_even_with_one_text() -> None:
    text = "调查研究要深入基层、深入群众。" * 20
    statuses = []
    for number in (1, 2, 2):
        row = {"id": number, "title": f"规定{number}", "text": text, "source": "汇编"}
        content = json.dumps(row, ensure_ascii=False).encode()
        member = Member(f"rows.jsonl#{number}", content, row)
        statuses.append(store(draft_member(member), content, member.name).status)
    assert statuses == ["new", "new", "duplicate"]
