"""Stores of many cases, made fast: the same events, read models and index as accepting writes, in large transactions.

A store is kept in the cache folder under its size and used again; what changes a store works on ``private_copy``.
"""

import random
import shutil
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks import made_up
from db.log.event_log import EventLog
from db.node import advance_node
from db.rows import case_rows
from db.rows.enterprise_rows import enterprise_id
from db.rows.tokens import joined, name_tokens, text_tokens
from db.schema import case_row, enterprise, event, event_private
from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.decide import Acceptance
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
from domain.events.clock import tick
from domain.events.event import Event, NewEvent, body_of, next_hash
from domain.staff import Actor
from services.setup import init_station
from services.station import Station, open_station

FORMAT = 2
"""Raised when what is made changes; the schema and the cutting of tokens are told apart by themselves."""
CHUNK = 10_000
SPAN_MS = 900 * 86_400_000
OPEN_SPAN_MS = 20 * 86_400_000
CASES_PER_ENTERPRISE = 8
SEED = 20_261_122


def big_store(cache: Path, cases: int) -> Path:
    """The home of a demonstration centre with ``cases`` cases, made when the cache has none."""
    home = cache / f"store-{FORMAT}-{schema_mark()}-{cases}"
    if (home / "whole").exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    started = time.perf_counter()
    init_station(home, demo=True)
    station = open_station(home)
    try:
        _fill(station, cases)
    finally:
        station.close()
    (home / "whole").touch()
    sys.stderr.write(f"{cases:,} cases made in {time.perf_counter() - started:.0f} s\n")
    return home


def schema_mark() -> str:
    """Eight letters that change with the tables and with how tokens are cut."""
    root = Path(__file__).resolve().parent.parent
    files = [
        root / "db" / "rows" / "tokens.py",
        *sorted((root / "db" / "migrations" / "versions").glob("*.py")),
    ]
    return f"{zlib.crc32(b''.join(file.read_bytes() for file in files)):08x}"


def private_copy(home: Path, folder: Path) -> Path:
    """A copy of ``home`` that may be written to. Its witness is the original's: numbers are used twice, on purpose."""
    return Path(shutil.copytree(home, folder / "home", dirs_exist_ok=True))


