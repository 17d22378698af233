"""Prove that the search index and the database agree."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from search.models import IndexFollower
from search.sync.consistency import differences


class Command(BaseCommand):
    """`manage.py check_search`: exit 1 and a list where they differ."""

    help = "Prove that the search index and the database agree; exit 1 and a list if they do not."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compare, and list what differs; where several indexes follow, say how far each is."""
        followers = IndexFollower.objects.with_lag().order_by("pk")
        if len(followers) > 1:
            for follower in followers:
                self.stdout.write(_progress_of(follower))
        count = 0
        for difference in differences():
            count += 1
            self.stdout.write(str(difference))
        if count:
            self.stderr.write(f"{count} differences.")
            raise SystemExit(1)
        self.stdout.write("The index and the database agree.")


def _progress_of(follower: IndexFollower) -> str:
    doing = "follows" if follower.built_at else "is being built"
    seen = f"seen {timezone.localtime(follower.seen_at):%Y-%m-%d %H:%M:%S}"
    if follower.behind_since is None:
        return f"{follower} {doing}, nothing behind, {seen}."
    waiting = (timezone.now() - follower.behind_since).total_seconds()
    return f"{follower} {doing}, {follower.behind} changes behind for {waiting:.0f} s, {seen}."
