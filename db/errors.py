"""Known errors of the store and bugs, told apart where the database is touched.

A known error (disk full, locked, damaged, …) becomes an ``AppError`` with a sentence that says what to do;
anything else is a bug and passes unchanged to the crash dialog.
"""

import errno
import os
import shutil
from pathlib import Path

from domain.errors import AppError

# Primary result codes of https://sqlite.org/rescode.html that a person can act on.
_BY_RESULT_CODE = {
    5: "storage.locked",  # SQLITE_BUSY
    6: "storage.locked",  # SQLITE_LOCKED
    8: "storage.read_only",  # SQLITE_READONLY
    10: "storage.disk_error",  # SQLITE_IOERR
    11: "storage.damaged",  # SQLITE_CORRUPT
    13: "storage.disk_full",  # SQLITE_FULL
    14: "storage.cannot_open",  # SQLITE_CANTOPEN
    26: "storage.unreadable",  # SQLITE_NOTADB: wrong key, damaged first page, or no store at all
}
# SQLSTATE of PostgreSQL, whole or its class (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_BY_SQLSTATE = {
    "08": "storage.unreachable",  # connection exception
    "40P01": "storage.locked",  # deadlock detected
    "53100": "storage.disk_full",
    "53300": "storage.too_many_connections",
    "55P03": "storage.locked",  # lock not available
    "57P": "storage.unreachable",  # operator intervention: shut down, starting up
    "58030": "storage.disk_error",
    "XX001": "storage.damaged",
    "XX002": "storage.damaged",
}
_BY_ERRNO = {
    errno.ENOSPC: "storage.disk_full",
    errno.EDQUOT: "storage.disk_full",
    errno.EFBIG: "storage.disk_full",
    errno.EACCES: "storage.read_only",
    errno.EPERM: "storage.read_only",
    errno.EROFS: "storage.read_only",
    errno.EIO: "storage.disk_error",
}
_PRIMARY = 0xFF
_NEEDED_BYTES = 1 << 20
"""With less left on the disk, what went wrong there went wrong for want of room."""


def classify(error: BaseException | None) -> AppError | None:
    """The error as a known ``storage.*`` error, or ``None`` when it is a bug.

    Takes errors of the driver, of SQLAlchemy (whose ``orig`` is looked at), and ``OSError``.
    """
    if error is None or isinstance(error, AppError):
        return error
    original = getattr(error, "orig", None) or error
    result_code = getattr(original, "sqlite_errorcode", None)
    if isinstance(result_code, int):
        code = _BY_RESULT_CODE.get(result_code & _PRIMARY)
    elif hasattr(original, "sqlstate"):
        code = _of_postgres(original)
    elif isinstance(original, OSError):
        code = _BY_ERRNO.get(original.errno or 0)
    else:
        code = None
    return AppError(code) if code else None


def _of_postgres(original: BaseException) -> str | None:
    """An error of psycopg; one without a state was met on the way in: no server, no such database, a wrong password."""
    state = getattr(original, "sqlstate", None)
    if state is None:
        return "storage.unreachable" if type(original).__name__ == "OperationalError" else None
    return next((_BY_SQLSTATE[state[:n]] for n in (5, 3, 2) if state[:n] in _BY_SQLSTATE), None)


def classify_at(error: BaseException | None, file: Path) -> AppError | None:
    """``classify``; what the engine only calls an I/O error is told by the state of the disk that ``file`` is on.

    In WAL mode even reading makes a file (``-shm``), so that a full disk and a read-only one refuse readers, too.
    """
    found = classify(error)
    if found is None or found.code not in ("storage.disk_error", "storage.cannot_open"):
        return found
    return _refused_by_disk(file.parent) or found


def _refused_by_disk(folder: Path) -> AppError | None:
    try:
        if folder.is_dir() and not os.access(folder, os.W_OK):
            return AppError("storage.read_only")
        if shutil.disk_usage(folder).free < _NEEDED_BYTES:
            return AppError("storage.disk_full")
    except OSError:
        pass
    return None


def known(error: Exception, file: Path | None = None) -> Exception:
    """What to raise instead of ``error``: the known error, or ``error`` itself; ``file`` as in ``classify_at``."""
    return (classify_at(error, file) if file else classify(error)) or error
