"""Fill an empty archive with the demonstration, from the files of its six invented sites."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from archive.ingest.batch import Plan, items_of, load
from archive.models import ItemStatus, Source, Speech, UploadBatch
from search.sync.follow import follow
from search.sync.outbox import deferred

SITES = Path(settings.BASE_DIR) / "fixtures" / "sites"


class Command(BaseCommand):
    """Load every site of the demonstration through the pipeline that real files go through."""

    help = "Load the demonstration archive from fixtures/sites. Repeating it adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing if the archive holds anything"
        )

    def handle(self, *, if_empty: bool, **_options: Any) -> None:
        """Load the sites and print the counts."""
        if if_empty and Speech.objects.exists():
            self.stdout.write("The archive is not empty; the demonstration is not loaded.")
            return
        counts: Counter[str] = Counter()
        with deferred():
            for folder in sorted(path.parent for path in SITES.glob("*/site.json")):
                counts += self._load(folder)
        follow(patient=True)
        self.stdout.write(
            f"Demonstration: {counts['new']} new, {counts['duplicate']} already there."
        )
        if counts[ItemStatus.FAILED]:
            raise CommandError(f"{counts[ItemStatus.FAILED]} pages could not be read.")

    def _load(self, folder: Path) -> Counter[str]:
        values = json.loads((folder / "site.json").read_text("utf-8"))
        slug = values.pop("slug")
        source, _created = Source.objects.get_or_create(slug=slug, defaults=values)
        batch = UploadBatch.objects.create(label=f"load_demonstration {slug}", source=source)
        counts: Counter[str] = Counter()
        plan = Plan(source, publish=True)
        for line in load(items_of([folder / "pages"], plan.hints), plan, batch):
            counts[line.status] += 1
            if line.status == ItemStatus.FAILED:
                self.stderr.write(f"failed: {slug}/{line.name}: {line.reason}")
        batch.finished_at = timezone.now()
        batch.save(update_fields=["finished_at"])
        return counts
