"""What holds several materials, opened within bounds."""

import gzip
import io
import json
import lzma
import random
import stat
import zipfile

import docx
import pytest

from archive.ingest.errors import IngestError
from archive.ingest.read.containers import LIMITS, Limits, _name, expand
from archive.ingest.read.formats import extract

TEXT = "同志们：正文。".encode()
SMALL = Limits(file=1_000, entries=3, unpacked=2_500, ratio=10, ratio_from=500)


def rows(*records):
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in records).encode()


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def test_a_fixed_layout_document_is_one_file_and_its_kind_is_said():
    content = zipped(("OFD.xml", "<a/>"), ("Doc_0/Document.xml", "<a/>"))
    [member] = expand(content, "公文.ofd")
    assert member.content == content
    [inside] = expand(zipped(("公文.ofd", content)), "a.zip")
    assert (inside.name, inside.error) == ("公文.ofd", None)
    with pytest.raises(IngestError, match=r"不支持这种文件（\.ofd）"):
        extract(content, "公文.ofd")


def document():
    file = io.BytesIO()
    made = docx.Document()
    made.add_paragraph("正文")
    made.save(file)
    return file.getvalue()


def seen(content, name="a.zip", limits=LIMITS):
    return [
        (one.name, one.error.code if one.error else one.content)
        for one in expand(content, name, limits)
    ]


def failure(content, name="a.zip", limits=LIMITS):
    with pytest.raises(IngestError) as error:
        list(expand(content, name, limits))
    return error.value.code


def test_a_single_file_is_one_member():
    assert seen(TEXT, "a.txt") == [("a.txt", TEXT)]
    assert seen(document(), "a.docx")[0][0] == "a.docx"
    assert seen(io.BytesIO(TEXT), "a.txt") == [("a.txt", TEXT)]


def test_rows_are_members_and_a_bad_one_fails_alone():
    content = b"\xef\xbb\xbf" + rows({"text": "甲"}) + b"\n\n{broken\n[1]\n" + b"[" * 100_000
    members = list(expand(content, "a.jsonl"))
    assert [one.name for one in members] == ["a.jsonl#1", "a.jsonl#3", "a.jsonl#4", "a.jsonl#5"]
    assert members[0].row == {"text": "甲"}
    assert [one.error.code for one in members[1:]] == ["bad-row"] * 3


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_opened(pack):
    suffix = ".gz" if pack is gzip.compress else ".xz"
    content = rows({"text": "甲"}, {"text": "乙"})
    assert [one.row["text"] for one in expand(pack(content), f"a.jsonl{suffix}")] == ["甲", "乙"]
    assert seen(pack(TEXT), f"a.txt{suffix}") == [("a.txt", TEXT)]
    assert seen(pack(TEXT), "a.txt") == [("a.txt", TEXT)]
    assert seen(pack(TEXT) + pack(TEXT), f"a.txt{suffix}") == [("a.txt", TEXT * 2)]


def test_streams_with_padding_between_are_one_file():
    content = lzma.compress(TEXT) + b"\0" * 8 + lzma.compress(TEXT) + b"\0" * 4
    assert seen(content, "a.txt.xz") == [("a.txt", TEXT * 2)]


def test_large_files_are_read_piece_by_piece():
    content = rows(*({"text": "甲" * 50_000} for _n in range(20)))
    assert len(seen(lzma.compress(content), "a.jsonl.xz")) == 20
    assert len(seen(content, "a.ndjson")) == 20
    noise = rows({"text": random.Random(1).randbytes(400_000).hex()})
    assert seen(lzma.compress(noise), "a.txt.xz") == [("a.txt", noise)]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_packed_file_cut_short(pack):
    content = pack(rows(*({"text": f"{n}" * 99} for n in range(99))))[:-20]
    assert failure(content, "a.txt.xz") == "damaged"
    assert seen(content, "a.jsonl")[-1] == ("a.jsonl", "damaged")


def test_a_packed_file_that_asks_for_very_much_memory():
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28}]
    assert failure(lzma.compress(TEXT, filters=filters), "a.txt.xz") == "damaged"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (gzip.compress(b"x" * 10_000, mtime=0), "a.gz", "bomb"),
        (lzma.compress(b"x" * 10_000), "a.xz", "bomb"),
        (gzip.compress(bytes(range(256)) * 8, mtime=0), "a.gz", "too-large"),
        (b"x" * 1_001, "a.txt", "too-large"),
        (zipped(*((f"{n}.txt", b"x") for n in range(4))), "a.zip", "too-large"),
        (zipped(("a.txt", b"x"))[:-10], "a.zip", "damaged"),
    ],
    ids=["gz", "xz", "gz, large", "txt", "zip, many", "zip, cut"],
)
def test_files_beyond_the_bounds(content, name, code):
    assert failure(content, name, SMALL) == code


