"""The kinds of fields that an index class declares: how each is kept, compared and given back."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.encoding import force_str
from haystack import fields as haystack_fields
from whoosh.fields import FieldType

from search.haystack import fields as our_fields
from search.index.format.fields import (
    DecimalField,
    FloatField,
    IntField,
    KeyField,
    TextField,
    WholeField,
    number_of,
)

# Behind the name of a text field: the fields that keep it as one string, and its words as they are
# spelt. No declared name holds "__".
WHOLE, WORDS = "__whole", "__words"
_COMPACT = {len("20240101"): "%Y%m%d", len("20240101093000"): "%Y%m%d%H%M%S"}
_EPOCH = dt.datetime(1, 1, 1)  # noqa: DTZ001 (naive, as Haystack's values)
_TRUTH = {"true": 1, "1": 1, "false": 0, "0": 0}


class Kind:
    """What is done with the values of one declared field."""

    def __init__(self, declared: Any) -> None:
        self.declared = declared

    def field(self) -> FieldType:
        """Return what keeps the values in the index."""
        raise NotImplementedError

    def keep(self, value: Any) -> Any:
        """Return a prepared value as the writer takes it; None for none."""
        return force_str(value)

    def give(self, kept: Any) -> Any:
        """Return a kept value as Haystack gives it."""
        return self.declared.convert(kept)


class Text(Kind):
    """A text: every substring is found, words rank."""

    def beside(self) -> dict[str, FieldType]:
        """Return the fields that keep the same text otherwise, by what stands behind its name.

        One string to sort by and to compare, if it is no long text, and its words, to be found by
        their beginnings. Our own kind of field has neither, to be small.
        """
        if isinstance(self.declared, our_fields.TextField):
            return {}
        words = {WORDS: KeyField(facet=False)}
        short = not self.declared.document and self.declared.field_type == "string"
        return words | {WHOLE: WholeField()} if short else words

    @property
    def content(self) -> bool:
        """Say whether a search of no field in particular looks into it."""
        return bool(self.declared.document) or isinstance(self.declared, our_fields.TextField)

    def field(self) -> FieldType:
        """See `Kind`."""
        return TextField(stored=self.declared.stored)


class Keys(Kind):
    """One or several strings that are compared as they stand."""

    def field(self) -> FieldType:
        """See `Kind`."""
        if getattr(self.declared, "terms_only", False):
            return KeyField(stored=False, facet=False)
        return KeyField(stored=self.declared.stored)

    def keep(self, value: Any) -> Any:
        """See `Kind`."""
        if isinstance(value, list | tuple | set):
            return tuple(force_str(each) for each in value)
        return force_str(value)

    def give(self, kept: Any) -> Any:
        """See `Kind`."""
        return list(kept) if isinstance(kept, tuple) else super().give(kept)


class Decimals(Kind):
    """A decimal number, exact."""

    def field(self) -> FieldType:
        """See `Kind`."""
        return DecimalField(stored=self.declared.stored)


class Numbers(Kind):
    """A whole number. The base of all that is kept as an integer that sorts."""

    def field(self) -> FieldType:
        """See `Kind`."""
        return IntField(stored=self.declared.stored)

    def keep(self, value: Any) -> Any:
        """See `Kind`."""
        return int(value)

    def at_least(self, value: Any) -> int:
        """Return the lowest kept integer that is not below a value."""
        number = self._number(value)
        return math.ceil(number) if math.isfinite(number) else self._beyond(number)

    def at_most(self, value: Any) -> int:
        """Return the highest kept integer that is not above a value."""
        number = self._number(value)
        return math.floor(number) if math.isfinite(number) else self._beyond(number)

    def give_column(self, kept: int) -> Any:
        """Return what the column keeps as Haystack gives it."""
        return self.give(kept)

    @staticmethod
    def _number(value: Any) -> Any:
        return number_of(value) if isinstance(value, str) else _real(value)

    @staticmethod
    def _beyond(number: Any) -> int:
        return 2**64 if number > 0 else -(2**64)


class Floats(Numbers):
    """A floating-point number."""

    def field(self) -> FieldType:
        """See `Kind`."""
        return FloatField(stored=self.declared.stored)

    def keep(self, value: Any) -> Any:
        """See `Kind`. What is not a number is none."""
        number = float(value)
        return None if math.isnan(number) else number

    def at_least(self, value: Any) -> int:
        """See `Numbers`."""
        return FloatField().to_column_value(_real(float(self._number(value))))

    at_most = at_least

    def give_column(self, kept: int) -> Any:
        """See `Numbers`."""
        return FloatField.number(kept)


class Booleans(Numbers):
    """True or false."""

    def keep(self, value: Any) -> Any:
        """See `Kind`."""
        return int(bool(value))

    def at_least(self, value: Any) -> int:
        """See `Numbers`. Raises ValueError for what is neither true nor false."""
        key = str(int(value)) if isinstance(value, bool | int) else str(value).strip().lower()
        if key not in _TRUTH:
            raise ValueError(f"{value!r} is neither true nor false")
        return _TRUTH[key]

    at_most = at_least


class Moments(Numbers):
    """A date or a time, as microseconds of local time. Haystack gives naive times, dates at midnight."""

    def keep(self, value: Any) -> Any:
        """See `Kind`."""
        return self.at_least(value)

    def give(self, kept: Any) -> Any:
        """See `Kind`."""
        moment = _EPOCH + dt.timedelta(microseconds=kept)
        return self._local(moment) if self._in_utc else moment

    def at_least(self, value: Any) -> int:
        """See `Numbers`. Takes dates, times and their ISO forms."""
        moment = self._moment(value)
        return (moment - _EPOCH) // dt.timedelta(microseconds=1)

    at_most = at_least

    @property
    def _in_utc(self) -> bool:
        return self.declared.field_type == "datetime" and bool(settings.USE_TZ)

    def _moment(self, value: Any) -> dt.datetime:
        if isinstance(value, str):
            text = value.strip()
            if text.isdecimal() and len(text) in _COMPACT:
                return self._moment(dt.datetime.strptime(text, _COMPACT[len(text)]))  # noqa: DTZ007
            value = parse_date(text) if len(text) <= len("2024-01-01") else parse_datetime(text)
            if value is None:
                raise ValueError(f"{text!r} is no date or time in ISO form")
        if not isinstance(value, dt.date):
            raise ValueError(f"{value!r} is no date or time")
        if not isinstance(value, dt.datetime):
            value = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 (made aware below)
        if not self._in_utc:
            return timezone.make_naive(value) if timezone.is_aware(value) else value
        if timezone.is_naive(value):
            value = timezone.make_aware(value, timezone.get_default_timezone())
        return _naive(value, dt.UTC)

    @staticmethod
    def _local(moment: dt.datetime) -> dt.datetime:
        return _naive(moment.replace(tzinfo=dt.UTC), timezone.get_default_timezone())


def _naive(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return the time in a zone; near datetime.min and .max, which stand for no bound, as it is."""
    try:
        return timezone.make_naive(moment, zone)
    except OverflowError:
        return moment.replace(tzinfo=None)


def _real(number: Any) -> Any:
    """Return a number that compares with others. Raises ValueError for what does not."""
    try:
        compares = not math.isnan(number)
    except TypeError:
        compares = False
    if not compares:
        raise ValueError(f"{number!r} is no number")
    return number


_BY_TYPE: dict[str | None, type[Kind]] = {
    "integer": Numbers,
    "float": Floats,
    "boolean": Booleans,
    "date": Moments,
    "datetime": Moments,
}


def kind_of(declared: Any) -> Kind:
    """Return the kind of a declared field. Raises NotImplementedError for places on a map."""
    if declared.field_type == "location":
        raise NotImplementedError(
            f"{declared.instance_name}: distances are not searched; declare two FloatFields, for"
            " latitude and longitude, and filter both with __range"
        )
    if declared.analyzer is not None:
        warnings.warn(
            f"{declared.instance_name}: analyzer is not used; all texts are indexed alike",
            stacklevel=2,
        )
    if declared.field_type in _BY_TYPE:
        return _BY_TYPE[declared.field_type](declared)
    if isinstance(declared, haystack_fields.DecimalField):
        return Decimals(declared)
    if declared.is_multivalued or hasattr(declared, "facet_for"):
        return Keys(declared)
    return Text(declared)
