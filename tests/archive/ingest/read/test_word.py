"""Word documents, made here part by part."""

import datetime as dt
import io
import zipfile

import docx
import pytest

from archive.ingest.errors import IngestError
from archive.ingest.read import word

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def package(body, **parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {NAMES}>{body}</w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {NAMES}>{content}</w:{name}>")
    return file.getvalue()


def text_of(body, **parts):
    return word.read(package(f"<w:body>{body}<w:sectPr/></w:body>", **parts)).raw


def paragraph(text, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_document_made_by_a_library():
    document = docx.Document()
    document.add_heading("一、标题", 1)
    document.add_paragraph("正文").add_run("加粗").bold = True
    document.add_paragraph("")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("单位", "得分", "甲", "九十"), strict=True):
        cell.text = text
    document.core_properties.created = dt.datetime(2024, 3, 5, 10, 0)  # noqa: DTZ001  as Word has it
    file = io.BytesIO()
    document.save(file)
    found = word.read(file.getvalue())
    assert found.raw == "一、标题\n正文加粗\n单位\t得分\n甲\t九十"
    assert [block.tag for block in found.blocks] == ["h1", "p", "tr", "tr"]
    assert [found.raw[m.start : m.end] for m in found.marks] == ["加粗"]
    assert found.meta == {"created": "2024-03-05T10:00:00"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            "<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:br w:type='page'/><w:t>丙</w:t></w:r></w:p>",
            "甲\n乙丙",
        ),
        (
            "<w:p><w:r><w:t>甲</w:t><w:tab/><w:noBreakHyphen/><w:cr/><w:t>乙</w:t></w:r></w:p>",
            "甲\t-\n乙",
        ),
        (
            "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            "控件",
        ),
        (
            "<w:p><w:ins><w:r><w:t>插入</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>",
            "插入",
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo></w:p>",
            "新",
        ),
        (
            "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:hyperlink><w:r><w:t>链</w:t></w:r></w:hyperlink></w:p>",
            "链",
        ),
        ("<w:p><w:r><w:rPr><w:b w:val='0'/></w:rPr><w:t>常</w:t><w:t/></w:r></w:p>", "常"),
        (
            "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p>"
            "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p>"
            "</w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>旁</w:t></w:r></w:p>",
            "旁\n框",
        ),
        (
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>一</w:t></w:r></w:p><w:p><w:r><w:t>二</w:t></w:r></w:p></w:tc>"
            "<w:tc><w:p/></w:tc></w:tr></w:tbl>",
            "一\n二",
        ),
    ],
)
def test_what_is_printed_is_read(body, text):
    assert text_of(body) == text


def level(depth, style, text, start=""):
    start = f'<w:start w:val="{start}"/>' if start else ""
    return f'<w:lvl w:ilvl="{depth}">{start}<w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'


def in_list(text, number="1", depth="0"):
    return paragraph(
        text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def lists(*levels):
    return (
        f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}<w:lvl w:ilvl="x"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"/>'
    )


def test_numbers_that_word_counts_are_written_out():
    numbering = lists(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2 "))
    body = (
        in_list("甲")
        + in_list("子", depth="1")
        + in_list("丑", depth="1")
        + paragraph("旁")
        + in_list("乙")
        + in_list("寅", depth="1")
        + in_list("")
        + in_list("无", "9")
        + in_list("关", "0")
        + in_list("空", "2")
        + in_list("深", depth="8")
    )
    assert text_of(body, numbering=numbering).split("\n") == [
        *("一、甲", "一.1 子", "一.2 丑", "旁", "二、乙", "二.1 寅", "无", "关", "空", "深")
    ]


@pytest.mark.parametrize(
    ("style", "start", "number"),
    [
        ("chineseCountingThousand", "10", "十"),
        ("japaneseCounting", "12", "十二"),
        ("ideographDigital", "20", "二十"),
        ("taiwaneseCounting", "35", "三十五"),
        ("chineseCounting", "105", "一〇五"),
        ("decimal", "3", "3"),
        ("decimalZero", "3", "03"),
        ("decimalEnclosedCircle", "3", "③"),
        ("decimalEnclosedCircle", "30", "30"),
        ("lowerLetter", "2", "b"),
        ("upperLetter", "2", "B"),
        ("bullet", "", ""),
        ("none", "", ""),
    ],
)
def test_styles_of_numbers(style, start, number):
    text = text_of(in_list("甲"), numbering=lists(level(0, style, "%1", start)))
    assert text == f"{number}甲"


def test_numbers_and_headings_come_from_styles_too():
    numbered = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    names = {"t": "Title", "1": "heading 1", "2": "标题 2", "9": "Normal"}
    styles = "".join(
        f'<w:style w:styleId="{key}"><w:name w:val="{name}"/>{numbered if key == "1" else ""}</w:style>'
        for key, name in names.items()
    )
    body = "".join(paragraph(f"段{n}", f'<w:pStyle w:val="{n}"/>') for n in ("t", "1", "2", "9"))
    content = package(
        f"<w:body>{body}</w:body>", styles=styles, numbering=lists(level(0, "decimal", "%1."))
    )
    found = word.read(content)
    assert found.raw == "段t\n1.段1\n段2\n段9"
    assert [block.tag for block in found.blocks] == ["h1", "h1", "h2", "p"]


def without(content, needle, replacement=b""):
    assert needle in content
    return content.replace(needle, replacement)


def broken():
    content = bytearray(package("<w:body>" + paragraph("甲乙丙丁" * 99) + "</w:body>"))
    start = content.find(b"word/document.xml") + len(b"word/document.xml")
    content[start + 5 : start + 15] = b"\xff" * 10
    return bytes(content)


def encrypted():
    content = bytearray(package("<w:body/>"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = 0
        while (place := content.find(mark, place)) >= 0:
            content[place + offset] |= 1
            place += 4
    return bytes(content)


ENTITY = '<!DOCTYPE x [<!ENTITY a "甲">]><w:document xmlns:w="w">&a;</w:document>'


def raw_document(xml):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (package("<w:body/>")[:-30], "damaged"),
        (broken(), "damaged"),
        (package("<w:nothing/>"), "damaged"),
        (raw_document("<unclosed"), "damaged"),
        (without(package(""), b"word/document.xml", b"word/documenX.xml"), "damaged"),
        (encrypted(), "encrypted"),
        (raw_document(ENTITY), "bomb"),
        (raw_document(b"<a>" + b" " * 30_000_001 + b"</a>"), "bomb"),
    ],
)
def test_documents_that_cannot_be_read(content, code):
    with pytest.raises(IngestError) as error:
        word.read(content)
    assert error.value.code == code


def test_a_package_of_very_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(word, "MAX_PARTS", 1)
    with pytest.raises(IngestError) as error:
        word.read(package("<w:body/>"))
    assert error.value.code == "bomb"
