"""The text of a Word document (.docx): its paragraphs, headings, lists and tables.

Read from the XML itself, because python-docx leaves out what stands in content controls, tracked
insertions and text boxes, and the numbers that Word counts by itself (一、 二、): sentences and
headings of a speech. The package is bounded before anything is unpacked, and its XML may hold no
document type.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree  # type: ignore[import-untyped]

from archive.ingest.errors import IngestError
from archive.ingest.read.word_numbering import Numbering, W, attribute
from archive.ingest.values import Block, Extracted, Mark

MAX_PART = 30_000_000  # bytes of one XML part
MAX_PARTS = 5_000
MAX_UNPACKED = 200_000_000
RATIO = 200  # of unpacked to packed bytes; real documents stay below 30
RATIO_FROM = 5_000_000  # unpacked bytes before the ratio is looked at
DOCUMENT = "word/document.xml"

_SKIPPED = frozenset(
    (f"{W}pPr", f"{W}moveFrom", f"{W}rt", f"{W}instrText", f"{W}delText", f"{W}footnotePr")
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT = {f"{W}tab": "\t", f"{W}noBreakHyphen": "-", f"{W}cr": "\n"}


def read(content: bytes) -> Extracted:
    """Return the text of a .docx file. Raises IngestError when it is damaged or built to harm."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check(package)
            document = _part(package, DOCUMENT)
            styles = _part(package, "word/styles.xml", needed=False)
            numbering = _part(package, "word/numbering.xml", needed=False)
            properties = _part(package, "docProps/core.xml", needed=False)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise IngestError("damaged", ".docx") from error
    except RuntimeError as error:  # zipfile's word for a password
        raise IngestError("encrypted", ".docx") from error
    body = document.find(f"{W}body")
    if body is None:
        raise IngestError("damaged", ".docx")
    reader = _Reader(_heading_styles(styles), Numbering(numbering, styles))
    return replace(reader.run(body), meta=_created(properties))


