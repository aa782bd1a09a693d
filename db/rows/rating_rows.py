"""The read model of ratings: one row a rating. Of several ratings of one subject made apart the first alone counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows import conflict_rows
from db.schema import conflict
from db.schema.asking import rating_row
from domain.events.event import Event
from domain.ratings.fold import BIRTH, fold_rating
from domain.ratings.model import Rating
from domain.ratings.references import rating_ref


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating as it is stored; what of it a person may see is for the services to say. Times are UTC ms."""

    id: str
    ref: str
    of: str
    subject: str
    site: str
    board: str
    concerned: tuple[str, ...]
    level: int
    source: str
    tags: tuple[str, ...]
    given_at: int
    counts: bool
    state: str
    at_parent: bool
    due_at: int | None
    appeal: str
    second_level: int | None
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class RatingFilter:
    """Which ratings a list shows; None means any. Those that do not count are shown as conflicts only."""

    states: frozenset[str] = frozenset()
    concerned: str | None = None
    due_before: int | None = None
    appeal: str | None = None
    given_from: int | None = None
    given_before: int | None = None
    bad: bool = False
    site: str | None = None
    board: str | None = None


TWICE = "rated_twice"
_c = rating_row.c
_COLUMNS = tuple(column for column in _c if column.name != "order")
_OF_SUBJECT = sa.select(_c.id, _c.counts).where(_c.subject == sa.bindparam("wanted"))


class RatingRows:
    """Queries over the read model of ratings."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(
        self,
        wanted: RatingFilter = RatingFilter(),
        *,
        by_due: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[RatingRow]:
        """Ratings that match, newest first, or the one due first."""
        order = (_c.due_at, _c.id) if by_due else (_c.given_at.desc(), _c.id)
        query = _filtered(sa.select(*_COLUMNS), wanted).order_by(*order).offset(offset)
        found = self._connection.execute(query if limit is None else query.limit(limit))
        return [_frozen(row) for row in found.mappings()]

    def count(self, wanted: RatingFilter = RatingFilter()) -> int:
        """How many ratings match."""
        query = _filtered(sa.select(sa.func.count()).select_from(rating_row), wanted)
        return int(self._connection.execute(query).scalar_one())

    def of_subject(self, subject: str) -> RatingRow | None:
        """The rating of a case or ticket that counts."""
        query = sa.select(*_COLUMNS).where(_c.subject == subject, _c.counts == 1)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _frozen(row)

    def row(self, rating_id: str) -> RatingRow:
        """The row of a rating that is known, whether it counts or not."""
        query = sa.select(*_COLUMNS).where(_c.id == rating_id)
        return _frozen(self._connection.execute(query).mappings().one())

    def id_of(self, ref: str) -> str | None:
        """The id of the rating spoken of as ``ref``."""
        found = self._connection.execute(sa.select(_c.id).where(_c.ref == ref)).scalar()
        return None if found is None else str(found)


def _filtered(query: sa.Select[Any], wanted: RatingFilter) -> sa.Select[Any]:
    query = query.where(_c.counts == 1)
    if wanted.states:
        query = query.where(_c.state.in_(sorted(wanted.states)))
    if wanted.concerned is not None:
        query = query.where((" " + _c.concerned + " ").contains(f" {wanted.concerned} ", autoescape=True))
    for column, value in ((_c.appeal, wanted.appeal), (_c.site, wanted.site), (_c.board, wanted.board)):
        if value is not None:
            query = query.where(column == value)
    if wanted.due_before is not None:
        query = query.where(_c.due_at < wanted.due_before)
    if wanted.given_from is not None:
        query = query.where(_c.given_at >= wanted.given_from)
    if wanted.given_before is not None:
        query = query.where(_c.given_at < wanted.given_before)
    return query.where(_c.level <= 2) if wanted.bad else query


def _frozen(row: sa.RowMapping) -> RatingRow:
    values: dict[str, Any] = dict(row)
    for name in ("counts", "at_parent"):
        values[name] = bool(values[name])
    for name in ("concerned", "tags"):
        values[name] = tuple(values[name].split())
    return RatingRow(**values)


def refresh(connection: Connection, stream: str, events: Sequence[Event], now_ms: int) -> bool:
    """Bring the row of the rating that ``stream`` tells of up to date; False where it tells of none."""
    birth = next((one for one in events if one.id == stream), None)
    if birth is None or birth.kind != BIRTH:
        return False
    rating = fold_rating(events)
    if rating is None:
        conflict_rows.refresh(connection, stream, {stream: "malformed"}, now_ms)
        return True
    values = _values(rating)
    known = connection.execute(sa.select(_c.id).where(_c.id == stream)).first()
    if known is None:
        connection.execute(sa.insert(rating_row), {**values, "counts": 1})
    else:
        connection.execute(sa.update(rating_row).where(_c.id == stream), values)
    conflict_rows.refresh(connection, stream, dict(rating.unfit), now_ms)
    _settle(connection, rating.subject, now_ms)
    return True


def _settle(connection: Connection, subject: str, now_ms: int) -> None:
    """Let the first rating of ``subject`` count, and no other: those are conflicts for a person to look at."""
    found = list(connection.execute(_OF_SUBJECT.order_by(_c.order, _c.id), {"wanted": subject}))
    for at, row in enumerate(found):
        if bool(row.counts) != (at == 0):
            connection.execute(sa.update(rating_row).where(_c.id == row.id), {"counts": int(at == 0)})
    if len(found) > 1:
        listed = sa.delete(conflict).where(
            conflict.c.event.in_([row.id for row in found]), conflict.c.code == TWICE
        )
        connection.execute(listed)
        connection.execute(sa.insert(conflict), [_double(row.id, now_ms) for row in found[1:]])


def _double(rating_id: str, now_ms: int) -> dict[str, Any]:
    return {"event": rating_id, "stream": rating_id, "code": TWICE, "found_at": now_ms}


def _values(rating: Rating) -> dict[str, Any]:
    return {
        "id": rating.id,
        "ref": rating_ref(rating.id),
        "of": rating.of.value,
        "subject": rating.subject,
        "site": rating.site,
        "board": rating.board,
        "concerned": " ".join(rating.concerned),
        "level": rating.opinion.level,
        "source": rating.opinion.source.value,
        "tags": " ".join(tag.value for tag in rating.opinion.tags),
        "given_at": rating.given_at,
        "state": rating.state.value,
        "at_parent": int(rating.at_parent),
        "due_at": rating.due_at,
        "appeal": rating.appeal_state.value,
        "second_level": rating.second.level if rating.second else None,
        "ended_at": rating.ended_at,
        "order": rating.order,
    }
