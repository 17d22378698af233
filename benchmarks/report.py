"""Collect the figures, print them as they come, sum them up in a table and as JSON."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Times


@dataclass(frozen=True)
class Figure:
    """One measured value: of which part, what, of whom; `note` says what has to be known of it."""

    part: str
    what: str
    who: str
    value: float
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Goal:
    """The most (or, with `least`, the least) that one of Yinde's figures should be."""

    part: str
    what: str
    limit: float
    least: bool = False

    def met_by(self, value: float) -> bool:
        """Say whether the goal is reached."""
        return value >= self.limit if self.least else value <= self.limit


class Report:
    """All figures of one run."""

    def __init__(self, corpus: str, documents: int, characters: int) -> None:
        self.figures: list[Figure] = []
        self._about = {
            "corpus": corpus,
            "documents": documents,
            "characters": characters,
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "python": platform.python_version(),
        }
        self._begun = time.monotonic()
        print(f"{corpus}: {documents:,} documents, {characters:,} characters; ", end="")
        print(f"{self._about['machine']}, Python {self._about['python']}", flush=True)

    def add(self, part: str, what: str, who: str, value: float, unit: str, note: str = "") -> None:
        """Keep a figure and print it."""
        self.figures.append(Figure(part, what, who, value, unit, note))
        said = f"  ({note})" if note else ""
        self.say(f"{part}: {what}, {who}: {shown(value)} {unit}{said}")

    def add_times(self, part: str, what: str, who: str, times: Times, note: str = "") -> None:
        """Keep the median, the 95th percentile and the worst of some times."""
        values = {"median": times.median, "p95": times.p95, "worst": times.worst}
        for name, value in values.items():
            self.figures.append(Figure(part, f"{what}, {name}", who, value, "ms", note))
        said = ", ".join(f"{name} {shown(value)}" for name, value in values.items())
        also = f"  ({note})" if note else ""
        self.say(f"{part}: {what}, {who}: {said} ms, {times.count} calls{also}")

    def value(self, part: str, what: str, who: str) -> float:
        """Return a figure given before; NaN if there is none."""
        for figure in self.figures:
            if (figure.part, figure.what, figure.who) == (part, what, who):
                return figure.value
        return math.nan

    def say(self, text: str) -> None:
        """Print what is going on."""
        print(f"[{self._clock()}] {text}", flush=True)

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._begun), 60)
        return f"{minutes:3}:{seconds:02}"

    def summary(self, goals: Iterable[Goal]) -> str:
        """Return the figures as a table: a block for each part, a column for each contestant."""
        lines = []
        for part in dict.fromkeys(figure.part for figure in self.figures):
            lines += ["", *self._table(part)]
        lines += ["", "Goals"]
        for goal in goals:
            value = self.value(goal.part, goal.what, "Yinde")
            if not math.isnan(value):
                sign, word = ("≥" if goal.least else "≤"), "yes" if goal.met_by(value) else "NO"
                lines.append(
                    f"  {word:3}  {goal.part}: {goal.what} {shown(value)} (goal {sign} {shown(goal.limit)})"
                )
        return "\n".join(lines)

    def _table(self, part: str) -> list[str]:
        figures = [figure for figure in self.figures if figure.part == part]
        who = list(dict.fromkeys(figure.who for figure in figures))
        what = {f.what: f"{f.what} ({f.unit})" if f.unit else f.what for f in figures}
        cells = {(figure.what, figure.who): shown(figure.value) for figure in figures}
        width = max(map(len, what.values())) + 2
        widths = [max(12, len(each) + 2) for each in who]
        heads = "".join(f"{each:>{size}}" for each, size in zip(who, widths, strict=True))
        lines = [part, " " * width + heads]
        for name, label in what.items():
            row = f"{label:{width}}"
            for each, size in zip(who, widths, strict=True):
                row += f"{cells.get((name, each), '–'):>{size}}"
            lines.append(row)
        notes = dict.fromkeys(f"  {figure.who}: {figure.note}" for figure in figures if figure.note)
        return [*lines, *notes]

    def write(self, path: Path, goals: Iterable[Goal]) -> None:
        """Write everything as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        goals_said = [
            asdict(goal) | {"value": self.value(goal.part, goal.what, "Yinde")} for goal in goals
        ]
        figures = [figure for figure in self.figures if not math.isnan(figure.value)]
        content = self._about | {
            "seconds": round(time.monotonic() - self._begun),
            "figures": [asdict(figure) for figure in figures],
            "goals": [each for each in goals_said if not math.isnan(each["value"])],
        }
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def shown(value: float) -> str:
    """Return a number with three significant digits."""
    if math.isnan(value):
        return "–"
    if value and abs(value) < 100:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:.{min(digits, 4)}f}"
    return f"{value:,.0f}"
