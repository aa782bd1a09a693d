"""Enterprises as records of their own: every stream of one credit code folded together, and the rows they refresh."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.event_log import EventLog
from db.rows import conflict_rows, enterprise_rows
from db.rows.verification_rows import values_of
from db.schema import enterprise_stream, event, event_private, verification
from domain.enterprises.fold import code_of_birth, fold_enterprise
from domain.enterprises.profile import EnterpriseRecord, profile_of
from domain.events.event import Event, read_body

_CODE = sa.select(enterprise_stream.c.uscc).where(enterprise_stream.c.stream == sa.bindparam("stream_id"))
_STREAMS = sa.select(enterprise_stream.c.stream).where(enterprise_stream.c.uscc == sa.bindparam("code"))
_BATCH = 400


class EnterpriseRecords:
    """Reads enterprises from their events within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, uscc: str) -> EnterpriseRecord | None:
        """The enterprise of this credit code, or None where no stream began for it."""
        return self.several([uscc]).get(uscc)

    def several(self, codes: Iterable[str]) -> dict[str, EnterpriseRecord]:
        """Code → enterprise, for those that are known."""
        wanted = list(dict.fromkeys(codes))
        found: dict[str, EnterpriseRecord] = {}
        for start in range(0, len(wanted), _BATCH):
            for code, events in self._events(wanted[start : start + _BATCH]).items():
                record = fold_enterprise(events)
                if record is not None:
                    found[code] = record
        return found

    def _events(self, codes: list[str]) -> dict[str, list[Event]]:
        query = (
            sa.select(enterprise_stream.c.uscc, event.c.body, event_private.c.body, event.c.received_at)
            .join_from(enterprise_stream, event, event.c.stream == enterprise_stream.c.stream)
            .join(event_private, event_private.c.event == event.c.id, isouter=True)
            .where(enterprise_stream.c.uscc.in_(codes))
        )
        found: dict[str, list[Event]] = {}
        for code, body, private, received in self._connection.execute(query):
            found.setdefault(code, []).append(read_body(bytes(body), private, received))
        return found


def is_birth(birth: Event) -> bool:
    """Whether a stream that began with ``birth`` tells of an enterprise."""
    return code_of_birth(birth) is not None


def refresh(connection: Connection, log: EventLog, stream: str, events: list[Event], now_ms: int) -> bool:
    """Bring all rows of the enterprise that ``stream`` tells of up to date; False where it tells of none."""
    birth = next((one for one in events if one.id == stream), None)
    code = code_of_birth(birth) if birth else None
    if code is None:
        return False
    _register(connection, stream, code)
    others = [row.stream for row in connection.execute(_STREAMS, {"code": code}) if row.stream != stream]
    record = fold_enterprise([*events, *(one for other in others for one in log.stream(other))])
    assert record is not None
    enterprise_rows.refresh_profile(connection, record, profile_of(record, now_ms))
    _refresh_verifications(connection, record)
    conflict_rows.refresh(connection, code, dict(record.unfit), now_ms)
    return True


def _register(connection: Connection, stream: str, code: str) -> None:
    if connection.execute(_CODE, {"stream_id": stream}).first() is None:
        connection.execute(sa.insert(enterprise_stream), {"stream": stream, "uscc": code})


def _refresh_verifications(connection: Connection, record: EnterpriseRecord) -> None:
    if not record.verifications:
        return
    c = verification.c
    known = {row.event for row in connection.execute(sa.select(c.event).where(c.uscc == record.uscc))}
    for one in record.verifications:
        values: dict[str, Any] = values_of(record, one)
        if one.event in known:
            connection.execute(sa.update(verification).where(c.event == one.event), values)
        else:
            connection.execute(sa.insert(verification), {"event": one.event, **values})