def test_a_row_beyond_the_bounds_ends_the_file():
    content = b'{"text": "a"}\n' + b"x" * 300_000
    assert seen(content, "a.jsonl", SMALL)[-1] == ("a.jsonl", "too-large")


def test_the_files_of_an_archive():
    content = zipped(
        ("讲话/一.txt", TEXT),
        ("讲话/", b""),
        ("__MACOSX/._一.txt", b"x"),
        ("讲话/.DS_Store", b"x"),
        ("Thumbs.db", b"x"),
        ("表.jsonl", rows({"text": "甲"}, {"text": "乙"})),
        ("表.jsonl.gz", gzip.compress(rows({"text": "丙"}))),
        ("文.docx", document()),
    )
    assert [name for name, _content in seen(content)] == [
        *("讲话/一.txt", "表.jsonl#1", "表.jsonl#2", "表.jsonl#1", "文.docx")
    ]


def test_names_of_old_archives_are_read_as_chinese():
    for encoding in ("gb18030", "utf-8"):
        name = "讲话.txt".encode(encoding)
        content = zipped(("x" * len(name), TEXT)).replace(b"x" * len(name), name)
        assert seen(content) == [("讲话.txt", TEXT)]
    assert _name(zipfile.ZipInfo("€.txt")) == "€.txt"  # from an extra field, in no code page


def named(entry):
    """Return a zip of two entries, one of which has a name that zipfile itself would not write."""
    name = entry.encode() or b"\x00"  # which ends a name
    content = zipped(("Q" * len(name), TEXT), ("b.txt", TEXT))
    return content.replace(b"Q" * len(name), name)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("../evil.txt", "unsafe-name"),
        ("a/../../evil.txt", "unsafe-name"),
        ("..\\evil.txt", "unsafe-name"),
        ("/etc/passwd", "unsafe-name"),
        ("C:\\evil.txt", "unsafe-name"),
        ("a\u202etxt.exe", "unsafe-name"),
        ("n" * 201, "unsafe-name"),
        ("..", "unsafe-name"),
        ("folder/", "unsafe-name"),
        ("   ", "no-name"),
        ("", "no-name"),
    ],
)
def test_names_that_reach_outside_are_refused_and_the_rest_goes_on(entry, code):
    found = seen(named(entry))
    assert [what for _name, what in found] == [code, TEXT]


def special(kind):
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (kind | 0o777) << 16
    return zipped((entry, b"/etc/passwd"), ("b.txt", TEXT))


def encrypted():
    content = bytearray(zipped(("a.txt", TEXT), method=zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    return bytes(content) + b""


def broken():
    content = bytearray(zipped(("a.txt", TEXT), method=zipfile.ZIP_STORED))
    content[content.find(TEXT)] ^= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (special(stat.S_IFLNK), "link"),
        (special(stat.S_IFIFO), "link"),
        (encrypted(), "encrypted"),
        (broken(), "damaged"),
        (zipped(("b.zip", zipped(("a.txt", TEXT)))), "nested"),
        (zipped(("a.txt", b"x" * 1_001), method=zipfile.ZIP_STORED), "too-large"),
        (zipped(("a.txt", b"x" * 900)), "bomb"),
    ],
)
def test_entries_that_are_refused(content, code):
    assert seen(content, limits=SMALL)[0][1] == code


def test_an_archive_ends_where_it_unpacks_to_too_much():
    content = zipped(*((f"{n}.txt", bytes(range(250)) * 4) for n in range(3)))
    assert [what for _name, what in seen(content, limits=SMALL)][2:] == ["bomb"]


def test_what_is_packed_in_entries_counts_as_unpacked_too():
    packed = [(f"{n}.jsonl.gz", gzip.compress(rows({"text": f"{n}" * 400}))) for n in range(3)]
    limits = Limits(file=1_000, entries=9, unpacked=1_000, ratio=100, ratio_from=5_000)
    assert [what for _name, what in seen(zipped(*packed), limits=limits)][2:] == ["bomb"]


def test_a_regular_file_says_so():
    assert seen(special(stat.S_IFREG))[0] == ("link", b"/etc/passwd")
