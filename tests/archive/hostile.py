"""Files that somebody made to do harm, each small enough to be tried in a moment.

`FILES` are by kind: what may be wrong with an archive, a Word file, a page, a text, a row, a packed
stream. What takes long to make is given as a function and made when a test asks for it: every process
of a run imports this module, and tests few of its files. `SIZE` is about how large those are whose
size is the point. Bytes of a format each, most of them broken, and so no part of the tables of sound
texts (`tests.linear.texts`, `tests.hostile.kinds`).
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from tests.archive.samples import (
    body_of,
    docx_of,
    html_of,
    jsonl_of,
    row_of,
    text_of,
    title_of,
    zip_of,
)

SIZE = 50_000
PROSE = "".join(body_of(9))
Made = bytes | Callable[[], bytes]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def special(mode: int) -> bytes:
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (mode | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, b"/etc/passwd")
    return file.getvalue()


def patched(content: bytes, place: bytes, offset: int, value: bytes) -> bytes:
    """Return a zip with bytes of the header that begins with `place` replaced."""
    at = content.rindex(place) + offset
    return content[:at] + value + content[at + len(value) :]


def lying(size: int) -> bytes:
    """Return a zip whose directory and entry tell another size than the entry has."""
    content = zip_of({"a.txt": text_of(1)})
    said = struct.pack("<I", size)
    return patched(patched(content, b"PK\x01\x02", 24, said), b"PK\x03\x04", 22, said)


def encrypted() -> bytes:
    content = zip_of({"a.txt": text_of(1)})
    return patched(patched(content, b"PK\x01\x02", 8, b"\x01"), b"PK\x03\x04", 6, b"\x01")


def overlapping() -> bytes:
    """Return a zip whose directory names one entry many times over."""
    content = zipped({"a.txt": b"\0" * 1_000_000})
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    count = 400
    tail = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, (end - start) * count, start, 0
    )
    return content[:start] + content[start:end] * count + tail


def zips() -> Iterator[tuple[str, Made]]:
    good = zip_of({"甲.txt": text_of(1), "乙.html": html_of(2)})
    yield "bomb.zip", lambda: zipped({"a.txt": b"\0" * 19_000_000, "b.txt": text_of(1)})
    yield "bombs.zip", lambda: zipped({f"{n}.txt": b"x" * 4_900_000 for n in range(5)})
    yield "many.zip", lambda: zip_of({f"{n}.txt": b"" for n in range(5_001)})
    yield "empties.zip", zip_of({f"{n}.txt": b"" for n in range(99)})
    yield "nested.zip", zip_of({"b.zip": good, "c.txt": text_of(1)})
    yield "deep.zip", nested(30)
    yield "lying-small.zip", lying(10)
    yield "lying-large.zip", lying(2**32 - 2)
    yield "encrypted.zip", encrypted()
    yield "overlapping.zip", overlapping()
    yield "truncated.zip", good[: len(good) // 2]
    yield "headless.zip", good[40:]
    yield "directory-only.zip", good[good.index(b"PK\x01\x02") :]
    yield "magic-only.zip", b"PK\x03\x04"
    yield "end-only.zip", b"PK\x05\x06" + b"\0" * 18
    yield "comment.zip", good[:-2] + b"\xff\xff" + b"x" * 65_535
    yield "offset.zip", patched(good, b"PK\x05\x06", 16, b"\xff\xff\xff\x7f")
    yield "count.zip", patched(good, b"PK\x05\x06", 8, b"\xfe\xff\xfe\xff")
    yield "method.zip", patched(good, b"PK\x01\x02", 10, b"\x63\x00")
    yield "version.zip", patched(good, b"PK\x01\x02", 6, b"\xff\x00")
    yield "date.zip", patched(good, b"PK\x01\x02", 12, b"\xff\xff\xff\xff")
    yield "extra.zip", patched(good, b"PK\x01\x02", 30, b"\xff\xff")
    yield "invalid-utf8.zip", good.replace("甲".encode(), b"\xff\xfe\xfd")
    yield "prefixed.zip", b"MZ" + b"\0" * 99 + good
    yield "link.zip", special(stat.S_IFLNK)
    yield "device.zip", special(stat.S_IFBLK)
    yield "bzip2.zip", zipped({"a.txt": text_of(3)}, zipfile.ZIP_BZIP2)
    yield "lzma.zip", zipped({"a.txt": text_of(4)}, zipfile.ZIP_LZMA)
    yield "rows.zip", zip_of({"a.jsonl": jsonl_of(row_of(5)) + b"{\n", "a.jsonl#1": text_of(6)})
    yield "packed.zip", lambda: zip_of({"a.jsonl.gz": gzip.compress(b"\n" * 20_000_000)})


def nested(depth: int) -> bytes:
    content = zip_of({"a.txt": text_of(1)})
    for _level in range(depth):
        content = zip_of({"a.zip": content})
    return content


def docx(document: str, method: int = zipfile.ZIP_DEFLATED, **parts: str) -> bytes:
    """Return a Word file; `word__numbering` is word/numbering.xml."""
    named = {name.replace("__", "/") + ".xml": text.encode() for name, text in parts.items()}
    return zipped(
        {"[Content_Types].xml": b"", "word/document.xml": document.encode(), **named}, method
    )


def document(body: str, prefix: str = "") -> str:
    return f'{prefix}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'


def words() -> Iterator[tuple[str, Made]]:
    paragraph = f"<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
    good = docx_of(11)
    many = " ".join(f'w:a{n}="x"' for n in range(20_000))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    yield "truncated.docx", good[: len(good) // 2]
    yield "encrypted.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999
    yield "no-document.docx", zip_of({"[Content_Types].xml": b""})
    yield (
        "laughs.docx",
        docx(document("<w:p/>&l11;", f'<!DOCTYPE x [<!ENTITY l0 "x">{laughs}]>')),
    )
    yield (
        "entity.docx",
        docx(document(paragraph, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')),
    )
    yield (
        "relations.docx",
        docx(
            document(paragraph),
            word__settings='<Relationships><Relationship Id="r" TargetMode="External" '
            'Target="http://127.0.0.1:9/x"/></Relationships>',
        ),
    )
    yield "no-body.docx", docx(f'<w:document xmlns:w="{WORD}"/>')
    yield "no-xml.docx", docx("\x00\x01\x02")
    yield "open.docx", docx(document(paragraph)[:-30])
    yield "huge.docx", lambda: docx(document("<w:p/>" * (SIZE * 10)))
    yield "too-huge.docx", lambda: docx(document(" " * 30_000_001))
    yield "deep.docx", docx(document("<w:sdt>" * 50_000 + "</w:sdt>" * 50_000))
    yield "deep-run.docx", docx(document(f"<w:p>{'<w:r>' * 9_999}x{'</w:r>' * 9_999}</w:p>"))
    yield (
        "attributes.docx",
        docx(document(f"<w:p {many}/>" + paragraph)),
    )
    yield "long.docx", docx(document(f"<w:p><w:r><w:t>{'字' * SIZE}</w:t></w:r></w:p>"))
    yield "tables.docx", docx(document("<w:tbl><w:tr><w:tc>" * 300 + paragraph))
    parts = {f"{n}": b"" for n in range(5_001)}
    yield "parts.docx", lambda: zipped({"[Content_Types].xml": b""} | parts)
    yield (
        "boxes.docx",
        docx(document(f"<w:p>{'<w:txbxContent><w:p/></w:txbxContent>' * 2_000}</w:p>")),
    )
    yield (
        "numbers.docx",
        docx(
            document(
                '<w:p><w:pPr><w:numPr><w:ilvl w:val="99999999999"/><w:numId w:val="-1"/></w:numPr>'
                f"</w:pPr><w:r><w:t>{PROSE}</w:t></w:r></w:p>" * 20
            ),
            word__numbering=f'<w:numbering xmlns:w="{WORD}"><w:num w:numId="-1">'
            '<w:abstractNumId w:val="x"/></w:num></w:numbering>',
        ),
    )


def page(body: str, head: str = "") -> bytes:
    title = title_of(12)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    ).encode("utf-8", "surrogatepass")


def pages() -> Iterator[tuple[str, Made]]:
    prose = f"<p>{PROSE}</p>"
    yield "divs.html", page("<div>" * 50_000 + prose)
    yield "deep-closed.html", page("<div>" * 50_000 + prose + "</div>" * 50_000)
    yield "depth-200.html", page("<div>" * 200 + prose + "</div>" * 200)
    yield "too-many-tags.html", page("<b>" * 100_001 + prose)
    yield "spans.html", page("<p>" + "<span>字</span>" * (SIZE // 20))
    yield "bold.html", page("<p>" + "<b>字" * 300 + prose)
    yield "links.html", page("<a href=x>" * 20_000 + prose)
    yield "attribute.html", page(f'<p class="{"x " * SIZE}">{PROSE}</p>')
    yield "attributes.html", page(f"<p {' '.join(f'a{n}=x' for n in range(20_000))}>{PROSE}</p>")
    yield "comments.html", page("<!-- " * 50_000 + prose)
    yield "comment-starts.html", b"<!--" * 50_000
    yield "entities.html", page("<p>" + "&nbsp;" * (SIZE // 6) + PROSE)
    yield "lines.html", page("<p>" + "字<br>" * (SIZE // 8) + PROSE)
    yield "cells.html", page("<table><tr>" + "<td>字" * (SIZE // 8) + "</table>" + prose)
    yield "tables.html", page("<table><tr><td>" * 5_000 + prose)
    yield "lists.html", page("<ul><li>" * 5_000 + prose)
    yield "open-tags.html", page("<p " * 50_000 + PROSE)
    yield "less.html", page("<" * SIZE + prose)
    yield "ampersands.html", page("&" * SIZE + prose)
    yield (
        "entity-xml.html",
        b'<?xml version="1.0"?><!DOCTYPE h [<!ENTITY e SYSTEM "file:///etc/passwd">]><html><body>&e;'
        + prose.encode(),
    )
    yield "script.html", page(f"<script>{'x' * SIZE}</script><p onclick=x>{PROSE}</p>")
    yield "titles.html", page(prose, "<title>甲_乙</title>" * 5_000)
    yield "long-title.html", page(prose, f"<title>{'_甲 - ' * 50_000}</title>")
    yield "metas.html", page(prose, "".join(f"<meta name=a{n} content=x>" for n in range(20_000)))
    yield "date-9.html", page("<p>发布时间：" + "9" * 50_000 + "-99-99</p>" + prose)
    yield "dates.html", page("<p>" + "2024-13-45 " * 10_000 + "</p>" + prose)
    yield "charset.html", page(prose, "<meta charset=utf-7>")
    yield "charset-none.html", page(prose, "<meta charset=rot13>")
    yield "charset-idna.html", page(prose, "<meta charset=idna>")
    yield "charset-hex.html", page(prose, "<meta charset=hex_codec>").replace(b"x", b"\xff")
    yield "nothing.html", page("")
    yield "frames.html", b"<html><frameset><frame src=http://127.0.0.1:9/></frameset></html>"
    yield "mhtml.html", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" + page(prose)
    yield "noncharacters.html", page(f"<p>\ufffe\uffff\x00\x0b&#0;&#xD800;&#x110000;{PROSE}</p>")


def texts() -> Iterator[tuple[str, Made]]:
    yield "nothing.txt", b""
    yield "bom.txt", b"\xef\xbb\xbf"
    yield "bom-16.txt", b"\xff\xfe"
    yield "bom-32.txt", b"\x00\x00\xfe\xff"
    yield "blanks.txt", b" \n" * SIZE
    yield "wide-blanks.txt", ("\u3000\n" * 50_000).encode()
    yield "zeros.txt", b"\0" * SIZE
    yield "nul.txt", text_of(13).replace("，".encode(), b"\0")
    yield "utf-16.txt", text_of(14).decode().encode("utf-16-le")
    yield "utf-16-odd.txt", text_of(15).decode().encode("utf-16-be") + b"x"
    yield "utf-32.txt", text_of(16).decode().encode("utf-32-le")
    yield "surrogates.txt", (PROSE + "\ud800" * 50).encode("utf-8", "surrogatepass")
    yield "surrogates-16.txt", b"\xff\xfe" + (PROSE + "\ud800").encode("utf-16-le", "surrogatepass")
    yield "overlong.txt", PROSE.encode() + b"\xc0\xaf" * 99
    yield "noise.txt", bytes(n * n * 7919 % 251 for n in range(SIZE))
    yield "high.txt", b"\xff" * SIZE
    yield "mixed.txt", PROSE.encode("gb18030") + PROSE.encode("big5", "ignore") + PROSE.encode()
    yield "controls.txt", ("\u200b\u202e" * 40_000 + PROSE).encode()
    yield "one-line.txt", (PROSE * (SIZE // len(PROSE))).encode()
    yield "one-character.txt", ("字" * SIZE).encode()
    yield "lines.txt", ("字\n" * SIZE).encode()
    yield "carriage.txt", ("字\r" * SIZE).encode()
    yield "separators.txt", (f"{PROSE}\u2028\x85\x0b\x0c" * 200).encode()
    yield "brackets.txt", ("（" * SIZE).encode()
    yield "opened.txt", ("【来源：" * 40_000).encode()
    yield "numerals.txt", ("一" * SIZE).encode()
    yield "digits.txt", b"9" * SIZE
    yield "dates.txt", ("2024年13月45日\n" * 9_000).encode()
    yield "addresses.txt", b"http://" * 30_000
    yield "masks.txt", ("D员" * (SIZE // 2)).encode()
    yield "combining.txt", (PROSE + "e" + "\u0301" * SIZE).encode()
    yield "astral.txt", ("𠀀𠀁\n" * 30_000).encode()
    yield "blank-runs.txt", ("字" + " " * 50_000 + "\n").encode() * 4
    yield "too-long.txt", ("字" * 2_000_001).encode()
    yield "yaml.yaml", b"a: &a [*a, *a]"
    yield "xml.xml", b"<a>" * 9_999
    yield "pickle.txt", b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00."
    for name, start in {
        "pdf": b"%PDF-1.7",
        "png": b"\x89PNG",
        "exe": b"MZ\0\0",
        "rtf": b"{\\rtf",
    }.items():
        yield f"a.{name}", start + b"\0" * 99


def line(**values: object) -> bytes:
    return json.dumps(row_of(17) | values).encode()


def raw_line(**values: str) -> bytes:
    """Return a row in which values stand as given."""
    marked = line(**{key: f"@{key}@" for key in values}).decode()
    for key, value in values.items():
        marked = marked.replace(f'"@{key}@"', value)
    return marked.encode()


def rows() -> Iterator[tuple[str, Made]]:
    text = "\n".join(body_of(18))
    lines = {
        "wrong-title": line(title=["甲", {"b": 1}], text=f"{text}1"),
        "number-title": line(title=5, text=f"{text}2"),
        "list-text": line(text=[text, 1, None]),
        "object-text": line(text={"a": 1}),
        "null-text": line(text=None),
        "true-date": line(date=True, text=f"{text}3"),
        "object-source": line(source={"a": 1}, text=f"{text}4"),
        "long-source": line(source="源" * 4_000, text=f"{text}5"),
        "long-title": line(title="题" * 200_000, text=f"{text}6"),
        "long-url": line(url="http://a/" + "x" * 9_000, text=f"{text}7"),
        "bad-url": line(url="javascript:alert(1)//[", text=f"{text}8"),
        "url-port": line(url="http://[::1:99999999/", text=f"{text}9"),
        "tags": line(tags=["甲"] * 9_999, text=f"{text}10"),
        "long-id": line(id="9" * 9_999, text=f"{text}11"),
        "list-id": line(id=[[1]], text=f"{text}12"),
        "infinite": raw_line(hits="1e999", date="1e999", id="-1e999", text=json.dumps(f"{text}13")),
        "nan": raw_line(date="NaN", title="NaN", id="Infinity", text=json.dumps(f"{text}14")),
        "digits": raw_line(id="9" * 100_000),
        "fraction": raw_line(date="0." + "1" * 100_000, text=json.dumps(f"{text}15")),
        "exponent": raw_line(date="1e-" + "9" * 9_999, text=json.dumps(f"{text}16")),
        "surrogates": line(text=f"{text}\ud800\udfff\ud800", title="甲\udfff"),
        "nul": line(text=f"{text}\x00", title="\x00", source="\x00"),
        "duplicates": b'{"text": 1, "text": ' + json.dumps(f"{text}17").encode() + b"}",
        "deep": b"[" * SIZE,
        "deep-object": b'{"a":' * SIZE,
        "deep-value": raw_line(title="[" * 900 + "]" * 900),
        "deep-tags": raw_line(tags="[" * 5_000 + "]" * 5_000),
        "null": b"null",
        "array": b"[1, 2]",
        "string": b'"text"',
        "open": b'{"text": "',
        "utf-16": jsonl_of(row_of(19)).decode().encode("utf-16"),
        "latin": b'{"text": "\xe9\xff"}',
        "html": line(text=html_of(20).decode()),
        "deep-html": line(text=page("<div>" * 50_000 + PROSE).decode()),
        "blank": b"   ",
        "nul-bytes": b"\0" * 99,
    }
    for name, content in lines.items():
        yield f"{name}.jsonl", content
    yield "all.jsonl", b"\n".join(lines.values())
    yield "bom.jsonl", b"\xef\xbb\xbf"
    yield "newlines.jsonl", b"\n" * SIZE
    yield "returns.jsonl", b"\r" * SIZE
    yield "nulls.jsonl", b"null\n" * 400
    yield "long-line.jsonl", lambda: b'{"text": "' + b"x" * 20_000_001


def packed_run(pack: Callable[[bytes], bytes], byte: bytes) -> bytes:
    """Return a byte, repeated until it is nearly as much as a file may hold, packed."""
    return pack(byte * 19_000_000)


def packed() -> Iterator[tuple[str, Made]]:
    good = jsonl_of(row_of(21), row_of(22))
    for suffix, pack in {
        "gz": partial(gzip.compress, compresslevel=1),
        "xz": partial(lzma.compress, preset=0),
    }.items():
        yield f"bomb.txt.{suffix}", partial(packed_run, pack, b"\0")
        yield f"bomb.jsonl.{suffix}", partial(packed_run, pack, b"\n")
        yield f"truncated.jsonl.{suffix}", pack(good)[:-9]
        yield f"twice.jsonl.{suffix}", pack(good) + pack(good)
        yield f"rubbish-after.jsonl.{suffix}", pack(good) + b"rubbish"
        yield f"rubbish.jsonl.{suffix}", pack(good)[:12] + b"rubbish" * 99
        yield f"zip.{suffix}", pack(zip_of({"a.txt": text_of(1)}))
        yield f"twice-packed.txt.{suffix}", pack(pack(text_of(1)))
        yield f"empty.jsonl.{suffix}", pack(b"")
    # To be read it takes a gigabyte; to be written only what its finder of matches takes.
    greedy = {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30, "mf": lzma.MF_HC3, "nice_len": 5}
    greedy["mode"] = lzma.MODE_FAST
    yield "memory.txt.xz", lambda: lzma.compress(b"x", filters=[greedy])
    yield "magic.gz", b"\x1f\x8b"
    yield "magic.xz", b"\xfd7zXZ\x00"


class Files(Mapping[str, bytes]):
    """Files by name, each made when it is asked for."""

    def __init__(self, files: Iterator[tuple[str, Made]]) -> None:
        self._files = dict(files)

    def __getitem__(self, name: str) -> bytes:
        file = self._files[name]
        return file if isinstance(file, bytes) else file()

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


FILES = {
    "zips": Files(zips()),
    "words": Files(words()),
    "pages": Files(pages()),
    "texts": Files(texts()),
    "rows": Files(rows()),
    "packed": Files(packed()),
}
