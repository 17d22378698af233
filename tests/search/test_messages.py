from __future__ import annotations

import pytest

from search.messages import MESSAGES, message, no_such_values
from search.query import Code, Repair
from tests.search.language import parse


@pytest.mark.parametrize("code", Code)
def test_every_repair_has_a_sentence(code: Code) -> None:
    sentence = message(Repair(code, "某词%s"))
    assert "%(" not in sentence
    assert ("某词%s" in sentence) == ("%(detail)s" in str(MESSAGES[code]))


def test_message_says_what_was_repaired() -> None:
    (repair,) = parse("甲 日期:昨天").repairs
    assert message(repair) == "“昨天”不是看得懂的日期，没有用上。"


def test_message_quotes_little_of_a_long_line() -> None:
    assert len(message(Repair(Code.EMPTY_TERM, "，" * 500))) < 60


def test_few_and_short_values_are_named() -> None:
    assert no_such_values("来源", ["甲%s"]) == "没有这个来源：甲%s，已忽略。"
    assert no_such_values("来源", ["甲", "乙", "丙", "丁"]) == "没有这个来源：甲、乙、丙…，已忽略。"
    assert len(no_such_values("来源", ["长" * 500] * 50)) < 120
