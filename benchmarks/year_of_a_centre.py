"""A simulated year of a county centre: 60,000 cases that live as cases do, written as events with their rows.

Most are answered at once; the others go to a board or two that sign, ask, pause, extend, return, answer, now and then
too late. What would have happened after the year's end has not: these cases are open.
"""

import random
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks import made_up
from benchmarks.big_store import SEED, schema_mark
from db.log.event_log import EventLog
from db.node import advance_node
from db.rows import assignment_rows, case_rows, supervision_rows
from db.rows.enterprise_rows import enterprise_id
from db.schema import assignment_row, case_row, enterprise, event, event_private
from db.schema.supervision import supervision_row
from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.decide import Acceptance, due_document
from domain.cases.fold import fold_case
from domain.cases.model import (
    Applicant,
    ApplicantKind,
    Case,
    CaseKind,
    Channel,
    Contact,
    Due,
    Limit,
    LimitClass,
    Scope,
)
from domain.cases.numbers import CaseNumber
from domain.clock import Clock
from domain.deadlines.case_clock import alert_times, new_due, office_of
from domain.deadlines.office import Office
from domain.deadlines.rules import Rules
from domain.events.clock import tick
from domain.events.event import Event, NewEvent, body_of, next_hash
from domain.staff import Actor
from services.rulebook import rulebook
from services.setup import init_station
from services.station import Station, open_station

FORMAT = 1
CASES = 60_000
FIRST = date(2025, 11, 18)
LAST = date(2026, 11, 18)
NOW_MS = 1_794_967_200_000
"""Wednesday, 18 November 2026, 10:00 at the site: the year ends here."""
HOUR_MS = 3_600_000
CHUNK = 20_000
TAGS = ("专精特新", "高新技术", "外贸", "规上", "初创")
BOARDS = [board for board in made_up.BOARDS if board != "intake"]
Step = tuple[int, str, NewEvent]
"""(when, who, what)."""


class YearClock:
    """Stands at the year's end until it is told to move."""

    def __init__(self, at_ms: int = NOW_MS) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        """The moment."""
        return self.at_ms


def year_store(cache: Path, cases: int = CASES) -> Path:
    """The home of a centre with a year behind it, made when the cache has none."""
    home = cache / f"year-{FORMAT}-{schema_mark()}-{cases}"
    if (home / "whole").exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    started = time.perf_counter()
    clock = YearClock(NOW_MS - 400 * 24 * HOUR_MS)
    init_station(home, demo=True, clock=clock)
    station = open_station(home, clock=clock)
    try:
        _fill(station, cases)
    finally:
        station.close()
    (home / "whole").touch()
    sys.stderr.write(f"a year of {cases:,} cases made in {time.perf_counter() - started:.0f} s\n")
    return home


