"""What the archive keeps."""

from archive.models.original import Original
from archive.models.speech import Source, Speech, SpeechType, State
from archive.models.upload import ItemStatus, UploadBatch, UploadItem
from archive.models.version import SpeechVersion

__all__ = [
    "ItemStatus",
    "Original",
    "Source",
    "Speech",
    "SpeechType",
    "SpeechVersion",
    "State",
    "UploadBatch",
    "UploadItem",
]
