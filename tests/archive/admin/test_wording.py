"""Rules have names where editors read them."""

import pytest

from archive.admin import wording
from archive.ingest.rules import RULES
from archive.models.speech import BY_HAND


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (BY_HAND, "人工修订"),
        ("file-name", "文件名"),
        ("page-og:title", "网页头部的 og:title"),
        ("page-", "page-"),
        ("date-label", "页面上的标签"),
        ("something-new", "something-new"),
        ("", ""),
    ],
)
def test_evidence(rule: str, name: str) -> None:
    assert wording.evidence(rule) == name


def test_every_rule_of_cleaning_has_a_name() -> None:
    for rule in RULES:
        assert wording.removal(rule.name) == str(rule.reason)
    assert wording.removal("line-break") == "句中断行"
    assert wording.removal("something-new") == "something-new"
