"""The papers of the case page: what the case has now, and the dossier as a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.cases.case_view import CaseView
from desktop.printing.preview import PreviewDialog
from desktop.printing.run import Printing
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from desktop.widgets import ActionButton
from services.cases import accept_case
from services.station import Station
from tests.fixed import form
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.settle()


@pytest.fixture
def case_id(desk: Desk) -> str:
    return str(desk.station.call(accept_case, form(boards=("policy",))).id)


def test_the_menu_holds_what_the_case_has_and_a_dossier_becomes_a_file(
    desk: Desk, case_id: str, tmp_path: Path
) -> None:
    view = desk.show(CaseView(desk.context))
    view.show_case(case_id)
    desk.settle()
    offered = {button.text() for button in view.findChildren(ActionButton) if button.isEnabled()}
    assert {"受理回执", "交办单", "归档卷宗"} <= offered
    assert not {"办结反馈单", "督办单", "取号小票"} & offered
    said: list[str] = []
    view._files.working.connect(said.append)
    view.save_dossier(tmp_path / "卷宗.pdf")
    desk.settle()
    assert any("共" in text for text in said), "how far it is"
    assert said[-1] == ""
    assert (tmp_path / "卷宗.pdf").read_bytes().startswith(b"%PDF-")
    assert desk.case(case_id).prints == {"dossier": 1}


@pytest.mark.parametrize(
    ("chosen", "paper", "size"),
    [
        ("80mm", "case_slip", "80mm"),
        ("80mm", "feedback_slip", "a5"),
        ("a4", "feedback_slip", "a4"),
        ("58mm", "dossier", "a4"),
    ],
)
def test_each_paper_has_a_size_that_it_comes_in(desk: Desk, chosen: str, paper: str, size: str) -> None:
    desk.context.settings.change(slip_paper=chosen)
    assert Printing(desk.context).size_for(paper) == size


def test_the_preview_offers_only_the_sizes_of_its_paper(desk: Desk, case_id: str) -> None:
    dialog = PreviewDialog(desk.context, case_id, "assignment_slip", "a5")
    dialog.show()
    desk.settle()
    assert dialog.pages.count() >= 1
    assert [dialog.size_field.editor.itemData(n) for n in range(dialog.size_field.editor.count())] == [
        "a5", "a4", "80mm", "58mm",
    ]  # fmt: skip
    dialog.close()
