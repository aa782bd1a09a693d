"""Memory of presentations in a folder: one empty file for each, so that it outlives the process and needs no store."""

import os
from pathlib import Path

from db.files.file_ages import written_before


class FolderReplay:
    """See ``domain.codes.replay.ReplayMemory``. Making a file that must not exist yet is the atomic step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def remember(self, mark: bytes, until_ms: int) -> bool:
        """Keep ``mark``; false when it is known. The file's time says until when."""
        file = self._folder / mark.hex()
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return False
        os.utime(file, (until_ms / 1000, until_ms / 1000))
        return True

    def forget(self, now_ms: int) -> None:
        """Drop what expired before ``now_ms``."""
        for file in written_before(self._folder.iterdir(), now_ms):
            file.unlink(missing_ok=True)
