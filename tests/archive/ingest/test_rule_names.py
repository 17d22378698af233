"""Every rule that ingest can record has a name in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import archive.ingest
from archive.ingest import rule_names
from archive.ingest.clean.patterns import RULES
from archive.ingest.describe.kinds import guess
from archive.ingest.errors import MESSAGES
from archive.ingest.values import Evidence, Removed
from archive.models.speech import BY_HAND

FILES = sorted(Path(archive.ingest.__file__).parent.rglob("*.py"))
# Constants that look like rules: charsets, and a name that pages use in their heads.
NO_RULES = re.compile(r"utf-.*|application-name")


def rules_in(tree: ast.AST) -> Iterator[str]:
    """Yield what is handed to whatever records a rule; x stands for what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            at = {"Evidence": 0, "put": 2, "Removed": 3}.get(called, 99)
            if len(node.args) > at:
                yield from written(node.args[at])
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[-1]).endswith(".rule"):
            yield from written(node.value)


def written(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node) if not isinstance(node, ast.JoinedStr) else [node]:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
        elif isinstance(each, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "x" for v in each.values)


def constants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_what_the_code_records_has_a_name(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    rules = set(rules_in(tree)) - {"", "rule"}
    # Rules that stand in tables reach a record by way of a variable; they look like this.
    rules |= {text for text in constants(tree) if re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", text)}
    for rule in rules - MESSAGES.keys():
        assert rule_names.removal(rule) or rule_names.evidence(rule) or NO_RULES.fullmatch(rule), (
            rule
        )


def test_the_walk_sees_what_it_should() -> None:
    seen = {rule for file in FILES for rule in rules_in(ast.parse(file.read_text("utf-8")))}
    assert {"facts", "breadcrumb", "control-character", "hint", "page-x", "x-label"} <= seen
    assert {"first-line", "main-part", "type-none", "source-line-above"} <= seen


def test_names_differ_and_are_translated() -> None:
    for table in (rule_names.REMOVAL, rule_names.EVIDENCE):
        for rule, name in table.items():
            with translation.override("zh-hans"):
                chinese = str(name)
            with translation.override("en"):
                english = str(name)
            assert re.search("[\u4e00-\u9fff]", chinese), rule
            assert not re.search("[\u4e00-\u9fff]", english), rule
    assert {rule.name for rule in RULES} <= rule_names.REMOVAL.keys()
    assert BY_HAND in rule_names.EVIDENCE


@pytest.mark.parametrize("rule", ["something-new", "", "page-", "-label", "buttons "])
def test_a_rule_without_a_name_cannot_be_recorded(rule: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        Evidence(rule, "", guessed=True)
    with pytest.raises(ValueError, match="no name"):
        Removed(0, 1, "", rule)


def test_composed_names() -> None:
    assert rule_names.evidence("page-og:title") == "网页头部的 og:title"
    assert rule_names.evidence("date-label") == "页面上的标签"
    assert rule_names.evidence(guess("", "", "")[1].rule) == "没有可据以判断的特征"
