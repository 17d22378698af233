"""Faults on purpose; what others need of it they may import before pytest comes to this folder."""

import pytest

pytest.register_assert_rewrite("tests.faults.agreement")
