"""Large uploads leave nothing behind, whatever becomes of the process."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from pytest_django import Settings


@pytest.mark.parametrize("size", [0, 10, 5_000, 300_000])
def test_a_file_is_taken_in_without_a_name(
    rf: RequestFactory,
    settings: Settings,
    size: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    content = os.urandom(size)
    request = rf.post("/", {"a": SimpleUploadedFile("甲.html", content, "text/html")})
    file = request.FILES["a"]
    assert (file.name, file.size, file.content_type) == ("甲.html", size, "text/html")
    assert file.file.read() == content
    assert not list(tmp_path.iterdir())
    request.close()
    assert file.closed
