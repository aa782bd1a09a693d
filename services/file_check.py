"""Looking at a file before it is attached, so that the person hears of it while the visitor is still there."""

from dataclasses import dataclass
from pathlib import Path

from db.errors import known
from db.files.attachments import CHUNK, LIMIT_BYTES
from db.files.file_types import check_type
from domain.errors import AppError


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that a case may hold; ``size`` in bytes."""

    path: Path
    size: int
    media_type: str


def check_file(path: Path) -> CheckedFile:
    """Whether a case may hold the file at ``path``; ``storage.attachment_*`` or ``files.not_found`` where not."""
    try:
        with path.open("rb") as content:
            size = content.seek(0, 2)
            if size == 0:
                raise AppError("storage.attachment_empty", name=path.name)
            if size > LIMIT_BYTES:
                raise AppError("storage.attachment_too_large", name=path.name, limit_mib=LIMIT_BYTES // CHUNK)
            content.seek(0)
            return CheckedFile(path, size, check_type(path.name, content))
    except (FileNotFoundError, IsADirectoryError):
        raise AppError("files.not_found", name=path.name) from None
    except OSError as error:
        raise known(error) from error
