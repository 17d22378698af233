"""Messages of what can be wrong with a file."""

import pytest
from django.utils.translation import override

from archive.ingest.errors import KINDS, MESSAGES, IngestError
from archive.ingest.read.formats import _UNSUPPORTED


def test_an_error_knows_its_code_and_says_what_is_wrong():
    error = IngestError("unsafe-name", "../x.txt")
    assert (error.code, error.detail) == ("unsafe-name", "../x.txt")
    assert str(error) == "压缩包内的文件名不安全，已拒绝：../x.txt。"


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_can_be_shown(code):
    assert str(IngestError(code, "100%"))


def test_kinds_of_files_are_called_as_the_reader_calls_them() -> None:
    refused = IngestError("unsupported", "图片 JPEG")
    assert "（图片 JPEG）" in str(refused)
    with override("en"):
        assert "(JPEG image)" in str(refused)
    assert {label for _magic, label in _UNSUPPORTED if not label.isascii()} - {*KINDS} == {
        "Word 97–2003 (.doc)"
    }
