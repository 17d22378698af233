"""Prove that the search index and the database agree."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from search.sync.consistency import differences


class Command(BaseCommand):
    """`manage.py check_search`: exit 1 and a list where they differ."""

    help = "Prove that the search index and the database agree; exit 1 and a list if they do not."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compare, and list what differs."""
        count = 0
        for difference in differences():
            count += 1
            self.stdout.write(str(difference))
        if count:
            self.stderr.write(f"{count} differences.")
            raise SystemExit(1)
        self.stdout.write("The index and the database agree.")
