"""By what a material is known when it comes again: its address, the number of its row, or its title."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from archive.ingest.pipeline import draft_member
from archive.ingest.rules import EvidenceRule
from archive.ingest.store.speeches import store
from archive.ingest.values import Evidence, Member
from archive.models import Speech
from search.text.dates import PartialDate
from tests.archive.ingest.store.storing import DRAFT, put

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["https://jia.example", "https://jia.example/", ""])
def test_a_front_page_is_no_identity(address: str) -> None:
    put(replace(DRAFT, original_url=address))
    assert put(replace(DRAFT, original_url=address, text="另一篇"), b"2").status == "new"


def test_an_address_with_a_query_is_one() -> None:
    draft = replace(DRAFT, original_url="https://jia.example/?id=3")
    put(draft)
    assert put(replace(draft, text="改"), b"2").status == "changed"


GIVEN = {"date": Evidence(EvidenceRule.HINT, "2024-04-14", False)}
ROW = replace(DRAFT, original_url="", provenance=GIVEN, is_row=True)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "changed"),
        ({"date": PartialDate("")}, "new"),
        ({"date": PartialDate("2023")}, "new"),
        ({"provenance": {}}, "new"),
        ({"provenance": DRAFT.provenance}, "new"),
        ({"source_name": "无名站", "source_domain": ""}, "new"),
        ({"title": "别题"}, "new"),
        ({"is_row": False}, "new"),
    ],
)
def test_a_row_is_known_by_source_title_and_given_date(change: dict[str, Any], status: str) -> None:
    put(ROW, b"{}")
    assert put(replace(ROW, **{"text": "改", **change}), b"{ }").status == status


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("法/一", "法/一", "changed"),
        ("法/一", "法/二", "new"),
        ("法/一", "", "new"),
        ("", "法/一", "changed"),
        ("", "", "changed"),
    ],
)
def test_rows_with_numbers_of_their_own_are_known_by_them(
    first: str, second: str, status: str
) -> None:
    put(replace(ROW, external_id=first), b"1")
    assert put(replace(ROW, external_id=second, text="改"), b"2").status == status
    assert put(replace(ROW, external_id=second, text="改"), b"2", "b.jsonl#9").status == "duplicate"


def test_a_row_without_a_number_takes_the_one_that_comes_later() -> None:
    put(ROW, b"{}")
    put(replace(ROW, text="改", external_id="1"), b"2")
    put(replace(ROW, text="再改"), b"{ }")
    numbered, another = Speech.objects.order_by("pk")
    assert (numbered.external_id, another.external_id) == ("1", "")


def test_the_number_of_a_row_holds_within_its_source() -> None:
    row = replace(ROW, title="甲", provenance={}, external_id="1")
    put(row, b"1")
    elsewhere = replace(row, text="改", source_name="乙站", source_domain="")
    assert put(elsewhere, b"2").status == "new"
    assert put(replace(row, text="再改", title="乙"), b"3").status == "changed"
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
