"""The page of a case that lies at the centre: it comes back by itself over a real line, or a sentence says why not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.cases.page import CasesPage
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from server.making import make_node
from server.nodes import node_in
from tests.fixed import FixedClock
from tests.server.nodes import serving
from tests.server.old_desk import SCAN, TEXT, OldDesk, old_desk
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def old(tmp_path: Path, clock: FixedClock) -> Iterator[OldDesk]:
    """A window whose case is retired; the hub is served."""
    make_node(tmp_path / "hub", "hall", "河畔大厅", "HP", hub=True, clock=clock)
    with (
        node_in(tmp_path / "hub", clock) as hub,
        serving(hub) as doors,
        old_desk(doors, clock, tmp_path / "desk") as made,
    ):
        made.sync()
        assert made.retire() == 1
        yield made


@pytest.fixture
def desk(old: OldDesk, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(old.station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def test_it_comes_back_while_one_looks(old: OldDesk, desk: Desk, tmp_path: Path) -> None:
    page: CasesPage = desk.show(CasesPage(desk.context))
    page.open_item(old.case)
    desk.until(lambda: desk.tasks.is_idle and old.text == TEXT and not page.case.bar.isVisible())
    desk.settle()
    page.case.save(old.file, tmp_path / "执照.pdf")
    desk.settle()
    old.sync()
    desk.until(lambda: (tmp_path / "执照.pdf").exists() and desk.tasks.is_idle)
    assert (tmp_path / "执照.pdf").read_bytes() == SCAN


def test_offline_it_says_where_it_lies(old: OldDesk, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIFU_SYNC_URL", "http://127.0.0.1:9")
    page: CasesPage = desk.show(CasesPage(desk.context))
    page.open_item(old.case)
    desk.until(lambda: "连不上中心" in page.case.bar.text())
    assert old.text == ""
