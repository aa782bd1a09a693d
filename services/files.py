"""Files of a case: taken in, checked, sealed, recorded; given out again."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from db.errors import known
from db.files.attachments import Attachments
from db.store.backup import ATTACHMENTS
from db.unit_of_work import changes_of
from domain.cases import decide
from domain.cases.model import Attached
from domain.cases.wording import clean
from domain.errors import AppError
from services.cases import find_case
from services.permissions import require
from services.station import Ground

MAX_NAME = 150


def attach_file(ground: Ground, key: str, name: str, content: BinaryIO) -> Attached:
    """Attach ``content`` (an open seekable file) to the case called ``key``.

    For ``Station.submit_upkeep``. The content is checked and sealed before the store's lock is taken.
    ``storage.attachment_*``, ``cases.too_many_files``, ``cases.not_found``.
    """
    require(ground.actor, "attach")
    name = clean(Path(name).name, one_line=True).text[-MAX_NAME:] or "文件"
    attachments = Attachments(ground.home / ATTACHMENTS)
    received = attachments.receive(name, content)
    try:
        with ground.store.write() as uow:
            now_ms = ground.clock.now_ms()
            case = uow.case(find_case(uow, ground.clock, key))
            row = attachments.keep(uow.attachments, received, now_ms)
            file = Attached(row.sha256, name, row.size, row.media_type)
            event = decide.attach(case, file)
            if event is not None:
                uow.append(case.id, [event], actor=ground.actor.id, now_ms=now_ms)
    except BaseException:
        attachments.discard(received)
        raise
    ground.changes = changes_of(uow)
    return file


def attach_path(ground: Ground, key: str, path: Path) -> Attached:
    """``attach_file`` for a file on disk."""
    with _opened(path) as content:
        return attach_file(ground, key, path.name, content)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    # A folder cannot be read, a pipe would be waited for without end.
    if path.exists() and not path.is_file():
        raise AppError("files.not_a_file", name=path.name)
    try:
        content = path.open("rb")
    except FileNotFoundError:
        raise AppError("files.not_found", name=path.name) from None
    except OSError as error:
        raise known(error) from error
    with content:
        yield content


def save_file(ground: Ground, sha256: str, target: Path) -> Path:
    """Write the plain content of an attached file to ``target``; verified chunk by chunk, moved in place at the end."""
    with ground.store.read() as uow:
        row = uow.attachments.get(sha256)
    if row is None:
        raise AppError("storage.attachment_missing", sha256=sha256)
    unfinished = target.with_name(target.name + ".part")
    try:
        with unfinished.open("wb") as out:
            for chunk in Attachments(ground.home / ATTACHMENTS).read(row):
                out.write(chunk)
        shutil.move(unfinished, target)
    except OSError as error:
        raise known(error) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target
