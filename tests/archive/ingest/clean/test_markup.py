"""A cleaned text with what survived of its markup."""

from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.clean.markup import fragment
from archive.ingest.values import Block, Extracted, Mark


def test_a_plain_text_has_none():
    assert fragment(Extracted("甲"), (((0, 1),),)) == ""


def test_blocks_marks_and_what_was_cut():
    raw = "一、标题\n加粗##x##字 <b>\n甲项\n乙项\n表\t格\n脚注"
    spans = [(0, 4), (5, 15), (16, 18), (19, 21), (22, 25), (26, 28)]
    tags = ["h3", "p", "li", "li", "tr", "figcaption"]
    extracted = Extracted(
        raw,
        blocks=tuple(Block(s, e, tag) for (s, e), tag in zip(spans, tags, strict=True)),
        marks=(
            Mark(5, 7, "strong"),
            Mark(6, 13, "a", "https://a.example/?a=1&b=2"),
            Mark(12, 13, "em"),
        ),
    )
    paragraphs = (((0, 4),), ((5, 7), (12, 17)), ((18, 20),), ((21, 23),), ((24, 27),))
    spans = [(0, 4), (5, 17), (18, 20), (21, 23), (24, 27)]
    extracted = Extracted(
        raw,
        blocks=tuple(Block(s, e, tag) for (s, e), tag in zip(spans, tags, strict=False)),
        marks=extracted.marks,
    )
    link = '<a href="https://a.example/?a=1&amp;b=2" rel="nofollow noopener">'
    assert fragment(extracted, paragraphs) == (
        "<h3>一、标题</h3>\n"
        f"<p><strong>加</strong>{link}<strong>粗</strong></a>{link}<em>字</em></a> &lt;b&gt;</p>\n"
        "<ul><li>甲项</li><li>乙项</li></ul>\n"
        "<table><tbody><tr><td>表</td><td>格</td></tr></tbody></table>"
    )


@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("字a <>&\"'\x0b\x00\xa0\u3000𠮷"), min_size=1, max_size=9),
            st.sampled_from(["p", "h2", "blockquote"]),
            st.sampled_from(["", "strong", "https://a.example/?b=1&c", "javascript:x", "/y"]),
        ),
        max_size=120,
    )
)
def test_what_is_sanitised_together_is_as_each_by_itself(rows: list[tuple[str, str, str]]) -> None:
    raw = "\n".join(text for text, _tag, _mark in rows)
    blocks, marks, at = [], [], 0
    for text, tag, mark in rows:
        end = at + len(text)
        blocks.append(Block(at, end, tag))
        if mark:
            marks.append(Mark(at, end, "strong") if mark == "strong" else Mark(at, end, "a", mark))
        at = end + 1
    whole = Extracted(raw, blocks=tuple(blocks), marks=tuple(marks))
    spans = [(block.start, block.end) for block in blocks]
    assert fragment(whole, tuple((span,) for span in spans)) == "\n".join(
        fragment(whole, ((span,),)) for span in spans
    )
