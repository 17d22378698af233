"""What kind of file it is, read off its bytes."""

import io
import zipfile

import docx
import pytest

from archive.ingest.errors import IngestError
from archive.ingest.read.formats import extract, is_html

TEXT = "同志们：\n树立和践行正确政绩观，关键在于坚持正确的价值导向。"
PAGE = f"<html><body><p>{TEXT}</p></body></html>"


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def document():
    file = io.BytesIO()
    made = docx.Document()
    made.add_paragraph(TEXT)
    made.save(file)
    return file.getvalue()


def test_a_text():
    found = extract(TEXT.encode("gb18030"), "a.txt")
    assert (found.raw, found.encoding, found.blocks) == (TEXT, "gb18030", ())


def test_the_name_does_not_decide():
    assert extract(document(), "a.txt").raw == TEXT
    assert extract(PAGE.encode(), "a.txt").blocks
    assert extract(TEXT.encode(), "a.html").raw == TEXT
    assert extract(TEXT.encode(), "a.pdf").raw == TEXT


def test_a_wrong_declaration_and_bytes_that_were_replaced_are_reported():
    content = f'<meta charset="utf-8"><body><p>{TEXT * 30}</p>'.encode("gb18030") + b"\xff"
    found = extract(content, "a.html")
    assert (found.declared, found.encoding, found.replaced) == ("utf-8", "gb18030", 1)


@pytest.mark.parametrize(
    ("content", "name", "code", "detail"),
    [
        (b"", "a.txt", "empty", ""),
        (b" \r\n\t\x00", "a.txt", "empty", ""),
        (b"%PDF-1.7\n", "a.txt", "unsupported", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "a.docx", "unsupported", "Word 97–2003 (.doc)"),
        (b"MZ\x90\x00", "讲话.txt", "unsupported", "Windows 程序"),
        (b"\x89PNG\r\n", "a.html", "unsupported", "图片 PNG"),
        (b"{\\rtf1 ", "a.txt", "unsupported", "RTF"),
        (zipped("xl/workbook.xml"), "a.xlsx", "unsupported", ".xlsx"),
        (zipped("a.txt"), "a", "unsupported", "zip"),
        (zipped("word/document.xml")[:-10], "a.docx", "damaged", "a.docx"),
        (b"\x01\x02\x03\x04" * 100 + "的".encode(), "a.bin", "unsupported", "二进制文件"),
        (
            b"MIME-Version: 1.0\nX: y\n z\nContent-Type: multipart/related; x\n",
            "a.mht",
            "unsupported",
            "MHTML",
        ),
        (b"x" * 20_000_001, "a.txt", "too-large", "a.txt > 20 MB"),
    ],
)
def test_what_is_refused_and_why(content, name, code, detail):
    with pytest.raises(IngestError) as error:
        extract(content, name)
    assert (error.value.code, error.value.detail) == (code, detail)


def test_a_text_may_begin_like_a_program():
    assert extract(("MZ" + TEXT).encode(), "a.txt").raw == "MZ" + TEXT


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("<!-- x -->\n<!DOCTYPE html>", "", True),
        ("<HTML>", "", True),
        ("<p>甲</p>", "a.htm", True),
        ("<p>甲</p>", "a.txt", False),
        ("<p>甲</p><p>乙</p><p>丙</p><p>丁</p><p>戊</p>", "a.txt", True),
        ("1 < 2 and 3 > 2", "a.html", False),
    ],
)
def test_is_html(text, name, found):
    assert is_html(text, name) is found


@pytest.mark.parametrize("name", ["index.json", "STYLE.CSS", "rows.csv"])
def test_data_is_no_text_to_read(name: str) -> None:
    with pytest.raises(IngestError) as refused:
        extract('["调查研究要深入基层", "深入群众"]'.encode(), name)
    assert refused.value.code == "unsupported"