def _fill(station: Station, cases: int) -> None:
    chance = random.Random(SEED)
    rules = station.call(lambda uow, clock, actor: rulebook(uow).rules)
    people = [made_up.enterprise(chance) for _ in range(max(1, cases // 8))]
    lives = [_life(chance, rules, chance.choice(people)) for _ in range(cases)]
    lives.sort(key=lambda life: life[0][0])
    order = sorted((step[0], at, place) for at, life in enumerate(lives) for place, step in enumerate(life))
    pen = _Pen(lives)
    for start in range(0, len(order), CHUNK):
        station.call(pen.write, order[start : start + CHUNK], rules)
    station.call(_add_enterprises, people, chance)


def _life(chance: random.Random, rules: Rules, who: made_up.MadeUpEnterprise) -> list[Step]:
    """The steps of one case as far as they have happened by the year's end."""
    office = office_of(rules)
    at = _moment(chance, office)
    limit = Limit(
        chance.choices((LimitClass.SIMPLE, LimitClass.STANDARD, LimitClass.HARD), (35, 50, 15))[0],
        None,
        "provincial",
    )
    due = new_due(at, limit, rules, 1)
    boards = tuple(chance.sample(BOARDS, k=chance.choice((1, 1, 1, 1, 2))))
    steps: list[Step] = [(at, "clerk", decide.accept(_acceptance(chance, who, limit, due, boards)))]
    if chance.random() < 0.45:
        steps.append((at + 240_000, "clerk", NewEvent("case_answered", {}, {"answer": "已当面答复。"})))
    else:
        steps += _work(chance, office, at, due, boards)
    return [step for step in steps if step[0] < NOW_MS]


def _moment(chance: random.Random, office: Office) -> int:
    """Some moment of a working day; now and then an evening, for what comes in on line."""
    day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))
    if not office.works(day):
        day = office.previous_working(day)
    opening = office.opening(day)
    evening = office.hours.instant(day, 20 * 60 + chance.randrange(120))
    if chance.random() < 0.04 and evening < NOW_MS:
        return evening
    start, end = chance.choice(opening)
    at = office.hours.instant(day, chance.randrange(start, end)) + chance.randrange(60_000)
    return at if at < NOW_MS else NOW_MS - 1 - chance.randrange(HOUR_MS)


def _acceptance(
    chance: random.Random, who: made_up.MadeUpEnterprise, limit: Limit, due: Due, boards: tuple[str, ...]
) -> Acceptance:
    kind = chance.choice((CaseKind.REQUEST, CaseKind.REQUEST, CaseKind.CONSULTATION, CaseKind.SUGGESTION))
    return Acceptance(
        number="",
        kind=kind,
        channel=chance.choice(tuple(Channel)),
        scope=chance.choices(tuple(Scope), (85, 10, 5))[0],
        limit=limit,
        due=due,
        applicant=Applicant(who.name, who.uscc, ApplicantKind.ENTERPRISE),
        contact=Contact(who.person, who.phone),
        text=made_up.matter(chance),
        boards=boards,
        in_pool=kind is not CaseKind.CONSULTATION and chance.random() < 0.6,
        sensitive=chance.random() < 0.01,
        versions=(("boards", 1), ("catalog", 1), ("packages", 1)),
        chosen=chance.random() < 0.3,
    )


def _work(
    chance: random.Random, office: Office, at: int, due: Due, boards: tuple[str, ...]
) -> Iterator[Step]:
    """What the boards do; ``at`` goes on by opening time."""
    lead = boards[0]

    def later(hours: float) -> int:
        return office.after_open(at, int(hours * HOUR_MS) + 1)

    at = later(chance.uniform(0.2, 3))
    if chance.random() < 0.05:
        yield at, lead, NewEvent("assignment_returned", {"board": lead, "reason": "not_ours"})
        at = later(chance.uniform(0.2, 2))
        yield at, "clerk", NewEvent("case_assigned", {"boards": list(boards)})
        at = later(0.5)
    yield at, lead, NewEvent("assignment_received", {"board": lead})
    yield at + 1, lead, NewEvent("assignment_taken", {"board": lead, "handler": lead})
    if chance.random() < 0.004:
        return  # forgotten: it goes red and stays so
    left = max(HOUR_MS, office.open_between(at, due.at)) / HOUR_MS
    if chance.random() < 0.04:
        at = later(chance.uniform(0.1, 0.5) * left)
        yield at, lead, NewEvent("case_suspended", {}, {"reason": "等待上级批复", "evidence": "受理函"})
        at = later(chance.uniform(4, 120))
        yield at, lead, NewEvent("case_resumed", {})
        left /= 2
    elif chance.random() < 0.03:
        at = later(chance.uniform(0.2, 0.8) * left)
        until = Due(office.closing(office.next_working(office.day_of(due.at + 5 * 24 * HOUR_MS))), False, 1)
        yield at, lead, NewEvent("extension_requested", {"until": until.at}, {"reason": "需现场核查"})
        at = later(1)
        granted = {"granted": True, "due": due_document(until)}
        yield at, "supervisor", NewEvent("extension_decided", granted)
        left += 30
    # Nine in ten come in time; the others are late by hours or days.
    share = chance.betavariate(2, 2.6) if chance.random() < 0.93 else chance.uniform(1, 3)
    at = later(share * left)
    for board in boards:
        yield at, board, NewEvent("assignment_answered", {"board": board}, {"answer": "已按规定办理。"})
        at = later(chance.uniform(0.05, 0.3))
    yield at, lead, NewEvent("case_resolved", {}, {"answer": "已按规定办理。"})
    at = later(chance.uniform(0.1, 4))
    yield at, "clerk", NewEvent("case_fed_back", {"how": "phone"})


class _Pen:
    """Writes steps as the log does, in the order of the year, and the rows of a case after its last step."""

    def __init__(self, lives: list[list[Step]]) -> None:
        self._lives = lives
        self._streams: dict[int, list[Event]] = {}
        self._hlc = 0

    def write(
        self, uow: UnitOfWork, clock: Clock, actor: Actor, order: list[tuple[int, int, int]], rules: Rules
    ) -> None:
        log, node = uow.events, uow.events.node
        seq, head = node.seq, node.head
        events: list[dict[str, Any]] = []
        private: list[dict[str, Any]] = []
        done: list[tuple[int, Case]] = []
        for at_ms, at, place in order:
            _, who, new = self._lives[at][place]
            seq, self._hlc = seq + 1, tick(self._hlc, at_ms)
            one, secret = self._compose(log, at, at_ms, who, new, seq)
            body = body_of(one)
            head = next_hash(head, body)
            events.append(log.row_of(one, body, head))
            if secret is not None:
                private.append({"event": one.id, "salt": secret[0], "body": secret[1]})
            if place == len(self._lives[at]) - 1:
                done.append((at, self._folded(at)))
        uow.connection.execute(sa.insert(event), events)
        uow.connection.execute(sa.insert(event_private), private)
        _add_rows(uow, done, rules)
        advance_node(uow.connection, seq, head, self._hlc)
        uow.events.forget_node()
        assert uow.events.is_opened
        uow.events.written += len(events)

    def _compose(
        self, log: EventLog, at: int, at_ms: int, who: str, new: NewEvent, seq: int
    ) -> tuple[Event, tuple[bytes, bytes] | None]:
        stream = self._streams.setdefault(at, [])
        if not stream:
            day = time.strftime("%y%m%d", time.gmtime(at_ms / 1000 + 8 * 3600))
            number = CaseNumber("YX", day, log.last_node.letters, 1 + at % 9_999).text
            new = NewEvent(new.kind, {**new.payload, "number": number}, new.private)
        one_id = log.new_id(at_ms)
        name = stream[0].id if stream else one_id
        one, secret = log.compose(new, one_id, name, seq, self._hlc, who, log.last_node)
        stream.append(one)
        return one, secret

    def _folded(self, at: int) -> Case:
        case = fold_case(self._streams.pop(at))
        assert case is not None
        assert case.unfit == (), (case.unfit, [entry.kind for entry in case.timeline])
        return case


def _add_rows(uow: UnitOfWork, done: list[tuple[int, Case]], rules: Rules) -> None:
    connection = uow.connection
    rows, shares, open_ = [], [], []
    for at, case in done:
        times = alert_times(case, rules)
        instants = {"due_at": times.due_ms, "amber_at": times.amber_ms, "red_at": times.red_ms}
        rows.append({"rowid_": at + 1, **case_rows.values_of(case), **instants})
        shares += assignment_rows.values_of(case, times)
        if case.is_open:
            open_.append(supervision_rows.values_of(case))
    connection.execute(sa.insert(case_row), rows)
    connection.execute(
        sa.text("INSERT INTO case_fts(rowid, tokens) VALUES (:rowid, :tokens)"),
        [{"rowid": at + 1, "tokens": case_rows.tokens_of(case)} for at, case in done],
    )
    connection.execute(sa.insert(assignment_row), shares)
    if open_:
        connection.execute(sa.insert(supervision_row), open_)


def _add_enterprises(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    people: list[made_up.MadeUpEnterprise],
    chance: random.Random,
) -> None:
    rows = {
        enterprise_id(who.uscc, who.name): {
            "id": enterprise_id(who.uscc, who.name),
            "uscc": who.uscc,
            "name": who.name,
            "kind": ApplicantKind.ENTERPRISE.value,
            "cases": 8,
            "last_at": NOW_MS,
            "tags": "\n".join(chance.sample(TAGS, k=chance.choice((0, 1, 1, 2)))),
        }
        for who in people
    }
    uow.connection.execute(sa.insert(enterprise), list(rows.values()))
