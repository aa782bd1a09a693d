"""The demonstration centre's made-up enterprises and cases, and the headless demonstration of the main job."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import resources
from db.unit_of_work import UnitOfWork
from domain.cases.intake import IntakeForm, read_form
from domain.clock import Clock
from domain.staff import Actor
from services.cases import accept_case
from services.demo_loop import MINUTE_MS, fill_demo_loop
from services.demo_time import PastClock
from services.printing import mark_printed, record_print, render_document
from services.rulebook import rulebook
from services.station import Station

BETWEEN_MS = 9 * MINUTE_MS
"""From one of today's made-up cases to the next."""


@dataclass(frozen=True, slots=True)
class Made:
    """One paper that the demonstration made."""

    number: str
    kind: str
    paper: str
    size: str
    file: Path


def demo_forms(name: str = "cases") -> list[IntakeForm]:
    """The made-up intakes of ``resources/demo/<name>.json``."""
    document: list[dict[str, Any]] = json.loads(resources.path(f"demo/{name}.json").read_text("utf-8"))
    return [read_form(entry) for entry in document]


def fill_demo(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Let the demonstration centre's weeks pass and accept today's cases, so that its lists are not empty; how many."""
    earlier = fill_demo_loop(uow, clock, actor)
    forms, now_ms = demo_forms(), clock.now_ms()
    local = rulebook(uow).rules.hours.local(now_ms)
    # Soon after midnight they come faster, so that all of them are today's.
    gap_ms = min(BETWEEN_MS, (local.hour * 60 + local.minute) * MINUTE_MS // len(forms))
    for place, form in enumerate(forms):
        accept_case(uow, PastClock(now_ms - (len(forms) - 1 - place) * gap_ms), actor, form)
    return earlier + len(forms)


def fill_demo_once(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """``fill_demo`` for a demonstration centre that holds no case yet; any other station is left alone."""
    if not rulebook(uow).site.demo or uow.cases.count():
        return 0
    return fill_demo(uow, clock, actor)


def run_demo(station: Station, out: Path) -> list[Made]:
    """The main job without a screen: accept three kinds of cases, one a package, and print every slip to ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    made: list[Made] = []
    for form in demo_forms("tour"):
        accepted = station.call(accept_case, form)
        kind = form.kind.value if form.kind else ""
        papers = ["case_slip", *(["one_time_notice"] if form.missing else [])]
        made += [
            _print(station, accepted.number, kind, paper, size, out)
            for paper in papers
            for size in ("a5", "80mm")
        ]
    return made


def _print(station: Station, number: str, kind: str, paper: str, size: str, out: Path) -> Made:
    job = station.call(record_print, number, paper, size)
    data = render_document(job.document, size).data
    file = out / f"{number}-{paper}-{size}.pdf"
    file.write_bytes(data)
    station.call(mark_printed, job.id)
    return Made(number, kind, paper, size, file)
