"""Sources at the desk."""

import pytest
from django.test import Client

from archive.models import Source
from search.models import IndexChange
from tests.factories import make_follower, make_source, make_speech

LIST = "/admin/archive/source/"
VALUES = {"name": "甲站", "slug": "jia", "home_page": "", "licence": "", "note": ""}


def test_the_list_counts_what_is_published(editor: Client) -> None:
    make_speech(source="jia")
    make_speech(source="jia", state="draft")
    Source.objects.filter(slug="jia").update(domains=["a.example", "b.example"])
    html = editor.get(LIST).content.decode()
    assert "a.example、b.example" in html
    assert f'source__id__exact={Source.objects.get().pk}">1</a>' in html


@pytest.mark.parametrize(
    ("domains", "kept"),
    [
        ("", []),
        ("A.example\r\n\r\n b.example ", ["A.example", "b.example"]),
        ("江川.中国", ["江川.中国"]),
    ],
)
def test_domains_are_one_a_line(editor: Client, domains: str, kept: list[str]) -> None:
    editor.post(f"{LIST}add/", {**VALUES, "domains": domains})
    source = Source.objects.get()
    assert source.domains == kept
    html = editor.get(f"{LIST}{source.pk}/change/").content.decode()
    assert "\n".join(kept) in html


def test_what_is_no_domain_is_refused(editor: Client) -> None:
    page = editor.post(f"{LIST}add/", {**VALUES, "domains": "a.example\nno domain"})
    assert "no domain" in str(page.context["adminform"].form.errors)
    assert not Source.objects.exists()


def test_the_index_follows_a_new_short_name_and_nothing_else(editor: Client) -> None:
    source = make_source("jia", name="甲站")
    speech = make_speech(source=source)
    make_follower()
    change = f"{LIST}{source.pk}/change/"

    def send(**values: str) -> None:
        form = editor.get(change).context["adminform"].form
        editor.post(change, {**VALUES, **values, "opened": form.opened})

    send(name="甲", domains="a.example")
    assert not IndexChange.objects.exists()
    send(slug="yi", domains="bad domain")
    send(slug="yi", domains="")
    assert [note.key for note in IndexChange.objects.all()] == [speech.pk]
