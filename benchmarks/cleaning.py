"""`python -m benchmarks.cleaning CORPUS`: how fast rows are understood, and what cleaning takes away.

Look here before and after a change of the rules: a rule that takes what it should not shows itself in
the examples from a large corpus of good texts.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from archive.ingest.errors import IngestError
from archive.ingest.pipeline import draft_member
from archive.ingest.read.containers import expand


def main(argv: Sequence[str] | None = None) -> None:
    """Read the corpus once and print what was found."""
    parser = argparse.ArgumentParser(prog="benchmarks.cleaning", description=__doc__)
    parser.add_argument("corpus", type=Path, help="a .jsonl[.xz|.gz], .zip or single file")
    parser.add_argument("--examples", type=int, default=5, help="of what each rule took")
    options = parser.parse_args(argv)

    spans: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    examples: defaultdict[str, Counter[str]] = defaultdict(Counter)
    kinds, held, failed = Counter[str](), Counter[str](), Counter[str]()
    read = 0
    seconds = 0.0
    with options.corpus.open("rb") as file:
        for member in expand(file, options.corpus.name):
            start = time.process_time()
            try:
                draft = draft_member(member)
            except IngestError as error:
                failed[error.code] += 1
                continue
            finally:
                seconds += time.process_time() - start
            read += len(draft.raw)
            kinds[draft.type] += 1
            held[draft.held_reason] += 1
            for one in draft.removed:
                spans[one.rule] += 1
                characters[one.rule] += one.end - one.start
                examples[one.rule][one.text] += 1

    count = kinds.total()
    print(f"{count:,} documents, {read:,} characters, {read / max(seconds, 1e-9) / 1e6:.2f} M/s")
    print("kinds:", dict(kinds), " held:", dict(held), " failed:", dict(failed))
    for rule, number in spans.most_common():
        print(f"\n{rule}: {number:,} spans, {characters[rule]:,} characters")
        for text, times in examples[rule].most_common(options.examples):
            print(f"    {times:>5} × {text[:90]!r}")


if __name__ == "__main__":
    main()
