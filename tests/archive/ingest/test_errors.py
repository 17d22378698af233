"""Messages of what can be wrong with a file."""

import pytest

from archive.ingest.errors import MESSAGES, IngestError


def test_an_error_knows_its_code_and_says_what_is_wrong():
    error = IngestError("unsafe-name", "../x.txt")
    assert (error.code, error.detail) == ("unsafe-name", "../x.txt")
    assert str(error) == "压缩包内的文件名不安全，已拒绝：../x.txt。"


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_can_be_shown(code):
    assert str(IngestError(code, "100%"))
