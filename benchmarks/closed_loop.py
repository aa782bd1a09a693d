"""The closed loop in a year of 60,000 cases: lists, supervision, problem lists, a day's reminders, figures."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.big_store import SEED, private_copy
from benchmarks.measuring import Measured, Settings, in_turn, timed
from benchmarks.year_of_a_centre import CASES, HOUR_MS, NOW_MS, YearClock, year_store
from db.rows import case_rows, supervision_rows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.deadlines.case_clock import alert_times
from domain.staff import Actor, Role
from services.back_office.queues import count_queues, read_queue
from services.case_lists import count_lists, read_list
from services.problem_lists import ProblemFilter, count_problems, read_problems
from services.rulebook import rulebook
from services.station import Station, open_station, reads
from services.supervision.figures import centre_figures
from services.supervision.lists import SupervisionFilter, read_supervision
from services.supervision.reminders import reminders_for, run_reminders

PAGE = 50
LIST_MS = 100
RUN_MS = 2_000
EVERY_MS = 5 * 60_000
"""How often the window looks for reminders."""
DAYS_AHEAD = (1, 2, 5, 6, 7)
"""From the Wednesday on which the year ends: the next five working days."""
SAMPLE = 300
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
BOARD = "policy"


def closed_loop(settings: Settings) -> list[Measured]:
    """Every list within 100 ms, every day's runs of reminders within 2 s."""
    clock = YearClock()
    with _opened(settings, clock) as station:
        station.call(_hold_against_events)
        works = _lists(station)
        taken = in_turn(settings.rounds(40), *works.values())
        lists = [Measured(name, times, bar_ms=LIST_MS) for name, times in zip(works, taken, strict=True)]
        first = timed(lambda: station.call(run_reminders))
        days = [_day_of_runs(station, clock, day) for day in DAYS_AHEAD[: settings.rounds(len(DAYS_AHEAD))]]
        told = [timed(lambda: station.call(reminders_for, as_actor=SUPERVISOR)) for _ in range(10)]
        year = [timed(lambda: station.call(centre_figures, "2025-11-18", "2026-11-18")) for _ in range(3)]
    return [
        *lists,
        Measured("reminders: the first run of all, nothing made before", [first], bar_ms=RUN_MS),
        Measured("reminders: a whole day, a run every 5 minutes", days, bar_ms=RUN_MS),
        Measured("reminders of the supervisor", told, bar_ms=LIST_MS),
        Measured("figures of the whole year", year),
    ]


@reads
def _supervision_counts(uow: UnitOfWork, clock: Clock, actor: Actor) -> dict[str, int]:
    return uow.supervision.counts(SupervisionFilter(), clock.now_ms())


@contextmanager
def _opened(settings: Settings, clock: YearClock) -> Iterator[Station]:
    home = private_copy(year_store(settings.cache, CASES), settings.scratch)
    station = open_station(home, clock=clock)
    try:
        yield station
    finally:
        station.close()


def _lists(station: Station) -> dict[str, Callable[[], object]]:
    def ask(service: Any, *args: Any, **how: Any) -> Callable[[], object]:
        return lambda: station.call(service, *args, as_actor=SUPERVISOR, **how)

    page = {"limit": PAGE}
    return {
        f"supervision list, first {PAGE}": ask(read_supervision, "all", **page),
        f"supervision list of red cards, first {PAGE}": ask(read_supervision, "red", **page),
        "supervision list of one board": ask(
            read_supervision, "overdue", SupervisionFilter(board=BOARD), **page
        ),
        "supervision list, words of the matter": ask(
            read_supervision, "all", SupervisionFilter(text="补贴"), **page
        ),
        "counts of all supervision lists": ask(_supervision_counts),
        "counts of all case lists": ask(count_lists),
        "case list amber": ask(read_list, "amber", **page),
        "case list overdue, by due time": ask(
            read_list, "overdue", sort="due", descending=False, **page
        ),
        "queue of a board": ask(read_queue, "all", board=BOARD, **page),
        "counts of a board's queues": ask(count_queues, BOARD),
        "problem list 块, open": ask(read_problems, ProblemFilter(scope="block"), **page),
        "problem list 点, every state": ask(read_problems, ProblemFilter(scope="point", state=None), **page),
        "problem list by words, every state": ask(
            read_problems, ProblemFilter(state=None, text="补贴"), **page
        ),
        "problem list by tag": ask(read_problems, ProblemFilter(tag="专精特新"), **page),
        "problem list of a board older than 3 days": ask(
            read_problems, ProblemFilter(board=BOARD, age_days=3), **page
        ),
        "counts of the three problem lists": ask(count_problems),
    }  # fmt: skip


def _day_of_runs(station: Station, clock: YearClock, ahead: int) -> float:
    """Milliseconds of all runs from 8:00 to 18:00 on one day after the year's end."""
    begin = NOW_MS + (24 * ahead - 2) * HOUR_MS
    total = 0.0
    for at_ms in range(begin, begin + 10 * HOUR_MS, EVERY_MS):
        clock.at_ms = at_ms
        total += timed(lambda: station.call(run_reminders))
    return total


def _hold_against_events(uow: UnitOfWork, clock: Clock, actor: Actor) -> None:
    """Rows that were written in bulk are what folding their events gives, in a sample."""
    chance, rules = random.Random(SEED), rulebook(uow).rules
    rows = uow.cases.rows(limit=CASES)
    assert len(rows) == CASES
    for row in chance.sample(rows, SAMPLE):
        case = uow.case(row.id)
        times = alert_times(case, rules)
        assert case_rows.agrees(uow.connection, case), row.number
        assert supervision_rows.agrees(uow.connection, case), row.number
        assert (row.due_at, row.amber_at, row.red_at) == (times.due_ms, times.amber_ms, times.red_ms)
