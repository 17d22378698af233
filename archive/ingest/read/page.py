"""The main text of an HTML page, its lines and the words around it.

The page is flattened to lines (what a browser would put on lines of their own). Lines that read
like prose give their length to every element around them, and the main part is found by walking
down from <body> as long as one child holds most of the prose. Measured on 55 real Chinese pages
by the 5-grams shared with the container picked by hand: mean F1 0.984 (precision 0.988, recall
0.985, worst 0.69) against 0.88 to 0.91 (worst 0.37 or nothing) for trafilatura 2.3.1 in its four
modes, in two fifths of its time. So lxml parses and no extractor is used.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from archive.ingest.errors import IngestError
from archive.ingest.read import page_head
from archive.ingest.values import Block, Extracted, Mark

MAX_BYTES = 5_000_000
MAX_TAGS = 100_000

_DROPPED = frozenset(
    "script style noscript template iframe object embed svg math canvas audio video select option "  # noqa: SIM905
    "button textarea input head link meta title".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer "  # noqa: SIM905
    "form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr "
    "ul".split()
)
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "blockquote", "pre"))
_INLINE = frozenset(("a", "span", "strong", "b"))
_LEAVES = _PARAGRAPHS | _INLINE
_MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "a": "a"}
_KEPT_TAGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "tr"])
_NOISE_TAGS = frozenset(("nav", "footer", "aside"))
_NOISE_NAME = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|pinglun|share|related|recommend|sidebar|crumbs?|breadcrumb)",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PROSE = re.compile(r"[，。；：！？,;]")
_MIN_MAIN = 80  # characters of prose without which a page has no text
_MIN_PROSE = 15  # characters outside links
_MOST = 0.65  # a child with this share of its parent's prose is followed
_OWN = 0.1  # unless the parent has this share in paragraphs of its own
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]"
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})")
_OPENING = re.compile(r"<[a-zA-Z]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")


@dataclass
class _Line:
    """One line of the page while it is being read."""

    parent: etree._Element | None = None
    tag: str = "p"
    parts: list[str] = field(default_factory=list)
    length: int = 0
    in_links: int = 0
    marks: list[Mark] = field(default_factory=list)

    def add(self, part: str) -> None:
        """Add a piece of text to the end of the line."""
        self.parts.append(part)
        self.length += len(part)

    @cached_property
    def text(self) -> str:
        """What the line says, once it is whole."""
        return "".join(self.parts)

    @cached_property
    def prose(self) -> int:
        """How many characters of running text the line holds."""
        length = self.length - self.in_links
        return length if length >= _MIN_PROSE and _PROSE.search(self.text) else 0


def read(html: str) -> Extracted:
    """Return the main part of a page. Raises IngestError for pages built to break parsers."""
    root = _parse(html)
    body = root.find("body")
    lines = _Flattener().run(root if body is None else body)
    main, inside = _main_part(lines)
    positions = [number for number, one in enumerate(inside) if one]
    first, last = (positions[0], positions[-1]) if positions else (0, -1)
    raw, blocks, marks = _joined([lines[number] for number in positions])
    return Extracted(
        raw=raw,
        before=tuple(line.text for line in lines[:first]),
        after=tuple(line.text for line in lines[last + 1 :]),
        meta=page_head.read(root, html),
        blocks=blocks,
        marks=marks,
        main=main,
    )


def _parse(html: str) -> etree._Element:
    if len(html) > MAX_BYTES:
        raise IngestError("too-large", "HTML")
    if len(_OPENING.findall(html)) > MAX_TAGS:
        raise IngestError("bomb", "HTML")
    content = _XML_DECLARATION.sub("", html).encode("utf-8", "replace")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    root = etree.fromstring(content, parser)  # repairs whatever it is given
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise IngestError("bomb", "HTML")  # nested deeper than libxml2 follows: text would be lost
    if root is None:
        raise IngestError("no-text")
    return root


class _Flattener:
    """Turns a tree into lines, without recursion: hostile pages nest deeper than Python's stack."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self.line = _Line()
        self.open_marks: list[tuple[etree._Element, Mark]] = []
        self.rows: list[int] = []

    def run(self, root: etree._Element) -> list[_Line]:
        """Return the lines of the tree in the order of the page."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if self._is_dropped(element):
                    walk.skip_subtree()
                else:
                    self._start(element)
            else:
                if not self._is_dropped(element):
                    self._end(element)
                if element is not root:
                    self._add(element.tail, element.getparent())
        self._flush()
        return self.lines

    @staticmethod
    def _is_dropped(element: etree._Element) -> bool:
        return (
            element.tag in _DROPPED
            or element.get("hidden") is not None
            or bool(_HIDDEN.search(element.get("style", "")))
        )

    def _start(self, element: etree._Element) -> None:
        if element.tag in _BLOCKS:
            self._flush()
        if element.tag == "tr":
            self.rows.append(len(self.lines))
        if tag := _MARKS.get(element.tag):
            href = element.get("href", "") if tag == "a" else ""
            here = self.line.length
            self.open_marks.append((element, Mark(here, here, tag, href)))
        self._add(element.text, element)

    def _end(self, element: etree._Element) -> None:
        if self.open_marks and self.open_marks[-1][0] is element:
            self._close(self.open_marks.pop()[1])
        if element.tag in _BLOCKS:
            self._flush()
        if element.tag == "tr":
            self._join_row(self.rows.pop(), element)

    def _add(self, text: str | None, parent: etree._Element) -> None:
        if not text:
            return
        if parent.tag == "pre":
            for number, part in enumerate(text.splitlines()):
                if number:
                    self._flush()
                self._add_to_line(part, parent)
            return
        self._add_to_line(text, parent)

    def _add_to_line(self, text: str, parent: etree._Element) -> None:
        flat = _BLANKS.sub(" ", _BREAK_IN_CHINESE.sub("", text))
        if not self.line.parts or self.line.parts[-1].endswith(" "):
            flat = flat.lstrip(" ")
        if not flat:
            return
        if not self.line.parts:
            self.line.parent = parent
        self.line.add(flat)
        if any(mark.tag == "a" for _element, mark in self.open_marks):
            self.line.in_links += len(flat)

    def _close(self, mark: Mark) -> None:
        end = self.line.length
        if end > mark.start:
            self.line.marks.append(Mark(mark.start, end, mark.tag, mark.href))

    def _flush(self) -> None:
        if self.line.text.strip():
            for _element, mark in self.open_marks:
                self._close(mark)
            self.line.tag = _kept_tag(self.line.parent)
            self.lines.append(self.line)
        self.line = _Line()
        self.open_marks = [(el, Mark(0, 0, one.tag, one.href)) for el, one in self.open_marks]

    def _join_row(self, start: int, row: etree._Element) -> None:
        """Make one line of a table row whose cells are a line each; a layout table stays apart."""
        cells = self.lines[start:]
        filled = sum(1 for cell in row if cell.tag in ("td", "th"))
        if not 2 <= len(cells) <= filled:
            return
        joined = _Line(parent=row, tag="tr")
        for cell in cells:
            if joined.parts:
                joined.add("\t")
            shift = joined.length
            joined.add(cell.text.strip())
            joined.in_links += cell.in_links
            joined.marks += [
                Mark(m.start + shift, m.end + shift, m.tag, m.href) for m in cell.marks
            ]
        self.lines[start:] = [joined]


def _kept_tag(element: etree._Element | None) -> str:
    while element is not None and element.tag not in ("body", "td", "div"):
        if element.tag in _KEPT_TAGS:
            return element.tag
        element = element.getparent()
    return "p"


def _main_part(lines: list[_Line]) -> tuple[str, list[bool]]:
    """Return a name for the main element and, for each line, whether it belongs to the main text."""
    paths = [list(_lineage(line.parent)) for line in lines]
    noise = set(filter(_is_noise, {element for path in paths for element in path}))
    quiet = [noise.isdisjoint(path) for path in paths]
    if sum(line.prose for line, one in zip(lines, quiet, strict=True) if one) < _MIN_MAIN:
        quiet = [True] * len(lines)  # a page that calls its very text a comment
    weights: dict[etree._Element, int] = defaultdict(int)
    for line, path, counts in zip(lines, paths, quiet, strict=True):
        if counts and line.prose:
            for element in path:
                weights[element] += line.prose
    if not weights:
        return "", quiet
    node = next(element for element in weights if element.getparent() not in weights)
    while (child := _heaviest(node, weights)) is not None:
        node = child
    name = f"{node.tag}#{node.get('id')}" if node.get("id") else node.tag
    return name, [one and node in path for one, path in zip(quiet, paths, strict=True)]


def _heaviest(node: etree._Element, weights: Mapping[etree._Element, int]) -> etree._Element | None:
    """Return the child to walk down to: most of the prose is in it and hardly any beside it.

    A node with paragraphs of its own is a text already, however long its longest part.
    """
    own = weights[node] - sum(weights.get(child, 0) for child in node if child.tag not in _LEAVES)
    if own > _OWN * weights[node]:
        return None
    for child in node:
        if weights.get(child, 0) >= _MOST * weights[node] and child.tag not in _LEAVES:
            return child
    return None


def _is_noise(element: etree._Element) -> bool:
    return element.tag in _NOISE_TAGS or bool(
        _NOISE_NAME.search(f"{element.get('class', '')} {element.get('id', '')}")
    )


def _lineage(element: etree._Element | None) -> Iterator[etree._Element]:
    while element is not None:
        yield element
        element = element.getparent()


def _joined(lines: list[_Line]) -> tuple[str, tuple[Block, ...], tuple[Mark, ...]]:
    parts, blocks, marks = [], [], []
    start = 0
    for line in lines:
        end = start + len(line.text)
        parts.append(line.text)
        blocks.append(Block(start, end, line.tag))
        marks += [Mark(m.start + start, m.end + start, m.tag, m.href) for m in line.marks]
        start = end + 1
    return "\n".join(parts), tuple(blocks), tuple(marks)
