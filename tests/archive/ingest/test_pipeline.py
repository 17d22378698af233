"""The whole way from bytes to a draft."""

import json

import pytest

from archive.ingest.errors import IngestError
from archive.ingest.pipeline import draft, draft_member
from archive.ingest.read.containers import expand
from archive.ingest.rules import RemovalRule
from archive.ingest.values import Hints, Member, Removed

PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向、实践导向和效果导向，真正把工作做到实处。"
BODY = "\n".join([PROSE] * 3)


def test_a_text():
    raw = f"在座谈会上的讲话\r\n时间:2024-04-14 来源:网友投稿\r\n　　同志们：\r\n{PROSE}\r\n{PROSE}"
    found = draft(raw.encode("gb18030"), "a.txt")
    assert (found.title, found.type, str(found.date)) == (
        "在座谈会上的讲话",
        "speech",
        "2024-04-14",
    )
    assert found.text == f"同志们：\n{PROSE}\n{PROSE}"
    assert (found.html, found.encoding, found.held_reason, found.raw) == ("", "gb18030", "", raw)
    assert found.removed == (
        Removed(0, 8, "在座谈会上的讲话", RemovalRule.TITLE),
        Removed(10, 31, "时间:2024-04-14 来源:网友投稿", RemovalRule.FACTS),
    )


def test_a_page():
    html = (
        "<meta charset=utf-8><title>在座谈会上的讲话_某网</title><body>"
        f"<div id=zoom><h1>在座谈会上的讲话</h1><p>{PROSE}</p>"
        f"<p><b>一、</b>{PROSE}<script>alert(1)</script></p><p onclick=x()>{PROSE}</p></div>"
    )
    found = draft(html.encode("gb18030") + b"\xff", "a.html")
    assert found.html == f"<p>{PROSE}</p>\n<p><strong>一、</strong>{PROSE}</p>\n<p>{PROSE}</p>"
    assert found.text == f"{PROSE}\n一、{PROSE}\n{PROSE}"
    assert {name: one.rule for name, one in found.provenance.items() if name != "type"} == {
        "title": "page-title",
        "encoding": "declared-wrongly",
        "replaced": "undecodable-bytes",
        "text": "main-part",
        "source_name": "page-title",
    }


def test_a_row():
    row = {
        "title": "某市条例",
        "text": f"某市条例\n{BODY}",
        "date": "2024",
        "source": "某市",
        "type": "law",
    }
    (member,) = expand(json.dumps(row).encode(), "a.jsonl")
    found = draft_member(member, Hints(source="别处", author="某人"))
    assert (found.title, found.text, str(found.date)) == ("某市条例", BODY, "2024")
    assert (found.source_name, found.author, found.site_column) == ("某市", "某人", "law")


def test_a_row_that_holds_html():
    row = {"title": "标题", "html": f"<p>{PROSE}</p>" * 5}
    found = draft_member(Member("a.jsonl#1", b"", row))
    assert found.text.split("\n") == [PROSE] * 5
    assert found.html.count("<p>") == 5


def test_a_member_that_is_a_file():
    assert draft_member(Member("a.txt", f"标题\n{BODY}".encode())).text == BODY


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (Member("a", error=IngestError("damaged", "a")), "damaged"),
        (Member("a", b""), "empty"),
        (Member("a", row={"title": "甲"}), "bad-row"),
        (Member("a", b"x" * 2_000_001), "too-many-characters"),
        (Member("a", row={"text": "字" * 2_000_001}), "too-many-characters"),
        (Member("a", row={"text": f"<p>{'字' * 2_000_001}</p>"}), "too-many-characters"),
        (Member("a", "字\n".encode() * 50_001), "too-many-paragraphs"),
        (Member("a", row={"text": "字\n" * 50_001}), "too-many-paragraphs"),
        (Member("a", b"<html><body><script>x</script></body></html>"), "no-text"),
        (Member("讲话.txt", "欢迎来到某某范文网!\n来源:网友投稿".encode()), "no-text"),
    ],
)
def test_what_cannot_be_a_material(member, code):
    with pytest.raises(IngestError) as error:
        draft_member(member)
    assert error.value.code == code


def test_a_short_text_is_held():
    assert draft("标题\n一句话。".encode(), "a.txt").held_reason == "正文太短"
