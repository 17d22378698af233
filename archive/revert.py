"""Give a speech the values of one of its versions again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from archive.models import Source, Speech, SpeechVersion, State
from archive.models.speech import BY_EDITOR, VERSIONED
from search.text.dates import PartialDate

# Who may see a speech is decided anew each time, never by what it once was.
_STAYS = frozenset(("state", "held_reason"))


def revert(version: SpeechVersion, editor: User) -> frozenset[str]:
    """Give a speech the values of one of its versions; what it was becomes a version in turn.

    Returns the columns that changed, none if nothing differs (then nothing is written). The speech's
    state stays, and so does its source where the version's is there no more. Raises ValueError where
    the version has no text and the speech is published.

    Taking an editor's correction back gives the value its old evidence again, and an import may change
    it; putting a value back over an import's is an editor's decision, which imports respect.
    """
    return apply_version(version, editor, _("恢复旧版本"), by_hand=True)


def apply_version(
    version: SpeechVersion, editor: User, reason: str, *, by_hand: bool
) -> frozenset[str]:
    """Give a speech the values of a version; what it was becomes a version, kept for `reason`.

    Returns and raises what `revert` does. `by_hand` marks the values as the editor's own.
    """
    with transaction.atomic():
        speech = Speech.objects.select_for_update().get(pk=version.speech_id)
        before, were_by_hand = speech.version_values(), speech.by_hand()
        values = changing(version.values, before)
        if not values:
            return frozenset()
        if speech.state == State.PUBLISHED and not values.get("text", speech.text):
            raise ValueError("a published speech needs a text")
        original = speech.original
        for name in values.keys() - {"source", "date"}:
            setattr(speech, name, values[name])
        speech.source_id = values.get("source", speech.source_id)
        speech.date = PartialDate(values.get("date", str(speech.date)))
        if "text" in values:
            speech.original = version.original
        evidence = version.values.get("provenance", {})
        speech.provenance = {
            **{name: found for name, found in speech.provenance.items() if name not in values},
            **{name: evidence[name] for name in values if name in evidence},
        }
        if by_hand:
            mine = (values.keys() & BY_EDITOR) - were_by_hand
            speech.mark_by_hand(mine, editor.get_username())
        SpeechVersion.objects.record(speech, before, by=editor, reason=reason, original=original)
    return frozenset(values)


def changing(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the earlier values that differ from the present ones and can be taken over."""
    names = [name for name in VERSIONED if name in earlier and earlier[name] != now[name]]
    values = {name: earlier[name] for name in names if name not in _STAYS}
    values.pop("provenance", None)  # goes with each value
    if "source" in values and not Source.objects.filter(pk=values["source"]).exists():
        del values["source"]
    return values
