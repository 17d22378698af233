"""Files while they are uploaded."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class UnnamedFileUploadHandler(FileUploadHandler):
    """Keeps an uploaded file in a temporary file without a name, which goes even with a killed process.

    Django's own has a name, and stays in the folder for temporary files when the process is killed.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open the temporary file for an upload that begins."""
        super().new_file(*args, **kwargs)
        self._kept = tempfile.TemporaryFile()  # noqa: SIM115 (Django closes it with the request)

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> None:
        """Write a part of the upload to the temporary file."""
        self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """Return the uploaded file, to be read from its beginning."""
        self._kept.seek(0)
        return UploadedFile(
            self._kept,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