def _check(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or size > min(MAX_UNPACKED, max(RATIO_FROM, RATIO * packed)):
        raise IngestError("bomb", ".docx")


def _part(package: zipfile.ZipFile, name: str, *, needed: bool = True) -> Element:
    """Parse one part; zipfile never reads more of it than the size that `_check` has seen."""
    if name not in package.namelist():
        if needed:
            raise IngestError("damaged", ".docx")
        return Element("none")
    if package.getinfo(name).file_size > MAX_PART:
        raise IngestError("bomb", ".docx")
    try:
        return ElementTree.fromstring(package.read(name), forbid_dtd=True)
    except ParseError as error:
        raise IngestError("damaged", ".docx") from error
    except DefusedXmlException as error:
        raise IngestError("bomb", ".docx") from error


def _created(properties: Element) -> dict[str, str]:
    """Return when the file was made; its zone is not believed, for programs write local time as Z."""
    found = properties.findtext("{http://purl.org/dc/terms/}created", "")
    return {"created": found.rstrip("Z")} if found else {}


def _heading_styles(styles: Element) -> dict[str, str]:
    """Return h1, h2 … by the id of the style that means it."""
    found = {}
    for style in styles.iter(f"{W}style"):
        name = attribute(style.find(f"{W}name"), "val").lower().replace("标题", "heading")
        level = name.removeprefix("heading").strip()
        if name == "title":
            found[attribute(style, "styleId")] = "h1"
        elif name.startswith("heading") and level in tuple("123456"):
            found[attribute(style, "styleId")] = f"h{level}"
    return found


class _Reader:
    """Collects the lines of a document in reading order."""

    def __init__(self, headings: dict[str, str], numbering: Numbering) -> None:
        self.headings = headings
        self.numbering = numbering
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.marks: list[Mark] = []
        self.length = 0

    def run(self, body: Element) -> Extracted:
        """Return everything that the document says."""
        for block in _blocks(body):
            if block.tag == f"{W}tbl":
                self._table(block)
            else:
                self._paragraph(block)
        return Extracted(
            raw="\n".join(self.parts),
            blocks=tuple(self.blocks),
            marks=tuple(self.marks),
        )

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = attribute(_child(properties, "pStyle"), "val")
        tag = self.headings.get(style, "p")
        runs = list(_runs(paragraph))
        number = self.numbering.next(properties, style) if any(t.strip() for t, _ in runs) else ""
        if number:
            runs.insert(0, (number, False))
        self._add(runs, tag)

    def _table(self, table: Element) -> None:
        """Make a line of each row of short cells; a table that lays out text is read cell by cell."""
        for row in table.iter(f"{W}tr"):
            cells = []
            for cell in row.findall(f"{W}tc"):
                paragraphs = ["".join(t for t, _ in _runs(p)).strip() for p in cell.iter(f"{W}p")]
                cells.append([text for text in paragraphs if text])
            if sum(map(bool, cells)) >= 2 and all(len(texts) <= 1 for texts in cells):
                self._add([("\t".join(texts[0] for texts in cells if texts), False)], "tr")
            else:
                for text in (text for texts in cells for text in texts):
                    self._add([(text, False)], "p")

    def _add(self, runs: list[tuple[str, bool]], tag: str) -> None:
        """Add one paragraph, which a line break within it makes several lines of."""
        start = self.length
        marks: list[Mark] = []
        line = ""
        for text, strong in [*runs, ("\n", False)]:
            for number, part in enumerate(text.split("\n")):
                if number and line.strip():
                    self.parts.append(line)
                    self.blocks.append(Block(start, start + len(line), tag))
                    self.marks += marks
                    start += len(line) + 1
                if number:
                    line, marks = "", []
                if part and strong:
                    here = start + len(line)
                    marks.append(Mark(here, here + len(part), "strong"))
                line += part
        self.length = start


def _blocks(body: Element) -> Iterator[Element]:
    """Yield paragraphs and tables in order, through content controls and the like."""
    stack = list(reversed(body))
    while stack:
        element = stack.pop()
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
            if element.tag == f"{W}p":
                yield from _boxed(element)
        elif element.tag != f"{W}sectPr":
            stack.extend(reversed(element))


def _boxed(paragraph: Element) -> Iterator[Element]:
    """Yield the paragraphs in the text boxes of one, but for the second copies for older programs."""
    stack = [(child, False) for child in reversed(paragraph)]
    while stack:
        element, boxed = stack.pop()
        if element.tag == _FALLBACK:
            continue
        if boxed and element.tag == f"{W}p":
            yield element
        boxed = boxed or element.tag == f"{W}txbxContent"
        stack.extend((child, boxed) for child in reversed(element))


def _runs(paragraph: Element) -> Iterator[tuple[str, bool]]:
    """Yield the texts of a paragraph and whether they are bold, without what is not printed."""
    stack = [(child, False) for child in reversed(paragraph)]
    while stack:
        element, strong = stack.pop()
        if element.tag in _SKIPPED or element.tag in (_FALLBACK, f"{W}txbxContent"):
            continue
        if element.tag == f"{W}r":
            properties = element.find(f"{W}rPr")
            if _is_on(properties, "vanish"):
                continue
            strong = _is_on(properties, "b")
        if element.tag == f"{W}t":
            yield element.text or "", strong
        elif element.tag == f"{W}br":
            yield "\n" if attribute(element, "type") in ("", "textWrapping") else "", strong
        elif element.tag in _TEXT:
            yield _TEXT[element.tag], strong
        stack.extend((child, strong) for child in reversed(element))


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else element.find(f"{W}{name}")


def _is_on(properties: Element | None, name: str) -> bool:
    """Tell whether a switch like w:b is set; w:val="0" switches it off again."""
    switch = _child(properties, name)
    return switch is not None and attribute(switch, "val") not in ("0", "false", "off")
