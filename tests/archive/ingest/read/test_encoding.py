"""Bytes to text, whatever the file says of itself."""

import pytest

from archive.ingest.errors import IngestError
from archive.ingest.read.encoding import declared_charset, decode, reads_well

SIMPLE = "同志们：\n树立和践行正确政绩观，一张蓝图绘到底。\n"
TRADITIONAL = "同志們：\n樹立和踐行正確政績觀，一張藍圖繪到底。\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (SIMPLE, "utf-8", "utf-8"),
        (SIMPLE, "utf-8-sig", "utf-8"),
        (SIMPLE, "gb18030", "gb18030"),
        (SIMPLE, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (SIMPLE, "utf-16", "utf-16-le"),
        (SIMPLE, "utf-16-le", "utf-16-le"),
        (SIMPLE, "utf-16-be", "utf-16-be"),
        (SIMPLE.replace("\n", ""), "utf-16-be", "utf-16-be"),
        (SIMPLE, "utf-32", "utf-32-le"),
        ("plain ascii", "ascii", "utf-8"),
        ("…", "utf-8", "utf-8"),
    ],
)
def test_the_encoding_is_proved_by_the_text(text, encoding, found):
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.replaced) == (text, found, 0)


@pytest.mark.parametrize(
    ("declared", "actual", "overruled"),
    [
        ("utf-8", "gb18030", True),
        ("gb2312", "utf-8", True),
        ("gbk", "gb18030", False),
        ("utf-8", "utf-8", False),
        ("iso-8859-1", "gb18030", True),
        ("no-such-charset", "gb18030", True),
        ("unicode", "utf-16-le", False),
    ],
)
def test_a_declaration_that_lies_is_overruled(declared, actual, overruled):
    page = f'<meta charset="{declared}"><p>{SIMPLE}</p>'
    decoded = decode(page.encode(actual))
    assert (decoded.text, decoded.encoding) == (page, actual)
    if actual != "utf-16-le":  # whose declaration cannot be seen in its bytes
        assert decoded.overruled is overruled


def test_a_true_declaration_decides_where_others_would_do():
    page = f'<meta charset="shift_jis">{"これは日本語の文章です。"}'
    assert decode(page.encode("shift_jis")).encoding in ("shift_jis", "cp932")


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (b'<meta charset="GBK">', "gbk"),
        (b"<META http-equiv=Content-Type content='text/html; charset=gb2312'>", "gb2312"),
        (b"<?xml version='1.0' encoding='Big5'?>", "big5"),
        (b"no declaration", ""),
        (b" " * 5000 + b'<meta charset="GBK">', ""),
    ],
)
def test_declared_charset(content, charset):
    assert declared_charset(content) == charset


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_invalid_bytes_are_shown_and_counted(encoding):
    content = (SIMPLE * 20).encode(encoding)
    cut = content[:200] + b"\xff" + content[200:]
    decoded = decode(cut)
    assert decoded.encoding == encoding
    assert decoded.replaced == decoded.text.count("\ufffd") > 0


def test_a_replacement_sign_that_stands_in_the_file_is_not_counted():
    content = (SIMPLE * 20 + "\ufffd").encode() + b"\xff"
    assert decode(content).replaced == 1


def test_another_encoding_is_left_to_charset_normalizer():
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 5
    assert decode(text.encode("koi8-r")).text


@pytest.mark.parametrize("content", [bytes(range(128, 256)) * 20, b"\xff\xfe" + b"\x00\xd8" * 200])
def test_noise_is_no_text(content):
    with pytest.raises(IngestError) as error:
        decode(content)
    assert error.value.code in ("undecodable", "no-encoding")
    assert "：。" not in str(error.value)


def test_reads_well():
    assert reads_well(SIMPLE)
    assert reads_well("only ascii, “quoted”")
    assert not reads_well("鐨勬槸鍦ㄤ簡浜烘湁")
