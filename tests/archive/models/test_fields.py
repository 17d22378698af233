"""Columns: partial dates as text, and text that every database takes."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from archive.models import Source, Speech
from archive.models.fields import PartialDateField, storable
from search.text.dates import UNKNOWN, PartialDate

DATES = ["", "2024", "2024-04", "2024-04-14", "2024-04-14T10:24:03"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [("党建", "党建"), ("党\x00建", "党建"), ("党\ud83d建", "党\ufffd建"), ("😀", "😀")],
)
def test_storable_is_what_every_database_takes(text: str, kept: str) -> None:
    assert storable(text) == kept
    storable(text).encode()


@pytest.mark.parametrize("iso", DATES)
@pytest.mark.django_db
def test_a_date_comes_back_with_its_precision(iso: str) -> None:
    source = Source.objects.create(name="甲站", slug="a")
    pk = Speech.objects.create(title="题", text="文", source=source, date=iso).pk
    kept = Speech.objects.get(pk=pk)
    assert kept.date == PartialDate(iso)
    assert kept.year == kept.date.year
    assert Speech.objects.filter(date=PartialDate(iso)).exists()
    assert Speech._meta.get_field("date").value_to_string(kept) == iso


@pytest.mark.parametrize("wrong", ["2024-13", "昨天", "2024-4", "24"])
def test_what_is_no_date_is_refused_with_the_forms_that_are(wrong: str) -> None:
    with pytest.raises(ValidationError, match="2024-04-14"):
        PartialDateField().to_python(wrong)


def test_a_date_is_sound_by_itself() -> None:
    assert PartialDateField().clean("2024-04", None) == PartialDate("2024-04")


def test_a_form_shows_the_text_and_an_empty_box_for_the_unknown_date() -> None:
    field = PartialDateField().formfield()
    assert isinstance(field, forms.CharField)
    assert field.prepare_value(PartialDate("2024-04")) == "2024-04"
    assert field.prepare_value(UNKNOWN) == field.prepare_value(None) == ""


def test_migrations_do_not_repeat_the_default() -> None:
    assert "default" not in PartialDateField().deconstruct()[3]
    assert PartialDateField(default=PartialDate("2024")).deconstruct()[3]["default"]
