"""A model field that keeps a `PartialDate` as its ISO text."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from archive.dates import UNKNOWN, PartialDate


class PartialDateField(models.CharField):
    """A `PartialDate`, stored as text that sorts by time; the unknown date is the empty string."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 19)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", UNKNOWN)
        super().__init__(*args, **kwargs)

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

    def get_prep_value(self, value: Any) -> str:
        """Give the text that the database keeps."""
        return str(self.to_python(value))

    def value_to_string(self, obj: models.Model) -> str:
        """Give the text that a fixture keeps."""
        return str(self.value_from_object(obj))

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Let the form keep plain text, so that an unknown date shows as an empty box."""
        field = super().formfield(*args, **kwargs)
        field.prepare_value = lambda value: str(value or "")
        return field
