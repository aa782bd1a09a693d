"""What hangs on a person's records: cases, the ratings and tickets about them, the record of an enterprise."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from db.bulk import in_parts
from db.log.erasing import files_named
from db.rows.case_rows import CaseFilter
from db.schema import case_row, draft, enterprise_stream, event, event_private, print_snapshot, ticket_row
from db.schema.asking import rating_row
from db.unit_of_work import UnitOfWork
from domain.erasure import Named


class Reach:
    """Gathers streams within one transaction; ``named`` are those with the events whose private part is to go."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._connection = uow.connection
        self._named: dict[str, Named] = {}
        self.cases: tuple[str, ...] = ()
        self.ratings: tuple[str, ...] = ()
        self.tickets: tuple[str, ...] = ()
        self.enterprises: tuple[str, ...] = ()

    def named(self) -> tuple[Named, ...]:
        """The streams that hold anything."""
        return tuple(self._named.values())

    def add_cases(self, cases: Iterable[str]) -> None:
        """Cases with the tickets they were brought under and the ratings of both."""
        fresh = tuple(one for one in cases if one not in self._named)
        tickets = self._tickets_of(fresh)
        ratings = self._ratings_of((*fresh, *tickets))
        self.cases += fresh
        self.tickets += tickets
        self.ratings += ratings
        for stream in (*fresh, *tickets, *ratings):
            self._named[stream] = Named(stream, tuple(self._private_of(stream)))

    def add_enterprise(self, uscc: str, phone: str = "") -> None:
        """All cases of a credit code and its record; with ``phone`` what of both names it."""
        cases = [row.id for row in self._uow.cases.rows(CaseFilter(uscc=uscc))]
        self.add_cases(one for one in cases if not phone or self._private_of(one, phone))
        streams = sa.select(enterprise_stream.c.stream).where(enterprise_stream.c.uscc == uscc)
        self._add_records(self._connection.execute(streams).scalars().all(), phone)

    def add_phone(self, phone: str) -> None:
        """All cases that name ``phone``, and what names it in the records of enterprises."""
        query = sa.select(event.c.stream).join(event_private, event_private.c.event == event.c.id)
        streams = self._connection.execute(query.where(self._names(phone)).distinct()).scalars().all()
        self.add_cases(self._among(case_row.c.id, streams))
        self._add_records(self._among(enterprise_stream.c.stream, streams), phone)

    def counts(self) -> dict[str, int]:
        """How many papers, files and drafts hang on the streams."""
        streams = list(self._named)
        events = [one for named in self.named() for one in named.events]
        papers = sum(
            int(self._connection.execute(_count(print_snapshot.c.stream.in_(part))).scalar_one())
            for part in in_parts(streams)
        )
        drafts = self._connection.execute(sa.select(draft.c.id)).scalars().all()
        return {
            "papers": papers,
            "files": len(set(files_named(self._connection, events))),
            "drafts": sum(not set(one.split(":")).isdisjoint(streams) for one in drafts),
        }

    def _add_records(self, streams: Iterable[str], phone: str) -> None:
        for stream in streams:
            events = tuple(self._private_of(stream, phone))
            if not events:
                continue
            self._named[stream] = Named(stream, events, whole=not phone)
            code = sa.select(enterprise_stream.c.uscc).where(enterprise_stream.c.stream == stream)
            uscc = str(self._connection.execute(code).scalar_one())
            self.enterprises = tuple(dict.fromkeys((*self.enterprises, uscc)))

    def _tickets_of(self, cases: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for case in cases:
            query = sa.select(ticket_row.c.id).where(ticket_row.c.cases.contains(case, autoescape=True))
            found |= dict.fromkeys(self._connection.execute(query).scalars())
        return tuple(one for one in found if one not in self._named)

    def _ratings_of(self, subjects: Sequence[str]) -> tuple[str, ...]:
        return tuple(one for one in self._among(rating_row.c.id, subjects, rating_row.c.subject))

    def _private_of(self, stream: str, phone: str = "") -> list[str]:
        """Its events with a private part that is still here; with ``phone`` those that name it."""
        query = (
            sa.select(event.c.id)
            .join(event_private, event_private.c.event == event.c.id)
            .where(event.c.stream == stream)
        )
        found = query.where(self._names(phone)) if phone else query
        return list(self._connection.execute(found.order_by(event.c.pos)).scalars())

    def _names(self, phone: str) -> sa.ColumnElement[bool]:
        body = event_private.c.body
        if self._connection.dialect.name == "postgresql":
            return sa.func.encode(body, "escape").contains(phone, autoescape=True)
        return sa.func.instr(body, phone.encode()) > 0

    def _among(
        self, wanted: sa.Column[Any], values: Sequence[str], by: sa.Column[Any] | None = None
    ) -> list[str]:
        column = wanted if by is None else by
        return [
            one
            for part in in_parts(values)
            for one in self._connection.execute(sa.select(wanted).where(column.in_(part))).scalars()
        ]


def _count(where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(print_snapshot).where(where)
