"""Two editors at one form: nobody's save silently takes back what somebody else saved meanwhile.

A form carries what its fields held when it was opened. On saving, three values of each field are
compared: that one, the one stored now, and the one sent. What only the other changed is kept, and said.
What both changed differently is not saved but shown, old, theirs and yours; the form keeps what was
typed, and saving again is then done knowingly.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from archive.admin.difference import Piece, pieces
from archive.models.speech import length_of

_LONGEST = 300  # characters of a value that a page carries; of a longer one it carries the digest
_DIGEST = "sha256:"


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed while the form was open.

    `theirs` is what he made of it, `mine` what was typed; None where nobody typed anything new.
    """

    name: str
    label: str
    before: str
    theirs: list[Piece]
    mine: list[Piece] | None


class GuardedForm(forms.ModelForm):
    """A form of a stored object that notices what was saved since it was opened."""

    clashes: tuple[Clash, ...] = ()
    merged: tuple[str, ...] = ()
    _changed: list[str] | None = None  # not known before the fields are read

    @cached_property
    def stored(self) -> dict[str, str]:
        """What the fields hold in the database, as they would be sent unchanged."""
        if not self.instance.pk:
            return {}
        names = [name for name in self.fields if name in self.initial]
        return {name: canonical(self._unchanged(name)) for name in names}

    @property
    def opened(self) -> str:
        """What the page carries: what the fields held when it was opened, or was shown a clash."""
        sent = "" if self.clashes else self.data.get("opened", "")
        return sent or json.dumps(self.stored, ensure_ascii=False)

    @property
    def changed_data(self) -> list[str]:
        """The fields that saving would change: once compared with what is stored, only those."""
        return super().changed_data if self._changed is None else self._changed

    def clean(self) -> dict[str, Any]:
        """Compare what was sent with what is stored and with what the form was opened with."""
        values = super().clean() or self.cleaned_data
        opened = read(self.data.get("opened", ""))
        taken = self.data.getlist("take") if hasattr(self.data, "getlist") else ()
        theirs, both, changed = [], [], []
        for name, stored in self.stored.items():
            sent = self._sent(name)
            is_seen = opened.get(name) == stored
            if sent == stored or (is_seen and name in taken):
                self._keep(name)
            elif is_seen:
                changed.append(name)
            elif sent == opened.get(name):
                theirs.append(name)
                self._keep(name)
            else:
                both.append(name)
        if self.stored:
            self._changed = changed
        if both or (theirs and self.is_decision(values)):
            self._show(opened, theirs, both)
        self.merged = tuple(theirs)
        return values

    def is_decision(self, _values: dict[str, Any]) -> bool:
        """Say whether saving vouches for more than the fields changed, so that nothing goes unseen."""
        return False

    def recall(self, name: str, digest: str) -> str | None:
        """Return a long value by its digest where the archive still knows it."""
        return None

    def _unchanged(self, name: str) -> Any:
        """Return the value that a field would have if it were sent as it is shown."""
        field = self.fields[name]
        try:
            return field.clean(field.prepare_value(self.initial[name]))
        except ValidationError:  # stored before there was such a rule
            return self.initial[name]

    def _sent(self, name: str) -> str:
        """Return what was sent, as text to be compared; a value with an error is equal to no other."""
        if name in self.cleaned_data:
            return canonical(self.cleaned_data[name])
        return canonical(self.data.get(self.add_prefix(name), "")) + " ?"

    def _keep(self, name: str) -> None:
        """Leave a field exactly as it is stored."""
        value = self.initial[name]
        field = self.fields[name]
        is_key = isinstance(field, forms.ModelChoiceField)
        self.cleaned_data[name] = self._unchanged(name) if is_key else value
        self.errors.pop(name, None)

    def _show(self, opened: dict[str, str], theirs: Iterable[str], both: Iterable[str]) -> None:
        """Refuse to save; the form goes on from what is stored now, with what was typed."""
        self.clashes = tuple(
            self._clash(name, opened.get(name), typed=name in both)
            for name in self.stored
            if name in {*theirs, *both}
        )
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name in theirs:
            data[self.add_prefix(name)] = self.fields[name].prepare_value(self.initial[name])
        data.pop("take", None)
        self.data = data
        self.add_error(None, _("没有保存：这份内容在你打开之后被改过，请看上面的对照。"))

    def _clash(self, name: str, opened: str | None, *, typed: bool) -> Clash:
        field = self.fields[name]
        before = self._value_of(name, opened)
        stored = shown(field, json.loads(canonical(self._unchanged(name), whole=True)))
        data = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        sent = self.cleaned_data.get(name, data)
        mine = shown(field, json.loads(canonical(sent, whole=True)))
        return Clash(
            name,
            str(field.label),
            _("（已无从得知）") if before is None else summary(before),
            pieces(before or "", stored),
            pieces(stored if before is None else before, mine) if typed else None,
        )

    def _value_of(self, name: str, opened: str | None) -> str | None:
        """Return what a field held when the form was opened, as people read it."""
        if opened is None:
            return None
        if opened.startswith(_DIGEST):
            return self.recall(name, opened)
        try:
            return shown(self.fields[name], json.loads(opened))
        except ValueError:
            return None


