"""What a column can hold: partial dates as ISO text, and text that every database takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from search.text.dates import UNKNOWN, PartialDate

# PostgreSQL refuses NUL, and neither it nor SQLite takes a lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return `text` as every database takes it: NUL dropped, lone surrogates become U+FFFD."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


class PartialDateFormField(forms.CharField):
    """A box for the text of a date; the unknown date shows as an empty box."""

    def prepare_value(self, value: Any) -> str:
        """Give the text to show."""
        return str(value or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare texts: a date equals no text, not even its own."""
        return super().has_changed(self.prepare_value(initial), data)


if TYPE_CHECKING:
    _Text = models.CharField[PartialDate | str, PartialDate]
else:
    _Text = models.CharField


class PartialDateField(_Text):
    """A `PartialDate`, stored as text that sorts by time; the unknown date is the empty string."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 19)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", UNKNOWN)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Leave out of migrations the default that every such field has."""
        name, path, args, kwargs = super().deconstruct()
        if kwargs["default"] == UNKNOWN:
            del kwargs["default"]
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, *_args: Any) -> PartialDate:
        """Give the value object for what the database holds."""
        return PartialDate(value or "")

    def to_python(self, value: Any) -> PartialDate:
        """Give the value object for form input or a fixture; ValidationError if it is no date."""
        if isinstance(value, PartialDate):
            return value
        try:
            return PartialDate(str(value or "").strip())
        except ValueError as error:
            raise ValidationError(
                _("写成 2024、2024-04、2024-04-14 或 2024-04-14T10:24:03，不详则留空。")
            ) from error

    def run_validators(self, value: PartialDate) -> None:
        """Validate nothing more: a `PartialDate` is sound, and has no length to be measured."""

    def get_prep_value(self, value: Any) -> str:
        """Give the text that the database keeps."""
        return str(self.to_python(value))

    def value_to_string(self, obj: models.Model) -> str:
        """Give the text that a fixture keeps."""
        return str(self.value_from_object(obj))

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Let forms show and take the text of the date."""
        return super().formfield(*args, **{"form_class": PartialDateFormField, **kwargs})
