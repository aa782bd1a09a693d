"""Old closed cases leave the windows and are fetched again; counts, chains and what nobody else has stay."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db.chain_check import broken
from db.retention import retiring
from db.schema import case_row, event, event_private
from domain.errors import AppError
from server.syncing.cases import case_for
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.documents import publish_own
from services.printing import record_print
from services.retention import case_at_centre, keep_fetched, retire_all
from services.supervision.figures import centre_figures
from sync.engine import downward
from sync.old_cases import Parts, ask
from sync.transport_errors import LinkDown
from tests.fixed import FixedClock, form
from tests.sync.world import Node, over_the_wire

SECRET = "鱻麤灥秘语"


class Desk:
    """A window below a centre with one case that was closed, one that is open, and the line between the two nodes."""

    def __init__(self, folder: Path, clock: FixedClock) -> None:
        self.clock = clock
        self.centre = Node(folder / "centre", clock).serve()
        self.window = Node(folder / "window", clock)
        self.centre.enrol(self.window)
        self.closed = self.window.call(accept_case, form(text=f"{SECRET}一")).id
        self.open = self.window.call(accept_case, form(text=f"{SECRET}二")).id
        self.window.call(record_print, self.closed, "case_slip", "a5")
        self.window.call(answer_case, self.closed, "已答复")

    def sync(self) -> None:
        self.window.sync(self.centre)
        while self.centre.call(downward.fold):
            pass

    def text(self, case: str) -> str:
        return str(self.window.call(show_case, case).text)

    def private(self, case: str) -> int:
        query = sa.select(event.c.id).join(event_private, event_private.c.event == event.c.id)
        return len(self.window.rows(query.where(event.c.stream == case)))

    def retired(self, *, days: float = 25 * 30.5) -> int:
        self.clock.move(days=days)
        return int(self.window.station.run_aside(retire_all))

    def post(self, path: str, message: Any, answer: type[Any]) -> Any:
        assert path == "/v1/case"
        site = self.window.call(lambda uow, *_: uow.events.node.site)
        found = self.centre.call(case_for, site, over_the_wire(message).key)
        return over_the_wire(found)


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.window.close()
    made.centre.close()


def test_an_old_closed_case_goes_and_its_figures_stay(desk: Desk) -> None:
    desk.sync()
    desk.clock.move(days=25 * 31)
    before = desk.window.call(centre_figures, "2026-11-01", "2026-11-30")
    assert desk.retired(days=0) == 1
    assert (desk.private(desk.closed), desk.text(desk.closed)) == (0, "")
    assert desk.window.call(lambda uow, *_: [row.id for row in uow.cases.search(SECRET)]) == [desk.open]
    assert desk.window.call(lambda uow, *_: uow.prints.of(desk.closed)) == []
    assert desk.window.call(centre_figures, "2026-11-01", "2026-11-30") == before
    assert desk.window.call(lambda uow, *_: list(broken(uow.connection))) == []
    assert desk.text(desk.open)
    assert desk.centre.call(show_case, desk.closed).text
    assert desk.retired(days=1) == 0


def test_nothing_goes_before_its_time(desk: Desk) -> None:
    desk.sync()
    assert desk.retired(days=23 * 30) == 0
    assert desk.text(desk.closed)


def test_the_site_may_keep_it_shorter(desk: Desk) -> None:
    desk.sync()

    def shorter(uow: Any, clock: Any, _: Any) -> None:
        publish_own(uow, "site", {**uow.reference.get("site"), "retention_months": 6}, clock.now_ms())

    desk.window.call(shorter)
    assert desk.retired(days=7 * 31) == 1


def test_what_the_centre_has_not_confirmed_stays(desk: Desk) -> None:
    assert desk.retired() == 0
    desk.sync()
    assert desk.retired(days=1) == 1


def test_without_the_look_at_the_centre_it_would_be_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        retiring, "waiting_streams", lambda connection: sa.select(event.c.stream).where(sa.false())
    )
    assert desk.retired() == 1


def test_a_station_alone_and_a_node_that_serves_keep_everything(desk: Desk, tmp_path: Path) -> None:
    desk.sync()
    desk.clock.move(days=2000)
    assert desk.centre.station.run_aside(retire_all) == 0
    lone = Node(tmp_path / "lone", desk.clock)
    case = lone.call(accept_case, form()).id
    lone.call(answer_case, case, "已答复")
    desk.clock.move(days=2000)
    assert lone.station.run_aside(retire_all) == 0
    lone.close()


def fetched(desk: Desk) -> Parts:
    assert desk.window.call(case_at_centre, desk.closed) == desk.closed
    return ask(desk, desk.closed)


def test_it_is_fetched_for_reading_and_goes_again(desk: Desk) -> None:
    desk.sync()
    desk.retired()
    desk.window.call(keep_fetched, desk.closed, fetched(desk))
    assert desk.text(desk.closed) == f"{SECRET}一"
    assert desk.window.call(case_at_centre, desk.closed) == ""
    assert desk.window.call(lambda uow, *_: list(broken(uow.connection))) == []
    assert desk.retired(days=29) == 0
    assert desk.retired(days=2) == 1
    assert desk.text(desk.closed) == ""


def test_parts_that_do_not_fit_are_not_taken(desk: Desk) -> None:
    desk.sync()
    desk.retired()
    forged = {one: (salt, private + b" ") for one, (salt, private) in fetched(desk).items()}
    with pytest.raises(AppError) as caught:
        desk.window.call(keep_fetched, desk.closed, forged)
    assert caught.value.code == "retention.unfit"
    assert desk.private(desk.closed) == 0
    assert desk.window.call(case_at_centre, desk.closed) == desk.closed


def test_without_a_line_a_sentence_says_where_it_lies(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.sync()
    desk.retired()

    def down(*_: Any) -> Any:
        raise LinkDown("refused")

    monkeypatch.setattr(desk, "post", down)
    with pytest.raises(AppError) as caught:
        ask(desk, desk.closed)
    assert caught.value.code == "retention.offline"


def test_a_site_that_does_not_see_the_case_is_not_told_of_it(desk: Desk) -> None:
    desk.sync()
    (number,) = desk.centre.rows(sa.select(case_row.c.number).where(case_row.c.id == desk.closed))
    site = desk.window.call(lambda uow, *_: uow.events.node.site)
    assert desk.centre.call(case_for, site, number.number).case == desk.closed
    assert desk.centre.call(case_for, "elsewhere", number.number) is None
    assert desk.centre.call(case_for, site, "HZ000000XX00000") is None