class GuardedAdmin(admin.ModelAdmin):
    """The admin of a model whose form is a `GuardedForm`."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the object; while something is saved nobody else changes it."""
        if request.method == "POST" and transaction.get_connection().in_atomic_block:
            rows = self.model._default_manager.select_for_update()
            try:
                rows.filter(pk=object_id).values_list("pk").first()
            except (ValueError, ValidationError):
                return None
        return super().get_object(request, object_id, from_field)

    def changed_since(self, request: HttpRequest, obj: models.Model) -> set[str]:
        """Return the fields that were changed since the page was opened that a button was pressed on."""
        opened = read(request.POST.get("opened", ""))
        form = cast(GuardedForm, self.get_form(request, obj, change=True)(instance=obj))
        now = form.stored
        return {name for name, value in opened.items() if now.get(name, value) != value}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, and name the fields that somebody else changed meanwhile, which stay as he left them."""
        super().save_related(request, form, formsets, change)
        if form.merged:
            labels = "、".join(str(form.fields[name].label) for name in form.merged)
            message = _("你打开之后有人改了：%(names)s。你没有动这些项，已保留他的改动。")
            self.message_user(request, message % {"names": labels}, messages.WARNING)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Show the form; where there is a clash, with who changed the object last."""
        if context["adminform"].form.clashes:
            context["changed_by"] = last_change(context["original"])
        return super().render_change_form(request, context, *args, **kw)


def last_change(obj: models.Model) -> str:
    """Say who changed an object last, and when."""
    kind = ContentType.objects.get_for_model(obj)
    logged = LogEntry.objects.filter(content_type=kind, object_id=str(obj.pk))
    entries = [(each.action_time, str(each.user)) for each in logged.order_by("-pk")[:1]]
    if hasattr(obj, "versions"):  # imports are not in Django's log
        entries += [
            (each.changed_at, str(each.changed_by or each.reason))
            for each in obj.versions.all()[:1]
        ]
    if not entries:
        return ""
    moment, who = max(entries)
    return f"{who} · {timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


def read(opened: str) -> dict[str, str]:
    """Return the values that a page carried as `opened`; none if they cannot be read."""
    try:
        values = json.loads(opened)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if isinstance(value, str)}


def canonical(value: Any, *, whole: bool = False) -> str:
    """Return a value as text that is equal for equal values; for a long one its digest."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    if whole or len(text) <= _LONGEST:
        return text
    return _DIGEST + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else str(value)


def shown(field: forms.Field, value: Any) -> str:
    """Return a field's value as people read it."""
    if value in (None, "", []):
        return ""
    if isinstance(field, forms.ChoiceField):  # also one of stored objects
        choices = cast(Iterable[tuple[Any, Any]], field.choices)
        names = {str(key): str(name) for key, name in choices}
        return names.get(str(value), str(value))
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def summary(text: str) -> str:
    """Return a value, or how long it is."""
    if len(text) <= _LONGEST:
        return text
    return _("%(count)s 段，%(length)s 字") % {
        "count": text.count("\n") + 1,
        "length": length_of(text),
    }