def _fill(station: Station, cases: int) -> None:
    chance = random.Random(SEED)
    people = [made_up.enterprise(chance) for _ in range(max(1, cases // CASES_PER_ENTERPRISE))]
    known: dict[str, dict[str, Any]] = {}
    for done in range(0, cases, CHUNK):
        station.call(_add, chance, people, known, done, min(done + CHUNK, cases), cases)
    rows = list(known.values())
    for start in range(0, len(rows), CHUNK):
        station.call(_add_enterprises, rows[start : start + CHUNK])


def _add(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    chance: random.Random,
    people: list[made_up.MadeUpEnterprise],
    known: dict[str, dict[str, Any]],
    first: int,
    last: int,
    total: int,
) -> None:
    batch = _Batch(uow.events, first)
    now_ms = clock.now_ms()
    for at in range(first, last):
        at_ms = now_ms - SPAN_MS + SPAN_MS * (at + 1) // total
        who = people[int(len(people) * chance.random() ** 1.5)]
        batch.accept(_acceptance(chance, who, uow.events.node.letters, at, at_ms), actor, at_ms)
        if at_ms < now_ms - OPEN_SPAN_MS or chance.random() < 0.6:
            batch.answer(actor, at_ms)
        _remember(known, batch.fold())
    batch.write(uow)


def _acceptance(
    chance: random.Random, who: made_up.MadeUpEnterprise, letters: str, at: int, at_ms: int
) -> Acceptance:
    day = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%y%m%d")
    return Acceptance(
        number=CaseNumber("YX", day, letters, 1 + at % 9_999).text,
        kind=chance.choice((CaseKind.REQUEST, CaseKind.REQUEST, CaseKind.CONSULTATION, CaseKind.COMPLAINT)),
        channel=chance.choice(tuple(Channel)),
        scope=Scope.POINT,
        limit=Limit(LimitClass.STANDARD, None, "provincial"),
        due=Due(at_ms + 3 * 86_400_000, False, 1),
        applicant=Applicant(who.name, who.uscc, ApplicantKind.ENTERPRISE),
        contact=Contact(who.person, who.phone),
        text=made_up.matter(chance),
        boards=tuple(chance.sample(made_up.BOARDS, k=chance.choice((1, 1, 1, 2)))),
        in_pool=chance.random() < 0.5,
        versions=(("boards", 1), ("catalog", 1), ("packages", 1)),
        chosen=chance.random() < 0.3,
    )


class _Batch:
    """Composes events as the log does, and writes them and their rows with few statements."""

    def __init__(self, log: EventLog, first: int) -> None:
        self._log, self._first = log, first
        self._node = log.node
        self._seq, self._head = self._node.seq, self._node.head
        # The first cases are older than the station that is to hold them.
        self._hlc = self._node.hlc if first else 0
        self._stream: list[Event] = []
        self._events: list[dict[str, Any]] = []
        self._private: list[dict[str, Any]] = []
        self._cases: list[Case] = []

    def accept(self, acceptance: Acceptance, actor: Actor, at_ms: int) -> None:
        self._stream = []
        self._take(decide.accept(acceptance), actor, at_ms)

    def answer(self, actor: Actor, at_ms: int) -> None:
        self._take(NewEvent("case_answered", {}, {"answer": "已当面答复。"}), actor, at_ms)

    def fold(self) -> Case:
        case = fold_case(self._stream)
        assert case is not None
        self._cases.append(case)
        return case

    def _take(self, new: NewEvent, actor: Actor, at_ms: int) -> None:
        self._seq, self._hlc = self._seq + 1, tick(self._hlc, at_ms)
        one_id = self._log.new_id(at_ms)
        stream = self._stream[0].id if self._stream else one_id
        one, private = self._log.compose(new, one_id, stream, self._seq, self._hlc, actor.id, self._node)
        body = body_of(one)
        self._head = next_hash(self._head, body)
        self._stream.append(one)
        self._events.append(self._log.row_of(one, body, self._head))
        if private is not None:
            self._private.append({"event": one.id, "salt": private[0], "body": private[1]})

    def write(self, uow: UnitOfWork) -> None:
        connection, first = uow.connection, self._first
        connection.execute(sa.insert(event), self._events)
        connection.execute(sa.insert(event_private), self._private)
        rows = [case_rows.values_of(case) for case in self._cases]
        connection.execute(
            sa.insert(case_row), [{"rowid_": first + i + 1, **row} for i, row in enumerate(rows)]
        )
        connection.execute(
            sa.text("INSERT INTO case_fts(rowid, tokens) VALUES (:rowid, :tokens)"),
            [
                {"rowid": first + i + 1, "tokens": case_rows.tokens_of(case)}
                for i, case in enumerate(self._cases)
            ],
        )
        advance_node(connection, self._seq, self._head, self._hlc)
        uow.events.forget_node()
        assert uow.events.is_opened
        uow.events.written += len(self._events)
        uow.counters.set(f"case:{self._node.letters}", 1 + (first + len(rows) - 1) % 9_999, "000000")


def _remember(known: dict[str, dict[str, Any]], case: Case) -> None:
    key = enterprise_id(case.applicant.uscc, case.applicant.name)
    row = known.setdefault(
        key,
        {
            "id": key,
            "uscc": case.applicant.uscc,
            "name": case.applicant.name,
            "kind": case.applicant.kind.value,
            "contact_name": case.contact.name,
            "contact_phone": case.contact.phone,
            "contact_capacity": case.contact.capacity.value,
            "cases": 0,
        },
    )
    row["cases"] += 1
    row["last_at"] = case.accepted_at


def _add_enterprises(uow: UnitOfWork, clock: Clock, actor: Actor, rows: list[dict[str, Any]]) -> None:
    start = int(uow.connection.execute(sa.select(sa.func.max(enterprise.c.rowid_))).scalar() or 0)
    uow.connection.execute(
        sa.insert(enterprise), [{"rowid_": start + i + 1, **row} for i, row in enumerate(rows)]
    )
    uow.connection.execute(
        sa.text("INSERT INTO enterprise_fts(rowid, tokens) VALUES (:rowid, :tokens)"),
        [
            {"rowid": start + i + 1, "tokens": joined([*name_tokens(row["name"]), *text_tokens(row["uscc"])])}
            for i, row in enumerate(rows)
        ],
    )


def sample(home: Path, count: int) -> Iterator[Any]:
    """Some rows of the store, spread over its whole age, for questions that have an answer."""
    station = open_station(home)
    try:
        yield from station.call(_sample, count)
    finally:
        station.close()


def _sample(uow: UnitOfWork, clock: Clock, actor: Actor, count: int) -> list[Any]:
    highest = uow.cases.count()
    wanted = [1 + highest * i // count for i in range(count)]
    query = sa.select(case_row).where(case_row.c.rowid_.in_(wanted))
    return list(uow.connection.execute(query))
