"""Erasing on a lawful request: private parts and every trace of them in the store, and no copy of them ever again.

Whoever takes an erasure in notes it at once, so that from then on no erased part comes in; the deletion itself is part
of folding it. What lies outside the tables (free pages, files, backups) is for ``services.erasure.finish_erasure``.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import in_parts, insert_rows
from db.schema import (
    attachment,
    case_row,
    draft,
    enterprise_stream,
    event,
    event_private,
    outbox,
    print_snapshot,
    provisional_code,
)
from db.schema.erasing import erased_event, erased_stream, erasure
from db.schema.sync import file_transfer, held_event
from domain.erasure import KIND, Erasure, erasure_in
from domain.events.event import Event
from domain.events.incoming import Incoming

FILE_NAMED = "file_attached"
_LOCK = 0x71666572
"""On PostgreSQL shared by those who take private parts in, held alone by who deletes them."""

Taken = tuple[Incoming, Event, bytes | None]
"""An event on its way in, with the hash of its chain after it."""


def note(connection: Connection, events: Iterable[Event], now_ms: int) -> None:
    """Know from now on what the erasures among ``events`` have erased."""
    for one in events:
        told = erasure_in(one)
        if told is None:
            continue
        insert_rows(connection, erasure, ("event", "taken_at"), [(told.event, now_ms)], skip_known=True)
        _note_events(connection, told.events, told.event)
        c = erased_stream.c
        for part in in_parts(told.streams):
            rows = [(stream, told.hlc, told.event) for stream in part]
            insert_rows(connection, erased_stream, ("stream", "hlc", "by"), rows, skip_known=True)
            older = sa.update(erased_stream).where(c.stream.in_(part), c.hlc < told.hlc)
            connection.execute(older.values(hlc=told.hlc, by=told.event))


def without_erased(connection: Connection, taken: Sequence[Taken]) -> Sequence[Taken]:
    """``taken`` without the private parts that were erased before they came."""
    with_private = [one for one, _, _ in taken if one.private is not None]
    if not with_private:
        return taken
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _LOCK})
    if connection.execute(sa.select(erasure.c.event).limit(1)).first() is None:
        return taken
    known = _known(connection, [one.event for one in with_private if one.event is not None])
    for event_id, by in known.items():
        _note_events(connection, [event_id], by)
    return [
        (replace(one, salt=None, private=None), replace(what, private=None), head)
        if what.id in known
        else (one, what, head)
        for one, what, head in taken
    ]


def kept_apart(connection: Connection, one: Incoming) -> Incoming:
    """``one``, which is not taken into the log, without a private part that was erased before it came."""
    if one.private is None:
        return one
    event_id, stream = _names_in(one.body)
    is_known = (
        sa.select(erased_event.c.event)
        .where(erased_event.c.event == event_id)
        .union(sa.select(erased_stream.c.stream).where(erased_stream.c.stream == stream))
    )
    if connection.execute(is_known).first() is None:
        return one
    return replace(one, salt=None, private=None)


def _known(connection: Connection, events: Sequence[Event]) -> dict[str, str]:
    """Event → the erasure that took its private part."""
    found: dict[str, str] = {}
    e, s = erased_event.c, erased_stream.c
    for part in in_parts([one.id for one in events]):
        found |= {
            row.event: row.by for row in connection.execute(sa.select(e.event, e.by).where(e.event.in_(part)))
        }
    streams = sorted({one.stream for one in events})
    until: dict[str, tuple[int, str]] = {}
    for part in in_parts(streams):
        rows = connection.execute(sa.select(s.stream, s.hlc, s.by).where(s.stream.in_(part)))
        until |= {row.stream: (row.hlc, row.by) for row in rows}
    for one in events:
        hlc, by = until.get(one.stream, (-1, ""))
        if one.hlc <= hlc:
            found.setdefault(one.id, by)
    return found


def hold(connection: Connection) -> None:
    """Let nobody bring private parts in until the transaction ends. To be taken before the logs are written."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def told_in(stream: str, events: Iterable[Event]) -> Erasure | None:
    """The erasure that ``stream`` tells of; None where it tells of none."""
    birth = next((one for one in events if one.id == stream and one.kind == KIND), None)
    return None if birth is None else erasure_in(birth)


def is_done(connection: Connection, told: Erasure) -> bool:
    """Whether it was folded here before: what was recorded since is not to be touched again."""
    query = sa.select(erasure.c.folded_at).where(erasure.c.event == told.event)
    return connection.execute(query).scalar() is not None


