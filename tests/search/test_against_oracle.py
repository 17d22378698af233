"""Random queries of every kind over an archive of hard texts, beside an oracle that shares no code.

YINDE_QUERIES asks so many, YINDE_SEED others.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from archive.models import Source, Speech, SpeechType, State
from search.index.write import writer
from search.pages import keys
from search.query import Node, nodes
from search.results import SearchRequest
from search.site import corpus
from search.sync.follow import follow
from search.text.dates import PartialDate
from search.text.fold import fold
from search.text.segmenter import LONG_RUN, pieces_of
from tests.effort import tries
from tests.factories import make_source
from tests.search.language import parse, unparse
from tests.search.oracle import Document, readings
from tests.search.reference import matches

pytestmark = pytest.mark.django_db(transaction=True)

QUERIES = tries("YINDE_QUERIES", 100, 150)
SEED = int(os.environ.get("YINDE_SEED", "7"))
DOCUMENTS, SEGMENTS = 80, 5

PLAIN = [
    "党员",
    "干部",
    "群众",
    "政绩观",
    "发展",
    "工作",
    "党",
    "的",
    "违法",
    "万元以",
    "A4",
    "24字",
]
MASKED = ["D员", "D员干部", "D的领导", "从严治D", "年(nian)", "党(dang)员", "２０２４年（nián）"]
TRADITIONAL = ["黨員", "幹部", "群眾", "政績觀", "發展", "國家"]
BEYOND = ["𠮷", "𠀀𠀁", "决𠮷定", "😀", "𠮷員"]
MARKS = ["，", "、", "。", "；", "！", "\n", " ", "“", "”", "##paidbegin##", "—"]
DATES = ["", "2023", "2024", "2024-04", "2024-04-14", "2024-05-01T10:24:03"]
SOURCES = {"qinghe": "青禾黨員网", "wenshu": "文枢参考", "jia": "甲𠮷发展站"}
COLUMNS = ["", "理论学习", "党员干部", "A4专栏"]
TAGS = ["主题教育", "政绩观", "會議"]


def piece(rng: random.Random, *kinds: Sequence[str]) -> str:
    """Some words of a text, with marks between and within them."""
    words = [rng.choice(rng.choice(kinds)) for _ in range(rng.randint(1, 5))]
    return "".join(word + (rng.choice(MARKS) if rng.random() < 0.4 else "") for word in words)


def text(rng: random.Random, number: int, longest: int) -> str:
    """A text: of five one has masked spellings, one is traditional, one goes beyond the BMP."""
    kinds = [PLAIN, PLAIN]
    kinds += [MASKED] if number % 5 == 0 else []
    kinds += [TRADITIONAL, TRADITIONAL] if number % 5 == 1 else []
    kinds += [BEYOND] if number % 10 in (0, 3) else []
    return "".join(piece(rng, *kinds) for _ in range(rng.randint(1, longest)))


def speech(rng: random.Random, number: int, sources: Sequence[Source]) -> Speech:
    """A speech, not saved; four of five are published."""
    row = Speech(
        title=text(rng, number, 1).strip() or "题",
        text=text(rng, number, 10),
        source=rng.choice(sources),
        type=rng.choice(SpeechType.values),
        date=PartialDate(rng.choice(DATES)),
        site_column=rng.choice(COLUMNS),
        site_tags=rng.sample(TAGS, rng.randint(0, 2)),
        state=rng.choice([State.PUBLISHED] * 4 + [State.DRAFT]),
    )
    row.derive()
    return row


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> dict[int, Speech]:
    """Speeches in several segments, some changed and some deleted since; the published ones by key."""
    monkeypatch.setattr(writer, "MERGE_FACTOR", 100)  # segments this small would be merged
    rng = random.Random(SEED)
    sources = [make_source(slug, name=name) for slug, name in SOURCES.items()]
    rows = [speech(rng, number, sources) for number in range(DOCUMENTS)]
    Speech.objects.bulk_create(rows)
    site = corpus()
    index = site.unified_index().get_index(Speech)
    for part in range(SEGMENTS):
        site.update(index, rows[part::SEGMENTS])
    for row in rng.sample(rows, 12):
        row.text = text(rng, rng.randrange(100), 10)
        row.save()
    for row in rng.sample(rows, 6):
        row.delete()
    follow()
    state = site.backend.snapshot()
    assert len(state.segments) > 2
    assert not state.live.all()
    return Speech.objects.published().select_related("source").in_bulk()


def as_documents(archive: dict[int, Speech], *, restore: bool) -> dict[int, Document]:
    """What the oracle reads of each speech."""
    return {
        key: Document(
            {
                "title": readings(row.title, restore=restore),
                "text": readings(row.text, restore=restore),
            },
            {
                "source": [row.source.slug, row.source.name],
                "type": [row.type, row.get_type_display()],
                "column": [row.site_column],
                "tag": row.site_tags,
            },
            str(row.date),
        )
        for key, row in archive.items()
    }


class Asker:
    """Makes random trees of what stands in some texts, or nearly so."""

    def __init__(self, rng: random.Random, texts: Sequence[str]) -> None:
        self.rng, self.texts = rng, texts

    def tree(self, depth: int = 2) -> Node:
        """Any kind of query."""
        kinds: list[Callable[[int], Node]] = [self._joined, self._joined] if depth else []
        kinds += [self._place, self._near, self._near, self._same, self._same, self._within]
        return self.rng.choice(kinds)(depth)

    def _some(self, make: Callable[[], Node], least: int = 2) -> Iterator[Node]:
        return (make() for _ in range(self.rng.randint(least, 3)))

    def _joined(self, depth: int) -> Node:
        children = list(self._some(lambda: self.tree(depth - 1)))
        if self.rng.random() < 0.4:
            children[-1] = nodes.negate(children[-1])
        return self.rng.choice([nodes.all_of, nodes.all_of, nodes.any_of])(children)

    def _word(self) -> str:
        return self.rng.choice(self.rng.choice([PLAIN, PLAIN, PLAIN, MASKED, TRADITIONAL, BEYOND]))

    def _passage(self) -> str:
        # A part of a site marker is found by nobody: markers are no text.
        line = self.rng.choice(self.texts).replace("##paidbegin##", "")
        start = self.rng.randrange(len(line))
        return line[start : start + self.rng.randint(1, 8)].replace("\n", "").strip()

    def _wording(self) -> str:
        rng = self.rng
        return (
            "".join(self._word() for _ in range(rng.randint(1, 2)))
            if rng.random() < 0.6
            else self._passage()
        )

    def _place(self, _depth: int = 0) -> Node:
        rng = self.rng
        match rng.choice(["run", "exact", "exact", "strict", "pattern", "pattern"]):
            case "run":
                return nodes.Run(self._word())
            case "exact":
                return nodes.Exact(self._wording())
            case "strict":
                return nodes.Exact(self._wording(), strict=True)
        wild = ["?", "?", "??", "*", "*?"]
        ends = [rng.choice(["", "", *wild]) for _ in range(2)]
        inner = rng.choice(["", rng.choice(wild) + self._word()])
        parts = [ends[0], self._word(), rng.choice(wild), self._word(), inner, ends[1]]
        return nodes.Pattern("".join(parts))

    def _places(self) -> Node:
        return nodes.any_of(self._some(self._place)) if self.rng.random() < 0.2 else self._place()

    def _near(self, _depth: int = 0) -> Node:
        children = tuple(self._some(self._places))
        return nodes.Near(children, self.rng.choice([0, 1, 2, 3, 5, 12]), self.rng.random() < 0.4)

    def _same(self, _depth: int = 0) -> Node:
        children = list(self._some(self._inside, 1))
        if self.rng.random() < 0.5:
            children.append(nodes.negate(self._place()))
        joined = nodes.all_of(children)
        parts = joined.children if isinstance(joined, nodes.And) else (joined,)
        return nodes.Same(self.rng.choice(["sentence", "paragraph"]), parts)

    def _inside(self) -> Node:
        return self.rng.choice([self._places, self._places, self._near])()

    def _within(self, depth: int) -> Node:
        rng = self.rng
        match rng.choice(["title", "key", "date"]):
            case "title":
                return nodes.in_field("title", self.tree(max(0, depth - 1)))
            case "date":
                first, last = rng.choice([("2024", "2024"), ("2024-04", ""), ("", "2023-06")])
                return nodes.Dates(PartialDate(first), PartialDate(last))
        name = rng.choice(["source", "type", "column", "tag"])
        words = {"source": [*SOURCES, "发展", "党员"], "type": ["讲话", "speech", "论"]}
        word = rng.choice([*words.get(name, [*COLUMNS[1:], *TAGS, "党"])])
        leaf = rng.choice(
            [nodes.Run(word), nodes.Exact(word), nodes.Pattern(f"{word[0]}?{word[2:]}")]
        )
        return nodes.in_field(name, leaf)


def lines(asker: Asker) -> Iterator[str]:
    """Lines that are understood as they stand; a long run may be met in part, which others test."""
    while True:
        line = unparse(asker.tree())
        understood = parse(line)
        runs = (each for each in nodes.leaves(understood.tree) if isinstance(each, nodes.Run))
        short = all(len(pieces_of(fold(run.text))) < LONG_RUN for run in runs)
        if short and not understood.repairs and understood.tree != nodes.Everything():
            yield line


def test_the_engine_finds_what_reading_finds(archive: dict[int, Speech]) -> None:
    """The engine finds for every line what reading all texts finds, and counts it rightly."""
    rng = random.Random(SEED)
    asked = lines(Asker(rng, [row.text for row in archive.values()]))
    documents = {restore: as_documents(archive, restore=restore) for restore in (True, False)}
    wrong, found_any = [], 0
    for line, _ in zip(asked, range(QUERIES), strict=False):
        restore = rng.random() < 0.8
        tree = parse(line).tree
        wanted = {key for key, each in documents[restore].items() if each.answers(tree)}
        found = keys(SearchRequest(line, restore=restore), DOCUMENTS)
        found_any += bool(found)
        if sorted(found) != sorted(wanted):
            lost, more = wanted.difference(found), set(found) - wanted
            wrong.append(f"{line!r} restore={restore}: lost {lost}, too many {more}")
    assert not wrong, f"{len(wrong)} of {QUERIES}:\n" + "\n".join(wrong[:20])
    assert found_any > QUERIES / 4


def test_highlighting_reads_a_query_alike() -> None:
    """`reference.matches`, by which other tests measure, means the same."""
    rng = random.Random(SEED)
    sources = [Source(slug=slug, name=name) for slug, name in SOURCES.items()]
    archive = {number: speech(rng, number, sources) for number in range(30)}
    documents = as_documents(archive, restore=True)
    asked = lines(Asker(rng, [row.text for row in archive.values()]))
    for line, _ in zip(asked, range(QUERIES // 10), strict=False):
        tree = parse(line).tree
        for key, document in documents.items():
            fields = {"title": archive[key].title, "text": archive[key].text, "date": document.date}
            assert matches(fields | document.keys, tree) == document.answers(tree), line
