"""Build the search index anew beside the living one, and swap it in."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.errors import IndexBusy
from search.indexing import needs_rebuild, rebuild


class Command(BaseCommand):
    """`manage.py rebuild_search [--if-needed]`: the site stays usable meanwhile."""

    help = "Build the search index anew beside the living one, and swap it in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="do nothing if the index exists and was built with today's schema and libraries",
        )
        parser.add_argument("--processes", type=int, help="how many to use (default: all cores)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Build, or say why not."""
        reason = needs_rebuild()
        if options["if_needed"] and not reason:
            self.stdout.write("The search index is up to date.")
            return
        if reason:
            self.stdout.write(f"Building: {reason}.")
        begun = time.monotonic()
        try:
            done = rebuild(progress=self._progress, processes=options["processes"])
        except IndexBusy as error:
            raise CommandError("Another build is going on.") from error
        self.stdout.write(f"Indexed {done} documents in {time.monotonic() - begun:.1f} s.")

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(f"{done} of {total}")
