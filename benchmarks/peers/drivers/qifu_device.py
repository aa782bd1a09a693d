"""A desk as a device: ``qifu_device.py FOLDER URL``, commands as lines of JSON on stdin."""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.schema import event
from db.unit_of_work import UnitOfWork
from domain.cases.decide import Acceptance, accept
from domain.cases.model import Applicant, CaseKind, Channel, Contact, Due, Limit, LimitClass, Scope
from domain.clock import Clock
from domain.events.event import NewEvent
from domain.staff import Actor
from services.clock import SystemClock
from services.enrolling import enrol_home
from services.station import Station, open_station
from sync.engine.synchronise import synchronise
from sync.enrolment import Enrolment, invitation_of

CHUNK = 500


def write(uow: UnitOfWork, clock: Clock, actor: Actor, cases: list[dict[str, Any]]) -> None:
    """Cases as events; one whose id is known is written on with what has changed."""
    for case in cases:
        known = uow.events.exists(case["id"])
        new = changed(case) if known else accepted(case)
        uow.events.append(
            case["id"] if known else None,
            [new],
            actor=actor.id,
            now_ms=case["accepted_ms"],
            first_id=None if known else case["id"],
        )


def accepted(case: dict[str, Any]) -> NewEvent:
    """The very event that accepting the case at a window makes."""
    limit = Limit(LimitClass.STANDARD)
    scope = case["scope"] if case["scope"] in set(Scope) else Scope.POINT
    return accept(
        Acceptance(
            number=case["number"],
            kind=CaseKind.REQUEST,
            channel=Channel(case["channel"]) if case["channel"] in set(Channel) else Channel.WINDOW,
            scope=Scope(scope),
            limit=limit,
            due=Due(case["accepted_ms"] + 259_200_000, provisional=False, calendar=1),
            applicant=Applicant(case["name"], case["uscc"]),
            contact=Contact(case["person"], case["phone"]),
            text=case["text"],
            boards=tuple(case["boards"]),
            items=tuple(case["items"]),
        )
    )


def changed(case: dict[str, Any]) -> NewEvent:
    """What has changed, as a step of the case."""
    return NewEvent("case_answered", {}, {"answer": case["text"][-60:]})


class Driver:
    def __init__(self, folder: Path, url: str) -> None:
        self._home, self._url = folder / "home", url
        self._station: Station | None = None

    @property
    def station(self) -> Station:
        assert self._station is not None
        return self._station

    def join(self) -> None:
        told = subprocess.run(
            [
                sys.executable,
                "-m",
                "server.main",
                "enrol",
                "--site",
                "hz",
                "--home",
                os.environ["QIFU_BENCH_SERVER"],
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        clock = SystemClock()
        with Enrolment(invitation_of(json.loads(told.stdout)["code"], self._url), clock) as enrolment:
            enrol_home(self._home, clock, enrolment)
        self._station = open_station(self._home)
        self._sync()

    def write(self, file: str) -> None:
        lines = Path(file).read_text("utf-8").splitlines()
        for start in range(0, len(lines), CHUNK):
            self.station.call(write, [json.loads(line) for line in lines[start : start + CHUNK]])

    def push(self) -> None:
        self._sync()

    pull = sync = push

    def _sync(self) -> None:
        found = synchronise(self.station)
        if found.failure or found.waiting:
            raise RuntimeError(found.failure or f"{found.waiting} waiting")

    def count(self) -> int:
        def read(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
            return int(
                uow.connection.execute(
                    sa.select(sa.func.count()).select_from(event).where(event.c.kind == "case_accepted")
                ).scalar_one()
            )

        read.reads = True  # type: ignore[attr-defined]
        return self.station.call(read)


def main() -> None:
    driver = Driver(Path(sys.argv[1]), sys.argv[2])
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"answer": getattr(driver, asked.pop("do"))(**asked)}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
