"""Hostile HTML comes out harmless, and comes out the same when it goes in again."""

import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.clean import sanitise as module
from archive.ingest.clean.sanitise import ATTRIBUTES, REL, TAGS, sanitise
from archive.ingest.errors import IngestError

VECTORS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//a.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<a href=javascript:alert(1)>甲</a>",
    "<a href='java\tscript:alert(1)'>甲</a>",
    "<a href='&#106;avascript:alert(1)'>甲</a>",
    "<a href='&#x0A;javascript:alert(1)'>甲</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>甲</a>",
    "<a href='vbscript:msgbox(1)'>甲</a>",
    "<a href='//a.example/x'>甲</a>",
    "<a href='/admin/logout/'>甲</a>",
    "<a href='https://a.example/' onclick=alert(1) style=x target=_blank>甲</a>",
    "<a href='https://a.example/\"onmouseover=alert(1)'>甲</a>",
    '<a href="https://a.example/?a=<script>">甲</a>',
    "<p onmouseover=alert(1) style='background:url(javascript:1)' class=x id=y>甲</p>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x.swf></object><embed src=x.swf>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<button formaction=javascript:alert(1)>甲</button>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<style>@import 'javascript:alert(1)'</style>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=javascript:alert(1)//>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>甲</details>",
    "<marquee onstart=alert(1)>甲</marquee>",
    "<video><source onerror=alert(1)></video>",
    "<table background=javascript:alert(1)><td colspan=99999 rowspan=x onclick=1>甲</table>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><p>甲</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p>甲 < 乙 > 丙 & 丁</p>",
    "<<p>甲</p>",
    "<a href='https://a.example'><p>甲</a></p>",
    "<ul><li>甲<ul><li>乙</ul></ul>",
    "<custom-element onclick=x>甲</custom-element>",
    "\x00<scr\x00ipt>alert(1)</script>",
]
_ELEMENT = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)>")
_ATTRIBUTE = re.compile(r'\s([a-zA-Z-]+)="([^"]*)"')


def assert_harmless(html):
    for _closing, tag, rest in _ELEMENT.findall(html):
        assert tag in TAGS
        assert not _ATTRIBUTE.sub("", rest).strip()
        for name, value in _ATTRIBUTE.findall(rest):
            assert name in ATTRIBUTES.get(tag, set()) | {"rel"}
            assert name != "href" or value.lower().startswith(("http://", "https://"))
    assert "<" not in _ELEMENT.sub("", html)


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors(vector):
    once = sanitise(vector)
    assert_harmless(once)
    assert sanitise(once) == once


@given(
    st.lists(st.sampled_from([*VECTORS, "<p>", "</p>", "<a href='", "'>", "-->", "甲"]), max_size=6)
)
def test_vectors_together(parts):
    once = sanitise("".join(parts))
    assert_harmless(once)
    assert sanitise(once) == once


def test_what_a_speech_consists_of_stays():
    html = (
        "<h2>一、标题</h2><p>正文<strong>强调</strong><br>换行<em>着重</em></p><ul><li>甲</li></ul>"
        "<blockquote>引</blockquote>"
        '<table><tbody><tr><td colspan="2">甲</td></tr></tbody></table>'
    )
    assert sanitise(html) == html
    assert sanitise('<a href="https://a.example/1">甲</a>') == (
        f'<a href="https://a.example/1" rel="{REL}">甲</a>'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p>" * 10_001,
        "&" * 10_001,
        "甲" * 2_000_001,
        "<p " + "a" * 4_001 + ">",
        "<blockquote>" * 41 + "甲",
        "<div>" * 50_000,
    ],
)
def test_what_is_built_to_take_long_is_refused(html):
    with pytest.raises(IngestError) as error:
        sanitise(html)
    assert error.value.code == "bomb"


def test_what_does_not_settle_is_shown_as_text(monkeypatch):
    monkeypatch.setattr(module, "_ROUNDS", 0)
    assert sanitise("<p>甲 &amp; <b>乙</b></p>") == "甲 &amp; 乙"


def test_each_thread_has_its_own_cleaner():
    found = []
    thread = threading.Thread(target=lambda: found.append(sanitise("<b>甲</b>")))
    thread.start()
    thread.join()
    assert found == [sanitise("<b>甲</b>")] == ["甲"]