def erase(connection: Connection, told: Erasure, now_ms: int) -> None:
    """Delete the private parts and whatever rows hold of them, but for those that are folded from events.

    What is this machine's own, as papers printed here, goes whatever its clock said: it was there before this.
    """
    hold(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON").all()
    before = _events_before(connection, told)
    gone = {*told.events, *before}
    _note_events(connection, before, told.event)
    _drop_private(connection, gone)
    _drop_printed(connection, told.streams)
    _empty_held(connection, gone, set(told.streams))
    _drop_drafts(connection, set(told.streams))
    _drop_files(connection, gone)
    done = sa.update(erasure).where(erasure.c.event == told.event)
    connection.execute(done.values(folded_at=now_ms))


def _drop_private(connection: Connection, events: set[str]) -> None:
    for part in in_parts(events):
        connection.execute(sa.delete(event_private).where(event_private.c.event.in_(part)))
        connection.execute(sa.delete(provisional_code).where(provisional_code.c.event.in_(part)))


def _drop_printed(connection: Connection, streams: Iterable[str]) -> None:
    """What papers said, and what was still to be done for them."""
    for part in in_parts(streams):
        own = sa.select(event.c.id).where(event.c.stream.in_(part))
        connection.execute(sa.delete(print_snapshot).where(print_snapshot.c.stream.in_(part)))
        connection.execute(sa.delete(outbox).where(outbox.c.event.in_(own)))


def _events_before(connection: Connection, told: Erasure) -> list[str]:
    """What is older in the streams that are erased whole, whether named or not."""
    found: list[str] = []
    for part in in_parts(told.streams):
        query = sa.select(event.c.id).where(event.c.stream.in_(part), event.c.hlc <= told.hlc)
        found += connection.execute(query).scalars()
    return found


def _empty_held(connection: Connection, events: set[str], streams: set[str]) -> None:
    """Copies that were refused or set aside keep their place in their chains, nothing else."""
    c = held_event.c
    place = (c.device, c.incarnation, c.branch, c.seq)
    for *where, body in connection.execute(sa.select(*place, c.body).where(c.private.is_not(None))).all():
        one, stream = _names_in(bytes(body))
        if one in events or stream in streams:
            here = [column == value for column, value in zip(place, where, strict=True)]
            connection.execute(sa.update(held_event).where(*here).values(salt=None, private=None))


def _names_in(body: bytes) -> tuple[str, str]:
    """The id and the stream in a body that may be malformed."""
    try:
        told = json.loads(body)
        return str(told.get("id", "")), str(told.get("stream", told.get("id", "")))
    except (ValueError, AttributeError):
        return "", ""


def _drop_drafts(connection: Connection, streams: set[str]) -> None:
    """What was being typed about these cases: an intake has the case's id, a step's draft has it in its own."""
    ids = list(connection.execute(sa.select(draft.c.id)).scalars())
    gone = [one for one in ids if not streams.isdisjoint(one.split(":"))]
    for part in in_parts(gone):
        connection.execute(sa.delete(draft).where(draft.c.id.in_(part)))


def _drop_files(connection: Connection, events: set[str]) -> None:
    """Files that no other event names: with the key in its row, what lies on the disk is lost already."""
    gone = set(files_named(connection, events))
    if not gone:
        return
    living = sa.select(event.c.body).where(
        event.c.kind == FILE_NAMED, event.c.id.not_in(sa.select(erased_event.c.event))
    )
    for body in connection.execute(living.execution_options(yield_per=1000)).scalars():
        gone.discard(_file_in(bytes(body)))
    for part in in_parts(gone):
        connection.execute(sa.delete(attachment).where(attachment.c.sha256.in_(part)))
        connection.execute(sa.delete(file_transfer).where(file_transfer.c.sha256.in_(part)))


def files_named(connection: Connection, events: Iterable[str]) -> Iterator[str]:
    """SHA-256 of every file that one of ``events`` names."""
    for part in in_parts(events):
        query = sa.select(event.c.body).where(event.c.kind == FILE_NAMED, event.c.id.in_(part))
        yield from filter(None, (_file_in(bytes(body)) for body in connection.execute(query).scalars().all()))


def _file_in(body: bytes) -> str:
    found = json.loads(body).get("payload", {}).get("sha256")
    return found if isinstance(found, str) else ""


def enterprises_of(connection: Connection, streams: Iterable[str]) -> set[str]:
    """Keys of the enterprises whose rows were made from ``streams``, as long as the rows still say so."""
    found: set[str] = set()
    for part in in_parts(streams):
        c = case_row.c
        for uscc, name in connection.execute(sa.select(c.uscc, c.applicant).where(c.id.in_(part))):
            found.add(uscc or f"name:{name}")
        query = sa.select(enterprise_stream.c.uscc).where(enterprise_stream.c.stream.in_(part))
        found |= set(connection.execute(query).scalars())
    return found


def _note_events(connection: Connection, events: Iterable[str], by: str) -> None:
    for part in in_parts(events):
        rows = [(one, by) for one in part]
        insert_rows(connection, erased_event, ("event", "by"), rows, skip_known=True)
