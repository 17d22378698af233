"""The examples in docstrings of the index give what they say."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

from search import index

MODULES = [each.name for each in pkgutil.walk_packages(index.__path__, f"{index.__name__}.")]
EXAMPLES = [
    test
    for name in MODULES
    for test in doctest.DocTestFinder().find(import_module(name))
    if test.examples
]


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name)
def test_an_example_holds(test: doctest.DocTest) -> None:
    assert doctest.DocTestRunner().run(test).failed == 0


def test_examples_are_found() -> None:
    assert EXAMPLES
