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

from search.backend import Value
from search.haystack import fields as our_fields
from search.index.format.fields import FloatField, number_of

_COMPACT = {len("20240101"): "%Y%m%d", len("20240101093000"): "%Y%m%d%H%M%S"}
_EPOCH = dt.datetime(1, 1, 1)  # noqa: DTZ001 (naive, as Haystack's values)
_TRUTH = {"true": 1, "1": 1, "false": 0, "0": 0}


class Kind:
    """What is done with the values of one declared field."""

    def __init__(self, declared: Any) -> None:
        self.declared = declared

    def keep(self, value: Any) -> Value | None:
        """Return a prepared value as the writer takes it; None for none."""
        return str(force_str(value))

    def give(self, kept: Any) -> Any:
        """Return a kept value as Haystack gives it."""
        return self.declared.convert(kept)


class Text(Kind):
    """A text: every substring is found, words rank."""

    @property
    def is_ours(self) -> bool:
        """Say whether it is declared as what this application searches (`search.haystack.fields`)."""
        return isinstance(self.declared, our_fields.TextField)

    @property
    def content(self) -> bool:
        """Say whether a search of no field in particular looks into it."""
        return bool(self.declared.document) or self.is_ours


class Keys(Kind):
    """One or several strings that are compared as they stand."""

    def keep(self, value: Any) -> Value | None:
        """Return a string, or a tuple of several."""
        if isinstance(value, list | tuple | set):
            return tuple(force_str(each) for each in value)
        return str(force_str(value))

    def give(self, kept: Any) -> Any:
        """Return a string, or a list of several."""
        return list(kept) if isinstance(kept, tuple) else super().give(kept)


class Decimals(Kind):
    """A decimal number, exact."""


class Numbers(Kind):
    """A whole number. The base of all that is kept as an integer that sorts."""

    def keep(self, value: Any) -> Value | None:
        """Return an integer."""
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

    def keep(self, value: Any) -> Value | None:
        """Return a number; None for what is not one (NaN)."""
        number = float(value)
        return None if math.isnan(number) else number

    def at_least(self, value: Any) -> int:
        """Return the integer that the column keeps of a value."""
        return FloatField().to_column_value(_real(float(self._number(value))))

    at_most = at_least

    def give_column(self, kept: int) -> Any:
        """Return the number that an integer of the column stands for."""
        return FloatField.number(kept)


class Booleans(Numbers):
    """True or false."""

    def keep(self, value: Any) -> Value | None:
        """Return 1 or 0."""
        return int(bool(value))

    def at_least(self, value: Any) -> int:
        """Return 1 or 0. Raises ValueError for what is neither true nor false."""
        key = str(int(value)) if isinstance(value, bool | int) else str(value).strip().lower()
        if key not in _TRUTH:
            raise ValueError(f"{value!r} is neither true nor false")
        return _TRUTH[key]

    at_most = at_least


class Moments(Numbers):
    """A date or a time, as microseconds of local time. Haystack gives naive times, dates at midnight."""

    def keep(self, value: Any) -> Value | None:
        """Return the microseconds since the beginning of the year 1."""
        return self.at_least(value)

    def give(self, kept: Any) -> Any:
        """Return the moment of a number of microseconds."""
        moment = _EPOCH + dt.timedelta(microseconds=kept)
        return self._local(moment) if self._in_utc else moment

    def at_least(self, value: Any) -> int:
        """Return the microseconds of a date, a time, or the ISO form of one."""
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
