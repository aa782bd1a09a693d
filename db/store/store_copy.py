"""Copies an encrypted store while it is in use, by SQLite's backup API; the copy has the same key."""

import os
import secrets
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2

from db.errors import known
from db.store import engine as store_engine
from db.store.atomic import put_in_place

PAGES_PER_STEP = 2_000  # 8 MB: progress moves, and a cancel is heard, several times a second

Progress = Callable[[int, int], bool]


class CopyCancelled(Exception):
    """The person stopped the copy; nothing is left of it."""


def copy_store(source: Path, target: Path, key: bytes, progress: Progress | None = None) -> None:
    """Copy ``source`` to ``target``, replacing it only by a whole copy that was forced to the disk.

    ``progress`` gets (pages done, pages in all) and answers whether to go on. Errors: ``CopyCancelled``, and
    known ``storage.*`` errors.
    """
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        _copy(source, unfinished, key, progress)
        _force_to_disk(unfinished)
        put_in_place(unfinished, target)
    except (dbapi2.Error, OSError) as error:
        raise known(error, target) from error
    finally:
        for leftover in unfinished.parent.glob(unfinished.name + "*"):
            leftover.unlink()


def _copy(source: Path, target: Path, key: bytes, progress: Progress | None) -> None:
    def step(_status: int, remaining: int, total: int) -> None:
        if progress is not None and not progress(total - remaining, total):
            raise CopyCancelled

    with (
        closing(store_engine.connect(source, key)) as reading,
        closing(store_engine.connect(target, key, create=True)) as writing,
    ):
        # Without a log of its own the one file is the whole copy.
        writing.execute("PRAGMA journal_mode = DELETE").fetchall()
        reading.backup(writing, pages=PAGES_PER_STEP, progress=step)


def _force_to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
