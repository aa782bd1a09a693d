"""The end of a file's way: all its bytes are here, and are what was promised, or they are dropped."""

import hashlib
from io import BytesIO

from db.files.attachments import Attachments, Received
from db.files.file_transfers import NamedFile
from db.files.file_types import ACCEPTED
from db.files.partial_files import PartialDamaged, PartialFiles
from domain.errors import AppError

HASH, KIND = "files.hash", "files.kind"


class WrongContent(Exception):
    """What came is not the file, and has been dropped; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def received_whole(attachments: Attachments, parts: PartialFiles, file: NamedFile) -> Received:
    """``file`` checked and sealed, out of its pieces. ``WrongContent``; errors of a full disk."""
    try:
        content = b"".join(parts.read(file.sha256))
    except PartialDamaged:
        content = b""
    if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
        parts.drop(file.sha256)
        raise WrongContent(HASH)
    try:
        received = attachments.receive(_name(file.media_type), BytesIO(content))
    except AppError as error:
        if not error.code.startswith("storage.attachment_"):
            raise
        parts.drop(file.sha256)
        raise WrongContent(KIND) from error
    return received


def _name(media_type: str) -> str:
    """A name by which the content is held against its type; the real one belongs to the event's private part."""
    return "file" + next((ending for ending, known in ACCEPTED.items() if known == media_type), "")
