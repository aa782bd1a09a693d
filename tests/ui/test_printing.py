"""Printing a paper: recorded first, one copy a click, kept as PDF where there is no printer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtPrintSupport import QPrinterInfo
from pytestqt.qtbot import QtBot

from desktop.printing import output
from desktop.printing.preview import PreviewDialog
from desktop.printing.run import NOTICE, SLIP, Printing
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.errors import AppError
from services.cases import accept_case
from services.paper_files import keep_paper
from services.printing import record_print, waiting_prints
from services.station import Station
from tests.fixed import form
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


@pytest.fixture
def case_id(desk: Desk) -> str:
    return str(desk.station.call(accept_case, form()).id)


def outcomes(printing: Printing) -> list[Any]:
    found: list[Any] = []
    printing.finished.connect(found.append)
    return found


def test_without_a_printer_the_paper_is_kept_and_confirmed(desk: Desk, case_id: str) -> None:
    printing = Printing(desk.context)
    found = outcomes(printing)
    printing.print_paper(case_id, SLIP)
    desk.settle()
    assert found[0].file.read_bytes().startswith(b"%PDF")
    assert desk.station.call(waiting_prints) == ()
    assert desk.notices.unread == 1


def test_asking_twice_at_once_is_one_copy_and_later_the_next(desk: Desk, case_id: str) -> None:
    printing = Printing(desk.context)
    for _ in range(2):
        printing.print_paper(case_id, SLIP)
    desk.settle()
    assert desk.case(case_id).prints == {"case_slip": 1}
    printing.print_paper(case_id, SLIP, "80mm")
    desk.settle()
    assert desk.case(case_id).prints == {"case_slip": 2}
    assert len(list((desk.station.home / "papers").iterdir())) == 2


def test_without_the_guard_asking_twice_would_show(
    desk: Desk, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Printing, "is_busy", lambda *_: False)
    printing = Printing(desk.context)
    for _ in range(2):
        printing.print_paper(case_id, SLIP)
    desk.settle()
    assert desk.case(case_id).prints == {"case_slip": 2}


def test_a_refused_paper_is_said_and_the_next_goes_on(desk: Desk, case_id: str) -> None:
    printing = Printing(desk.context)
    found = outcomes(printing)
    printing.print_paper(case_id, NOTICE)
    desk.settle()
    assert found[0].error.code == "printing.nothing_missing"
    assert not printing.is_busy(case_id, NOTICE)
    assert desk.case(case_id).prints == {}


def test_a_missing_printer_keeps_the_paper_and_the_print_waits(desk: Desk, case_id: str) -> None:
    desk.context.settings.change(printers={"a5": "没有这台"})
    printing = Printing(desk.context)
    found = outcomes(printing)
    printing.print_paper(case_id, SLIP)
    desk.settle()
    assert found[0].error.code == "printing.printer_missing"
    assert found[0].file.exists()
    assert len(desk.station.call(waiting_prints)) == 1


def test_a_folder_that_cannot_be_written_is_said(
    desk: Desk, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.station.home / "papers").write_bytes(b"")
    printing = Printing(desk.context)
    found = outcomes(printing)
    printing.print_paper(case_id, SLIP)
    desk.settle()
    assert found[0].error.code == "printing.not_kept"
    assert len(desk.station.call(waiting_prints)) == 1


def test_print_goes_to_the_printer_that_the_settings_name(
    desk: Desk, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, int, str]] = []
    monkeypatch.setattr(
        output, "print_on", lambda name, pages, size, title: sent.append((name, len(pages), size))
    )
    desk.context.settings.change(printers={"80mm": "小票机"}, slip_paper="80mm")
    printing = Printing(desk.context)
    found = outcomes(printing)
    printing.print_paper(case_id, SLIP)
    desk.settle()
    assert sent == [("小票机", 1, "80mm")]
    assert (found[0].file, found[0].error) == (None, None)
    assert desk.station.call(waiting_prints) == ()


def test_an_unknown_printer_has_its_own_error() -> None:
    assert QPrinterInfo.printerInfo("没有这台").isNull()
    with pytest.raises(AppError) as error:
        output.print_on("没有这台", [], "a5", "x")
    assert error.value.code == "printing.printer_missing"


def test_keeping_the_same_print_twice_is_one_file(desk: Desk, case_id: str, tmp_path: Path) -> None:
    job = desk.station.call(record_print, case_id, SLIP, "a5")
    assert keep_paper(tmp_path, job) == keep_paper(tmp_path, job)
    assert len(list((tmp_path / "papers").iterdir())) == 1


def test_preview_draws_and_asks_once(desk: Desk, case_id: str) -> None:
    dialog = PreviewDialog(desk.context, case_id, SLIP, "a5")
    desk.qtbot.addWidget(dialog)
    asked: list[tuple[str, str]] = []
    dialog.print_asked.connect(lambda paper, size: asked.append((paper, size)))
    desk.settle()
    picture = dialog.pages.itemAt(0).widget()
    assert picture.pixmap().width() > 300
    dialog.print_button.click()
    dialog.print_button.click()
    assert asked == [(SLIP, "a5")]
    assert desk.case(case_id).prints == {}


def test_preview_of_a_paper_that_cannot_be_says_why(desk: Desk, case_id: str) -> None:
    dialog = PreviewDialog(desk.context, case_id, NOTICE, "a5")
    desk.qtbot.addWidget(dialog)
    desk.settle()
    assert not dialog.print_button.isEnabled()


def test_prints_cut_off_by_a_power_cut_are_offered_not_repeated(desk: Desk, case_id: str) -> None:
    desk.station.call(record_print, case_id, SLIP, "a5")
    printing = Printing(desk.context)
    printing.offer_waiting()
    desk.settle()
    (notice,) = desk.notices.all()
    assert not (desk.station.home / "papers").exists()
    notice.act()
    desk.until(lambda: desk.station.call(waiting_prints) == ())
    desk.settle()
    assert len(list((desk.station.home / "papers").iterdir())) == 1
    assert desk.case(case_id).prints == {"case_slip": 1}
