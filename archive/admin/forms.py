"""The forms of the editors' desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.admin.guard import GuardedForm, canonical, shown
from archive.ingest.errors import MAX_CHARACTERS, MAX_PARAGRAPHS
from archive.ingest.store.look_alikes import LookAlike
from archive.ingest.upload import Choice, Decision, Preview, proposed
from archive.models import Source, Speech, SpeechType, State
from archive.models.fields import PartialDateField, PartialDateFormField, storable
from archive.models.speech import BY_EDITOR, VERSIONED
from search.text.dates import PartialDate


class LinesField(forms.Field):
    """A list of short texts, one a line; `validate` is asked about each."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, validate: Callable[[str], None] = lambda _line: None, **kw: Any) -> None:
        super().__init__(**kw)
        self.validate_line = validate

    def prepare_value(self, value: Any) -> str:
        """Give the text to show."""
        return "\n".join(value) if isinstance(value, list) else value or ""

    def to_python(self, value: Any) -> list[str]:
        """Give the list; ValidationError names the line that will not do."""
        lines = [line for line in map(str.strip, (value or "").splitlines()) if line]
        for line in lines:
            try:
                self.validate_line(line)
            except ValidationError as error:
                raise ValidationError(_("“%(line)s”无效。"), params={"line": line}) from error
        return lines


class ParagraphsField(forms.CharField):
    """The text of a speech: paragraphs separated by one newline, whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        """Give the text with plain newlines and no empty paragraphs."""
        lines = storable(super().to_python(value) or "").split("\n")
        return "\n".join(line for line in map(str.rstrip, lines) if line)


class SourceForm(GuardedForm):
    """A source with its domains one a line."""

    domains = LinesField(
        label=_("域名"),
        required=False,
        validate=validate_domain_name,
        help_text=_("一行一个，如 example.cn；子域名自动算在内。"),
    )

    home_page = forms.URLField(
        label=_("首页"), required=False, max_length=500, assume_scheme="https"
    )

    class Meta:
        model = Source
        fields = ("name", "slug", "domains", "home_page", "licence", "note")
        help_texts = {"note": _("只供编辑台看，不公开。")}


class SpeechForm(GuardedForm):
    """A speech as an editor corrects it. The button 保存并发布 decides the state."""

    text = ParagraphsField(label=_("正文"), widget=forms.Textarea(attrs={"rows": 24, "cols": 80}))
    site_tags = LinesField(label=_("站点标签"), required=False, help_text=_("一行一个。"))

    original_url = forms.URLField(
        label=_("原文网址"), required=False, max_length=1000, assume_scheme="https"
    )

    class Meta:
        model = Speech
        fields = tuple(column for column in VERSIONED if column in {*BY_EDITOR, "state"})
        help_texts = {
            "date": _("写成 2024、2024-04、2024-04-14 或 2024-04-14T10:24:03，不详则留空。"),
        }

    def clean_original_url(self) -> str:
        """Give the address as it will be kept."""
        return iri_to_uri(self.cleaned_data["original_url"])

    def clean_text(self) -> str:
        """Refuse a text that is longer than one material may be; one that stands already may stay."""
        text: str = self.cleaned_data["text"]
        counts = (
            (len(text), MAX_CHARACTERS, _("正文最多 %(most)s 字，现有 %(count)s 字；请分成几份。")),
            (
                text.count("\n") + 1,
                MAX_PARAGRAPHS,
                _("正文最多 %(most)s 段，现有 %(count)s 段；请分成几份。"),
            ),
        )
        for count, most, message in counts:
            if count > most and "text" in self.changed_data:
                raise ValidationError(message, params={"most": f"{most:,}", "count": f"{count:,}"})
        return text

    def clean(self) -> dict[str, Any]:
        """Publish if the publishing button was pressed; what is published is held for review no more."""
        if "_publish" in self.data and "state" in self.fields:
            self.cleaned_data["state"] = State.PUBLISHED
        values = super().clean()
        if values.get("state") == State.PUBLISHED:
            self.instance.held_reason = ""
        return values

    def is_decision(self, values: dict[str, Any]) -> bool:
        """Say whether saving publishes: that vouches for every field, so all of them must have been seen."""
        return bool(values.get("state") == State.PUBLISHED != self.initial.get("state"))

    def recall(self, name: str, digest: str) -> str | None:
        """Return a long value by its digest if an earlier version holds it."""
        for values in self.instance.versions.values_list("values", flat=True):
            sent = self.fields[name].clean(self.fields[name].prepare_value(values.get(name)))
            if canonical(sent) == digest:
                return shown(self.fields[name], sent)
        return None


class FilesInput(forms.ClearableFileInput):
    """A file box that takes many files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Many files; an empty one is not refused here but reported beside the others."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": FilesInput(), "allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files that were sent, each checked like a single one."""
        files = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    """What is uploaded, and what is known of all of it."""

    documents = FilesField(
        label=_("文件"),
        help_text=_(
            "可一次选多个：网页（.html）、文本（.txt）、Word（.docx）、.jsonl，或它们的 .zip。"
        ),
    )
    source = forms.ModelChoiceField(
        label=_("来源"),
        queryset=Source.objects.order_by("name"),
        required=False,
        empty_label=_("由文件判断"),
    )
    type = forms.ChoiceField(
        label=_("类型"), choices=[("", _("由文件判断")), *SpeechType.choices], required=False
    )


class ItemForm(forms.Form):
    """What an editor decides about a waiting item, with its values as they were understood."""

    decision = forms.ChoiceField(label=_("处理"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("标题"), max_length=500)
    source = forms.CharField(
        label=_("来源"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "sources"}),
        help_text=_("没有的来源会新建；留空记作“来源不详”。"),
    )
    date = PartialDateFormField(label=_("日期"), max_length=19, required=False)
    type = forms.ChoiceField(label=_("类型"), choices=SpeechType.choices)

    def __init__(self, shown: Preview, alike: tuple[LookAlike, ...] = (), data: Any = None) -> None:
        start = proposed(shown)
        offered = list(_offered(shown, alike))
        initial = {**vars(start), "decision": offered[0][0]}
        super().__init__(data, prefix=f"item-{shown.item.pk}", initial=initial)
        cast(forms.ChoiceField, self.fields["decision"]).choices = offered

    def clean_date(self) -> PartialDate:
        """Return the date that was typed as a `PartialDate`."""
        return PartialDateField().to_python(self.cleaned_data["date"])

    def choice(self) -> Choice:
        """Return the editor's decision about the item, with the values as corrected."""
        values = {**self.cleaned_data}
        decision, _dash, replaces = values.pop("decision").partition("-")
        return Choice(Decision(decision), **values, replaces=int(replaces) if replaces else None)


def _offered(shown: Preview, alike: tuple[LookAlike, ...]) -> Iterator[tuple[str, str]]:
    """Yield what may be decided; a new version names the document it would be a version of."""
    known = shown.verdict.speech
    others = [known] if known else [each.speech for each in alike]
    for decision in shown.decisions:
        if decision == Decision.VERSION:
            for other in others:
                yield f"{decision}-{other.pk}", gettext("作为 #%(id)s 的新版本") % {"id": other.pk}
        else:
            yield decision.value, str(decision.label)


def _labels(form: Any, prefix: str = "") -> dict[str, Any]:
    return {
        prefix + name: field.label
        for name, field in form.base_fields.items()
        if not isinstance(field, forms.ChoiceField | forms.FileField)
    }


LABELS = _labels(SourceForm) | _labels(SpeechForm) | _labels(ItemForm, "item-")
"""What the boxes of the desk that one types into are called, by their names; an item's without its number."""
