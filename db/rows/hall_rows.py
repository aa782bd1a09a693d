"""The read model of the hall's days: one row a day, holding the folded day."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.prepared import Prepared
from db.schema import hall_day
from domain.queue.hall import HallDay, WindowDuty

_BODY = Prepared(
    sa.select(hall_day.c.body).where(
        hall_day.c.day == sa.bindparam("of_day"), hall_day.c.site == sa.bindparam("of_site")
    )
)


class HallDays:
    """Reads the hall's days within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], HallDay] = {}

    def forget(self) -> None:
        """Rows may have changed."""
        self._known.clear()

    def get(self, day: str, site: str) -> HallDay | None:
        """The day of ``site``, or None before anything happened on it; read once in a transaction."""
        if (day, site) not in self._known:
            body = _BODY.ask(self._connection, of_day=day, of_site=site).scalar()
            if body is None:
                return None
            self._known[day, site] = _hall(json.loads(body))
        return self._known[day, site]

    def any_between(self, after: str, before: str, site: str) -> bool:
        """Whether something happened on a day between these two, neither of them counted."""
        days = hall_day.c.day
        query = sa.select(days).where(days > after, days < before, hall_day.c.site == site).limit(1)
        return self._connection.execute(query).first() is not None

    def latest(self, site: str) -> HallDay | None:
        """The last day of ``site`` that there is."""
        query = sa.select(hall_day.c.body).where(hall_day.c.site == site).order_by(hall_day.c.day.desc())
        body = self._connection.execute(query.limit(1)).scalar()
        return None if body is None else _hall(json.loads(body))


def refresh(connection: Connection, hall: HallDay, site: str) -> None:
    """Bring the row of ``hall`` up to date. Of two days begun apart for one date the first stream's is shown."""
    body = json.dumps(_document(hall), ensure_ascii=False)
    key = sa.and_(hall_day.c.day == hall.day, hall_day.c.site == site)
    known = connection.execute(sa.select(hall_day.c.stream).where(key)).scalar()
    if known is None:
        values = {"day": hall.day, "site": site, "stream": hall.stream, "body": body}
        connection.execute(sa.insert(hall_day), values)
    elif hall.stream <= known:
        connection.execute(sa.update(hall_day).where(key), {"stream": hall.stream, "body": body})


def _document(hall: HallDay) -> dict[str, Any]:
    windows = {code: [duty.staff, duty.since, duty.open, duty.reason] for code, duty in hall.windows.items()}
    return {
        "stream": hall.stream,
        "day": hall.day,
        "windows": windows,
        "paused": dict(hall.paused),
        "closed": hall.closed,
        "notice": hall.notice,
        "ended_at": hall.ended_at,
    }


def _hall(body: dict[str, Any]) -> HallDay:
    return HallDay(**{**body, "windows": {code: WindowDuty(*duty) for code, duty in body["windows"].items()}})
