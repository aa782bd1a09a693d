"""What a stream is called by people: the number of its case or ticket, the name of its enterprise."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import in_parts
from db.schema import case_row, enterprise, enterprise_stream, event, ticket_row

EXCERPT = 80


class RecordArea(StrEnum):
    """What kind of record a stream is."""

    CASE = "case"
    TICKET = "ticket"
    ENTERPRISE = "enterprise"
    RATING = "rating"
    PROBLEM = "problem"
    HALL = "hall"
    NODE = "node"
    OTHER = "other"


_AREAS = {
    "case_": RecordArea.CASE,
    "ticket_": RecordArea.TICKET,
    "enterprise_": RecordArea.ENTERPRISE,
    "code_": RecordArea.ENTERPRISE,
    "rating_": RecordArea.RATING,
    "problem_": RecordArea.PROBLEM,
    "hall_": RecordArea.HALL,
    "station_": RecordArea.NODE,
    "incarnation_": RecordArea.NODE,
    "device_": RecordArea.NODE,
    "hub_": RecordArea.NODE,
}


@dataclass(frozen=True, slots=True)
class RecordLabel:
    """A record by the words people have for it; ``number`` and ``name`` are empty where it has none.

    A rating names nobody: whose it is stays hidden from those who see only that it waits.
    """

    stream: str
    area: RecordArea = RecordArea.OTHER
    number: str = ""
    name: str = ""
    text: str = ""


def area_of(kind: str) -> RecordArea:
    """The area of a stream that begins with an event of ``kind``."""
    return next((area for prefix, area in _AREAS.items() if kind.startswith(prefix)), RecordArea.OTHER)


def labels_of(connection: Connection, streams: Iterable[str]) -> dict[str, RecordLabel]:
    """Stream → label, for streams and for the credit codes that conflicts of enterprises are listed under."""
    wanted = list(dict.fromkeys(streams))
    found = {stream: RecordLabel(stream) for stream in wanted}
    for some in in_parts(wanted):
        for label in (*_births(connection, some), *_enterprises(connection, some)):
            found[label.stream] = label
        for label in (*_cases(connection, some), *_tickets(connection, some)):
            found[label.stream] = label
    return found


def _births(connection: Connection, ids: list[str]) -> Iterator[RecordLabel]:
    query = sa.select(event.c.id, event.c.kind).where(event.c.id.in_(ids))
    for stream, kind in connection.execute(query):
        yield RecordLabel(stream, area_of(kind))


def _cases(connection: Connection, ids: list[str]) -> Iterator[RecordLabel]:
    c = case_row.c
    query = sa.select(c.id, c.number, c.applicant, sa.func.substr(c.text, 1, EXCERPT)).where(c.id.in_(ids))
    for stream, number, applicant, text in connection.execute(query):
        yield RecordLabel(stream, RecordArea.CASE, number, applicant, text)


def _tickets(connection: Connection, ids: list[str]) -> Iterator[RecordLabel]:
    c = ticket_row.c
    query = sa.select(c.id, c.number, c.name, c.day).where(c.id.in_(ids))
    for stream, number, name, day in connection.execute(query):
        yield RecordLabel(stream, RecordArea.TICKET, number, name, day)


def _enterprises(connection: Connection, ids: list[str]) -> Iterator[RecordLabel]:
    c, s = enterprise.c, enterprise_stream.c
    by_stream = (
        sa.select(s.stream, s.uscc, c.name)
        .join_from(enterprise_stream, enterprise, c.id == s.uscc, isouter=True)
        .where(s.stream.in_(ids))
    )
    by_code = sa.select(c.id, c.id, c.name).where(c.id.in_(ids))
    for query in (by_stream, by_code):
        for stream, code, name in connection.execute(query):
            yield RecordLabel(stream, RecordArea.ENTERPRISE, code, name or "")
