"""Bringing read models up to date with the streams they are folded from: in order, but cases written many at once."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from db.log import erasing
from db.rows import (
    assignment_rows,
    callback_rows,
    case_refresh,
    device_rows,
    enterprise_records,
    enterprise_rows,
    erased_enterprises,
    hall_rows,
    hub_rows,
    problem_rows,
    rating_rows,
    reminder_rows,
    supervision_rows,
)
from db.rows.case_refresh import Refolded
from db.rows.row_sets import asked
from db.rows.rules_in_force import rules_in_force
from domain.cases.fold import fold_case
from domain.deadlines.case_clock import alert_times, office_of, promised
from domain.erasure import Erasure
from domain.events.event import Event, read_body
from domain.queue import fold as ticket_fold
from domain.queue import hall as hall_fold
from domain.supervision.reminders import shown_from

if TYPE_CHECKING:
    from db.unit_of_work import UnitOfWork

AT_ONCE = 256
"""Streams read with one question."""
_QUESTION = (
    "SELECT stream, body, (SELECT body FROM event_private WHERE event_private.event = event.id), received_at"
    " FROM event WHERE stream"
)
"""No join: of some hundred streams a planner expects so many events that it would rather read all private parts."""
Stored = tuple[bytes, bytes | None, int | None]
"""Body, private part, stamp of an event."""


def refold(uow: "UnitOfWork", streams: Iterable[str], now_ms: int) -> None:
    """Fold ``streams`` again, in this order, and bring their rows up to date."""
    left, folding = list(dict.fromkeys(streams)), Refolding(uow, now_ms)
    while left:
        part, left = left[:AT_ONCE], left[AT_ONCE:]
        stored = _stored(uow, part)
        for at, stream in enumerate(part):
            events = [uow.events.homes.placed(read_body(*one)) for one in stored.get(stream, ())]
            if folding.take(stream, events):
                left = part[at + 1 :] + left
                break
    folding.end()


def _stored(uow: "UnitOfWork", streams: Sequence[str]) -> dict[str, list[Stored]]:
    found: dict[str, list[Stored]] = {}
    for stream, body, private, received in asked(uow.connection, _QUESTION, streams):
        found.setdefault(stream, []).append((bytes(body), private, received))
    return found


class Refolding:
    """Takes streams one by one; cases are gathered and written together by ``end``, or before what needs their rows."""

    def __init__(self, uow: "UnitOfWork", now_ms: int, *, born: bool = False) -> None:
        """``born``: what is taken began in this very transaction, so that no row of it can be there yet."""
        self._uow = uow
        self._connection = uow.connection
        self._now_ms = now_ms
        self._born = born
        self._cases: list[Refolded] = []

    def take(self, stream: str, events: list[Event]) -> bool:
        """Bring the rows of ``stream`` up to date; True where what was read of others before may be stale now."""
        birth = next((one for one in events if one.id == stream), None)
        area = "" if birth is None else self._taken_apart(stream, birth, events)
        if area:
            self._uow.changed.note(area, stream)
            return area == "devices"
        told = erasing.told_in(stream, events)
        if told is not None:
            self._erase(told, events)
            return True
        case = fold_case(events)
        if case is not None:
            rules = rules_in_force(self._uow.reference)
            times = alert_times(case, rules) if rules is not None else promised(case)
            self._cases.append(Refolded(case, times))
        return False

    def _taken_apart(self, stream: str, birth: Event, events: list[Event]) -> str:
        """The area of what is no case; "" for all else. Only enterprises share rows with cases."""
        connection, now_ms = self._connection, self._now_ms
        if self._queue(stream, birth, events):
            return "queue"
        if hub_rows.refresh(connection, stream, events):
            return "hub"
        if device_rows.refresh(connection, stream, events):
            self._uow.events.homes.forget()
            return "devices"
        if enterprise_records.is_birth(birth):
            self.end()
            enterprise_records.refresh(connection, self._uow.events, stream, events, now_ms)
            return "enterprises"
        if rating_rows.refresh(connection, stream, events, now_ms):
            return "ratings"
        return "supervision" if problem_rows.refresh(connection, stream, events, now_ms) else ""

    def end(self) -> None:
        """Write the cases that were gathered."""
        batch, self._cases = self._cases, []
        if not batch:
            return
        connection, cases = self._connection, [one.case for one in batch]
        fresh = case_refresh.refresh(connection, batch, self._now_ms, born=self._born)
        assignment_rows.refresh(connection, batch, fresh)
        supervision_rows.refresh(connection, cases, fresh)
        self._remember_sensitive(batch)
        enterprise_rows.refresh(connection, cases, fresh)
        if callback_rows.refresh(connection, cases, born=self._born):
            self._uow.changed.note("callbacks")
        for case in cases:
            self._uow.changed.note("cases", case.id)

    def _remember_sensitive(self, batch: Sequence[Refolded]) -> None:
        sensitive = [one.case for one in batch if one.case.sensitive and one.case.is_open]
        if not sensitive:
            return
        rules, now_ms = rules_in_force(self._uow.reference), self._now_ms
        show_at = shown_from(office_of(rules), now_ms) if rules is not None else now_ms
        for case in sensitive:
            reminder_rows.remember_sensitive(self._connection, case, now_ms, show_at)
        self._uow.changed.note("supervision")

    def _erase(self, told: Erasure, events: Sequence[Event]) -> None:
        self.end()
        connection, uow, now_ms = self._connection, self._uow, self._now_ms
        erasing.note(connection, events, now_ms)
        if erasing.is_done(connection, told):
            return
        enterprises = erasing.enterprises_of(connection, told.touched)
        erasing.erase(connection, told, now_ms)
        uow.refold(told.touched, now_ms)
        for key in sorted(enterprises):
            erased_enterprises.renew(connection, uow.events, key, now_ms)
        uow.changed.note("erasure")

    def _queue(self, stream: str, birth: Event, events: Sequence[Event]) -> bool:
        if birth.kind == ticket_fold.BIRTH:
            self._uow.ticket_streams.renew(stream, events)
            return True
        if birth.kind != hall_fold.BIRTH:
            return False
        hall = hall_fold.fold_hall(events)
        if hall is not None:
            hall_rows.refresh(self._connection, hall, birth.site)
        return True
