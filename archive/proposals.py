"""Changes by whoever may not publish: what visitors see stays until somebody who may has agreed.

Such a change is kept as a version that was not taken (`SpeechVersion.pending`) and holds only the
values that it would change, so that agreeing to it takes nothing back that was changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from archive.models import Original, Speech, SpeechVersion, State
from archive.revert import apply_version, changing


def must_wait(speech: Speech, user: User | None) -> bool:
    """Say whether this user's changes of a speech need somebody's consent; commands have no user."""
    if user is None:
        return False
    if not user.has_perm("archive.change_speech"):
        return True  # may upload, and so bring another version of what is there
    return speech.state == State.PUBLISHED and not user.has_perm("archive.publish_speech")


def propose(
    speech: Speech,
    values: Mapping[str, Any],
    user: User,
    *,
    reason: str,
    original: Original | None = None,
) -> SpeechVersion | None:
    """Keep values, written as in `Speech.version_values`, to be agreed to; None if they change nothing.

    The evidence for them (`provenance`) goes along. Who proposes the same twice proposes it once.
    """
    changes = changing(values, speech.version_values())
    if not changes:
        return None
    evidence = values.get("provenance", {})
    changes["provenance"] = {name: evidence[name] for name in changes if name in evidence}
    for waiting in speech.versions.filter(pending=True, changed_by=user):
        if waiting.values == changes:
            return waiting
    return SpeechVersion.objects.create(
        speech=speech,
        values=changes,
        taken=False,
        pending=True,
        original=original,
        changed_by=user,
        reason=reason,
    )


def accept(version: SpeechVersion, editor: User) -> frozenset[str]:
    """Give the speech the values that wait; what it was becomes a version. Returns what changed.

    The row goes with it: its values now stand in the speech. Raises DoesNotExist if it waits no
    more, ValueError as `revert` does.
    """
    with transaction.atomic():
        version = SpeechVersion.objects.select_for_update().get(pk=version.pk, pending=True)
        who = version.changed_by.get_username() if version.changed_by else _("（已无此人）")
        reason = _("采纳 %(name)s 的改动") % {"name": who}
        changed = apply_version(version, editor, reason, by_hand=False)
        version.delete()
    return changed


def refuse(version: SpeechVersion, editor: User) -> None:
    """Leave the speech as it is; what was proposed is kept among its versions, as not taken.

    Raises DoesNotExist if it waits no more.
    """
    with transaction.atomic():
        version = SpeechVersion.objects.select_for_update().get(pk=version.pk, pending=True)
        version.pending = False
        outcome = _("撤回") if version.changed_by == editor else _("未采纳")
        version.reason = f"{outcome}：{version.reason}"[:200]
        version.save(update_fields=["pending", "reason"])
