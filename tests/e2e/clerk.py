"""Who sits at a window that syncs, and what may be looked up at both ends."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from db.schema import case_row, ticket_row
from db.schema.asking import callback_row
from db.unit_of_work import UnitOfWork
from desktop.app import Desk
from desktop.intake.page import IntakePage
from desktop.sync.enrol_form import EnrolForm
from desktop.sync.page import SyncPage
from desktop.theme.fonts import load_fonts
from desktop.wizard.wizard import Wizard
from server.nodes import node_in
from services.station import Station, reads
from services.sync.state import Phase
from sync.engine.synchronise import read_left
from tests.e2e.above import Above, at_rest, events_of, lags, until
from tests.e2e.nursery import QIFU


class Clerk:
    """Who sits at a window that syncs."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot

    @property
    def station(self) -> Station:
        return self.desk.startup.station  # type: ignore[no-any-return]

    @property
    def link(self) -> str:
        """What the header says of the line."""
        # The whole of it, as a screen reader has it: a narrow header shows fewer words.
        return self.desk.window.frame.header._link.accessibleName().removeprefix("同步状态：")

    @property
    def is_synced(self) -> bool:
        state = self.desk.startup.sync.state
        return state is not None and state.phase is Phase.SYNCED

    def until(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(condition)

    def open(self, name: str, kind: type) -> Any:
        """One of the window's pages."""
        window = self.desk.window
        window.activateWindow()
        self.until(window.isActiveWindow)
        window.open_page(name)
        self.until(lambda: isinstance(window.frame.pages.currentWidget(), kind))
        return window.frame.pages.currentWidget()

    def type(self, name: str, matter: str) -> str:
        """Take in a case by hand; its number."""
        intake = self.open("intake", IntakePage)
        if intake.is_accepted:
            intake.next_visitor()
        self.until(lambda: intake.keeper.form_id is not None)
        intake.who.entry.editor.setText(name)
        intake.what.editor.setFocus()
        intake.what.editor.insertPlainText(matter)
        self.qtbot.keyClick(intake.what.editor, Qt.Key.Key_F9)
        self.until(lambda: intake.is_accepted)
        return str(intake.result.number.text())

    def sync_until_done(self) -> int:
        """Press 立即同步 on its page until nothing waits any more; how often."""
        page, pressed = self.open("sync", SyncPage), 0
        while True:
            with self.qtbot.waitSignal(page.runner.state_read):
                page.runner.read()
            if self.is_synced and not self.waiting:
                return pressed
            self.until(page.now.isEnabled)
            with self.qtbot.waitSignal(page.runner.run_changed):
                page.now.click()
            pressed += 1
            self.until(lambda: page.runner.run is None)

    @property
    def waiting(self) -> int:
        """What the store knows to wait, whatever is shown yet."""
        return sum(self.station.call(read_left))


@contextmanager
def seated(
    home: Path, qapp: QApplication, qtbot: QtBot, first: Callable[[Desk], None] = lambda _: None
) -> Iterator[Clerk]:
    """The desk in ``home``, open; ``first`` is what is done where no station is yet."""
    load_fonts()
    desk = Desk(qapp, home)
    crashes: list[BaseException] = []
    ready: list[bool] = []
    desk.tasks.crashed.connect(crashes.append)
    desk.startup.ready.connect(lambda: ready.append(True))
    with qtbot.waitActive(desk.window):
        desk.begin()
        desk.window.activateWindow()
    first(desk)
    qtbot.waitUntil(lambda: bool(ready))
    yield Clerk(desk, qtbot)
    desk.startup.sync.stop()  # it listens at the centre, and would not be idle for long
    qtbot.waitUntil(lambda: desk.tasks.is_idle)
    desk.window.close()
    desk.end()
    desk.window.deleteLater()
    assert crashes == []


def join_by_wizard(qtbot: QtBot, code: str, url: str, desk: Desk) -> None:
    """A new PC: code and address into the first step, Enter through the others."""
    screens = desk.window.frame.screens
    qtbot.waitUntil(lambda: isinstance(screens.currentWidget(), Wizard))
    wizard = screens.currentWidget()
    assert isinstance(wizard, Wizard)
    wizard.choose.choose_join()
    fill(wizard.choose.enrol_form, code, url)
    wizard.next_button.click()
    qtbot.waitUntil(lambda: wizard.step() == 1)
    wizard.next_button.click()
    wizard.next_button.click()


def fill(form: EnrolForm, code: str, url: str) -> None:
    """What stands on the paper that the centre gave out."""
    form.code_field.set_text(code)
    form.address_field.set_text(url)
    form.name_field.set_text("3号窗口")


@reads
def numbers_of(uow: UnitOfWork, clock: Any, actor: Any, site: str) -> list[str]:
    """Numbers of all cases of ``site``, as lists show them."""
    return list(uow.connection.execute(sa.select(case_row.c.number).where(case_row.c.site == site)).scalars())


@reads
def read_models(uow: UnitOfWork, clock: Any, actor: Any, site: str) -> dict[str, list[tuple[str, ...]]]:
    """What lists show of cases, tickets and callbacks of a site."""
    c, t, b = case_row.c, ticket_row.c, callback_row.c
    cases = sa.select(c.id, c.number, c.state).where(c.site == site)
    tickets = sa.select(t.id, t.number, t.state).where(t.site == site)
    calls = sa.select(b.case_id, b.state).join(case_row, c.id == b.case_id).where(c.site == site)
    queries = {"cases": cases, "tickets": tickets, "calls": calls}
    return {name: sorted(map(tuple, uow.connection.execute(one))) for name, one in queries.items()}


def enrolled(centre: Above, home: Path, site: str) -> Path:
    """A new desk of ``site``, in step with the centre."""
    run = centre.nursery.run
    run(
        QIFU, "enrol", "--home", home, "--json", "--url", centre.url, centre.code(site), **environment(centre)
    )
    return home


def environment(centre: Above) -> dict[str, str]:
    """Commands have this test's witness, and a line of their own."""
    return {"QIFU_WITNESS_DIR": os.environ["QIFU_WITNESS_DIR"], "QIFU_SYNC_URL": centre.url}


def qifu(centre: Above, home: Path, *arguments: str, ok: tuple[int, ...] = (0,)) -> Any:
    """A command at another desk, as its clerk types it."""
    command = [*arguments, "--home", str(home), "--json"]
    return centre.nursery.run(QIFU, *command, ok=ok, **environment(centre))


def everything_arrived_once(centre: Above, station: Station, site: str) -> None:
    """All events and what they say are at the centre, once; the logs agree."""
    with node_in(centre.home) as node:
        until(lambda: at_rest(station, node))
        here, there = station.call(events_of), node.call(events_of)
        assert {place: there.get(place) for place in here} == here
        assert len({one for one, _ in there.values()}) == len(there)
        until(lambda: not node.call(lags))
        assert node.call(read_models, site) == station.call(read_models, site)
    assert centre.check()["held"] == 0
