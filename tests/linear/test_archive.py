"""The steps of the archive: from the bytes of a file to a draft, and from a text to its page."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from html import escape

import pytest

from archive.admin.forms import ParagraphsField
from archive.admin.speech import html_of
from archive.ingest import pipeline, printed_dates
from archive.ingest.clean import boilerplate, labels, patterns, sanitise
from archive.ingest.clean.lines import cut_inside, split_lines
from archive.ingest.describe import kinds, metadata, quality, titles
from archive.ingest.errors import IngestError
from archive.ingest.read import formats, page
from archive.ingest.read.containers import expand
from archive.ingest.read.encoding import decode
from archive.ingest.read.printable import printable, visible
from archive.ingest.store import look_alikes
from archive.ingest.values import Extracted, Hints, Member
from archive.models import Speech
from archive.models.fields import storable
from archive.reading.anchors import anchored
from archive.reading.citation import Cited, bibtex, csl_json, gb7714
from archive.reading.outline import is_heading, outline
from archive.reading.paragraphs import Marks, paragraphs
from archive.reading.quotations import quotations_in
from search.text.restore import restorations
from tests.linear.growth import Step, assert_linear
from tests.linear.texts import KINDS, SENTENCE

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_META = ("title", "h1", "canonical", "og:url", "contentsource", "sitename", "columnname", "created")
_PATTERNS = [one for one in patterns.PATTERNS if one.where is not patterns.Where.INLINE]


def _answered(step: Step) -> Step:
    """Return the step, for which refusing a text is an answer."""

    def run(text: str) -> object:
        try:
            return step(text)
        except IngestError as error:
            return error

    return run


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _cut(text: str) -> None:
    split_lines(text, cut_inside(text))
    visible(text)
    printable(text)


def _cleaned(text: str) -> None:
    boilerplate.finish(boilerplate.survey(text), "学习")
    boilerplate.finish(boilerplate.survey(text, titled=True), text)


def _line_by_line(text: str) -> None:
    for line in text.split("\n"):
        labels.read(line)
        labels.label(line)
        labels.is_buttons(line)
        boilerplate.starts_text(line)
        is_heading(line)
        for pattern in _PATTERNS:
            pattern.matches(line)


def _titled(text: str) -> None:
    found, named = (
        boilerplate.survey("学习\n"),
        Extracted(raw="", meta={"title": text}, before=(text,)),
    )
    titles.find_title(Extracted(raw=""), found, Hints(title=text), "a.txt")
    titles.find_title(named, found, Hints(), "a.txt")
    titles.find_title(Extracted(raw=""), boilerplate.survey(text), Hints(), text)
    boilerplate.same_title(text, text)


def _known(text: str) -> None:
    found = boilerplate.survey(text)
    cleaned = boilerplate.finish(found, "学习")
    meta = dict.fromkeys([*_META, *(rule.element for rule in metadata._PAGE_DATES)], text)
    hints = Hints(text, text, text, text, text, text, text, (text,))
    for around in ((text,), tuple(text.split("\n"))):
        page_of = Extracted(raw=text, meta=meta, before=around, after=around)
        metadata.collect(metadata.Material(page_of, found, cleaned, "学习", Hints()))
        metadata.collect(metadata.Material(page_of, found, cleaned, text, hints))


def _dated(text: str) -> None:
    printed_dates.first(text)
    printed_dates.parse(text)
    printed_dates.given(text)
    printed_dates.from_address(text)


def _page(wrapped: Callable[[str], str]) -> Step:
    return _answered(lambda text: pipeline.understand(page.read(wrapped(text)), "a.html"))


def _lines_of(text: str) -> list[str]:
    """Return the lines of a text between two that end what stands above and below a text."""
    return [SENTENCE, *text.split("\n"), SENTENCE]


def _by_lines(text: str) -> str:
    return "<div>" + "".join(f"<p>{escape(line)}</p>" for line in _lines_of(text)) + "</div>"


def _in_attributes(text: str) -> str:
    bold = "<b>学</b>，" * 8  # each repeats the link around it
    return f"<meta name=title content='{escape(text)}'><p><a href='{escape(text)}'>{bold}</a>"


def _word_file(text: str) -> object:
    lines = _lines_of(printable(text).translate(dict.fromkeys([11, 12, 27])))
    runs = (f"<w:r><w:rPr><w:b/></w:rPr><w:t>{escape(line)}</w:t></w:r>" for line in lines)
    body = "".join(f"<w:p>{run}</w:p>" for run in runs)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        document = f"<w:document {_WORD}><w:body>{body}</w:body></w:document>"
        package.writestr("word/document.xml", _encoded(document))
    return pipeline.draft(file.getvalue(), "a.docx")


def _row(text: str) -> object:
    names = ("text", "title", "date", "type", "source", "url", "column", "author", "tags")
    return pipeline.draft_member(Member("a.jsonl#1", b"", dict.fromkeys(names, text)))


def _expanded(text: str) -> list[Member]:
    return list(expand(b'{"text": "a"}\n' * (len(text) // 20) + _encoded(text), "a.jsonl"))


def _decoded(text: str) -> None:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        content = text.encode(encoding, "replace")
        _answered(lambda _text, content=content: decode(content))(text)


def _read(text: str) -> None:
    hits = [(at, at + 1) for at in range(0, len(text) - 1, 4)]
    marks = Marks(hits, restorations(text), total=len(hits))
    for _each in paragraphs(text, marks, outline(text)):
        pass
    for _each in anchored(text):
        pass


def _cited(text: str) -> None:
    cited = Cited("a", text, text, dt.date(2024, 1, 1), text)
    gb7714(cited)
    bibtex(cited)
    csl_json(cited)


# The step, and for how long a text it takes some hundredths of a second.
STEPS: dict[str, tuple[Step, int]] = {
    "cut": (_cut, 8_000),
    "clean": (_cleaned, 9_600),
    "lines": (_line_by_line, 6_400),
    "title": (_titled, 8_000),
    "metadata": (_known, 6_400),
    "dating": (_dated, 8_000),
    "kind": (lambda text: kinds.guess(text, text, text, [text]), 8_000),
    "quality": (lambda text: quality.held_reason(text, text, 3), 8_000),
    "decode": (_decoded, 32_000),
    "extract": (_answered(lambda text: formats.extract(_encoded(text), "a.html")), 9_600),
    # With signs of HTML a long text is taken for a page, a short one is not.
    "text": (
        _answered(lambda text: pipeline.draft(_encoded(text.replace("<", "＜")), "a.txt")),
        9_600,
    ),
    "row": (_answered(_row), 9_600),
    "expand": (_expanded, 9_600),
    "word": (_answered(_word_file), 6_400),
    "page": (_page(lambda text: f"<title>{text}</title><body>{text}</body>"), 6_400),
    "page, escaped": (_page(lambda text: f"<p>{escape(text)}</p>"), 9_600),
    "page, by lines": (_page(_by_lines), 6_400),
    "page, attributes": (_page(_in_attributes), 6_400),
    "sanitise": (_answered(lambda text: sanitise.sanitise(_encoded(text).decode())), 6_400),
    "sanitise, escaped": (
        _answered(lambda text: sanitise.sanitise(escape(_encoded(text).decode()))),
        6_400,
    ),
    "alike": (lambda text: (look_alikes.share(text, text), look_alikes.probes(text)), 9_600),
    "paragraphs of a form": (ParagraphsField().to_python, 32_000),
    "storable": (storable, 32_000),
    "derived": (lambda text: Speech(text=text).derive(), 32_000),
    "html": (html_of, 32_000),
    "outline": (outline, 32_000),
    "quotations": (quotations_in, 8_000),
    "reading": (_read, 6_400),
    "citation": (_cited, 32_000),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_of_the_archive_is_linear(name: str) -> None:
    step, size = STEPS[name]
    assert_linear(step, KINDS, size)
