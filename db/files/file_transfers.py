"""Attached files on their way up or down, and which files events have named since we last looked."""

import json
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows.counters import Counters
from db.schema import attachment, case_row, event
from db.schema.erasing import erased_event
from db.schema.sync import file_transfer, stream_scope

KIND = "file_attached"
_NOTED = "files_noted"
_AGAIN = 5_000
"""Positions looked at once more: where many write at once, lower ones may be committed later."""


class Direction(StrEnum):
    """Towards the node above, or from it."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A file on its way. ``stream`` holds the event that names it; ``wanted``: somebody waits for it."""

    sha256: str
    direction: Direction
    stream: str
    wanted: bool
    size: int
    done_at: int | None
    failure: str


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that an event of ``stream`` names."""

    sha256: str
    stream: str
    size: int
    media_type: str


_LIVING = event.c.id.not_in(sa.select(erased_event.c.event))
_COLUMNS = tuple(file_transfer.c[name] for name in Transfer.__slots__)


class FileTransfers:
    """The queue of files within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, sha256: str, direction: Direction) -> Transfer | None:
        """The transfer of a file, or None."""
        rows = self._select((_of(sha256, direction),), 1)
        return rows[0] if rows else None

    def open(self, limit: int) -> list[Transfer]:
        """What is to be carried: first what somebody waits for, then the smallest."""
        c = file_transfer.c
        return self._select((c.done_at.is_(None), c.failure == ""), limit)

    def queue(self, file: NamedFile, direction: Direction, now_ms: int, *, wanted: bool = False) -> None:
        """Have ``file`` carried; one that is done or has failed is begun again where somebody waits for it."""
        known = self.get(file.sha256, direction)
        values = {"stream": file.stream, "size": file.size, "asked_at": now_ms}
        if known is None:
            row = {"sha256": file.sha256, "direction": direction.value, "wanted": int(wanted), **values}
            self._connection.execute(sa.insert(file_transfer), row)
        elif wanted:
            self._change(file.sha256, direction, wanted=1, done_at=None, failure="", **values)

    def end(self, sha256: str, direction: Direction, now_ms: int, failure: str = "") -> None:
        """The file has arrived, or will not (``failure`` is a code)."""
        done_at = None if failure else now_ms
        self._change(sha256, direction, done_at=done_at, failure=failure, wanted=0)

    def reopen(self, direction: Direction) -> None:
        """Begin all of a direction again that was done."""
        c = file_transfer.c
        where = (c.direction == direction.value) & c.done_at.is_not(None)
        self._connection.execute(sa.update(file_transfer).where(where).values(done_at=None))

    def waiting(self, direction: Direction) -> tuple[int, int]:
        """(files, bytes) that are still to be carried."""
        c = file_transfer.c
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(c.size), 0)).where(
            c.direction == direction.value, c.done_at.is_(None), c.failure == ""
        )
        row = self._connection.execute(query).one()
        return int(row[0]), int(row[1])

    def newly_named(self) -> list[NamedFile]:
        """Files that events have named since the last call; some may come twice."""
        counters = Counters(self._connection)
        noted, _ = counters.get(_NOTED)
        query = sa.select(event.c.pos, event.c.stream, event.c.body)
        fresh = query.where(event.c.pos > max(0, noted - _AGAIN), event.c.kind == KIND, _LIVING).order_by(
            event.c.pos
        )
        last = self._connection.execute(sa.select(sa.func.coalesce(sa.func.max(event.c.pos), 0))).scalar_one()
        found = [named_in(row.stream, bytes(row.body)) for row in self._connection.execute(fresh)]
        if last != noted:
            counters.set(_NOTED, int(last), "")
        return [one for one in found if one is not None]

    def is_here(self, sha256: str) -> bool:
        """Whether the file is stored at this node."""
        query = sa.select(attachment.c.sha256).where(attachment.c.sha256 == sha256)
        return self._connection.execute(query).first() is not None

    def is_closed(self, stream: str) -> bool:
        """Whether the case is known to be closed."""
        query = sa.select(case_row.c.closed_at).where(case_row.c.id == stream)
        return self._connection.execute(query).scalar() is not None

    def named(self, stream: str, sha256: str) -> NamedFile | None:
        """The file as an event of ``stream`` names it, or None where none does."""
        query = sa.select(event.c.body).where(event.c.stream == stream, event.c.kind == KIND, _LIVING)
        found = (named_in(stream, bytes(body)) for body in self._connection.execute(query).scalars())
        return next((one for one in found if one is not None and one.sha256 == sha256), None)

    def shows(self, stream: str, scope: str) -> bool:
        """Whether the site ``scope`` may see ``stream``."""
        c = stream_scope.c
        query = sa.select(c.scope).where(c.stream == stream, c.scope == scope)
        return self._connection.execute(query).first() is not None

    def _select(self, where: tuple[sa.ColumnElement[bool], ...], limit: int) -> list[Transfer]:
        c = file_transfer.c
        query = sa.select(*_COLUMNS).where(*where).order_by(c.wanted.desc(), c.size, c.sha256).limit(limit)
        return [
            Transfer(row[0], Direction(row[1]), row[2], bool(row[3]), *row[4:])
            for row in self._connection.execute(query)
        ]

    def _change(self, sha256: str, direction: Direction, **values: object) -> None:
        self._connection.execute(sa.update(file_transfer).where(_of(sha256, direction)).values(**values))


def _of(sha256: str, direction: Direction) -> sa.ColumnElement[bool]:
    return (file_transfer.c.sha256 == sha256) & (file_transfer.c.direction == direction.value)


def named_in(stream: str, body: bytes) -> NamedFile | None:
    """The file that an event names, or None where its payload is none that we can read."""
    payload = json.loads(body).get("payload", {})
    sha256, size, media_type = (payload.get(name) for name in ("sha256", "size", "media_type"))
    is_address = isinstance(sha256, str) and len(sha256) == 64 and set(sha256) <= set("0123456789abcdef")
    sound = is_address and isinstance(size, int) and size > 0 and isinstance(media_type, str)
    return NamedFile(sha256, stream, size, media_type) if sound else None
