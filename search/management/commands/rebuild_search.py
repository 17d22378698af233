"""Build the search index anew beside the living one, and swap it in."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from search.background import BackgroundCommand
from search.errors import IndexBusy, NothingIndexed
from search.site import corpus
from search.sync.followers import registered
from search.sync.rebuild import needs_rebuild, rebuild


class Command(BackgroundCommand):
    """`manage.py rebuild_search [--if-needed]`: the site stays usable meanwhile.

    Documents that cannot be indexed are named and stop nothing; `check_search` fails while there are
    any.
    """

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
        except NothingIndexed as error:
            raise CommandError(f"Not one document could be indexed: {error}") from error
        self.stdout.write(f"Indexed {done} documents in {time.monotonic() - begun:.1f} s.")

        for failure in registered(corpus()).failures.order_by("pk"):
            self.stderr.write(f"{failure} could not be indexed: {failure.error}")

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(f"{done} of {total}")
