"""The template page: what is typed is seen, refused by its field, published as the next version, and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.settings_page.papers import PapersCard, TemplatesDialog
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.staff import Actor, Role
from services.paper_templates import read_template_facts
from services.station import Station
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.settle()


@pytest.fixture
def dialog(desk: Desk) -> Iterator[TemplatesDialog]:
    desk.station.actor = Actor("admin", Role.ADMIN)
    card = PapersCard(desk.context)
    desk.qtbot.addWidget(card)
    opened = card.open()
    desk.settle()
    yield opened
    if isValid(opened):
        opened.close()


def _drawn(desk: Desk, dialog: TemplatesDialog) -> int:
    """Wait for the sample of what was typed last; how many pages it has."""
    with desk.qtbot.waitSignal(dialog.shown):
        pass
    desk.settle()
    return dialog.pages.count()


def test_a_sample_is_drawn_for_every_paper(desk: Desk, dialog: TemplatesDialog) -> None:
    for paper in ("assignment_slip", "rating_form", "dossier"):
        dialog.show_paper(paper)
        assert _drawn(desk, dialog) >= 1
        assert dialog.wrong.text() == ""


def test_what_is_typed_is_published_as_the_next_version_and_survives_changing_papers(
    desk: Desk, dialog: TemplatesDialog
) -> None:
    dialog.words.title.set_text("企业服务回执")
    dialog.shared.name_line.set_text("钱江新城增值服务中心")
    dialog.show_paper("urging_slip")
    dialog.words.closing.set_text("请回复 {电话}。")
    desk.until(lambda: dialog.save.isEnabled())
    dialog.save.click()
    desk.settle()
    facts = desk.station.call(read_template_facts)
    assert facts.version == 1
    assert facts.templates.name_line == "钱江新城增值服务中心"
    assert facts.templates.papers["case_slip"].title == "企业服务回执"
    assert facts.templates.papers["urging_slip"].closing == "请回复 {电话}。"
    assert not dialog.save.isEnabled()


def test_an_unknown_name_in_braces_is_said_and_nothing_is_published(
    desk: Desk, dialog: TemplatesDialog
) -> None:
    dialog.words.footer.set_text("{编号.__class__}")
    desk.until(lambda: "编号.__class__" in dialog.wrong.text())
    assert "页脚" in dialog.wrong.text()
    dialog.save.click()
    desk.settle()
    assert desk.station.call(read_template_facts).version == 0


def test_back_to_default_brings_the_shipped_words(desk: Desk, dialog: TemplatesDialog) -> None:
    dialog.words.title.set_text("回执")
    dialog.default.click()
    desk.settle()
    assert dialog.words.title.text() == "受理回执"
    assert not dialog.is_changed()


def test_an_emblem_is_taken_in_small_and_a_false_picture_is_refused(
    desk: Desk, dialog: TemplatesDialog, tmp_path: Path
) -> None:
    Image.new("RGB", (2000, 2000), "#c00").save(tmp_path / "徽.png")
    dialog.use_emblem(tmp_path / "徽.png")
    desk.until(lambda: dialog.typed()["emblem"] != "")
    (tmp_path / "假.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    dialog.use_emblem(tmp_path / "假.png")
    desk.until(lambda: dialog.shared.emblem_note.property("role") == "error")
    assert dialog.typed()["emblem"] != ""


def test_what_was_typed_is_not_lost_by_one_press_of_esc(desk: Desk, dialog: TemplatesDialog) -> None:
    dialog.words.title.set_text("回执")
    desk.settle()
    dialog.close_button.click()
    assert dialog.isVisible()
    assert "没保存" in dialog.wrong.text()
    dialog.default.click()
    desk.settle()
    dialog.close_button.click()
    assert not (isValid(dialog) and dialog.isVisible())


def test_who_may_not_change_is_told_so(desk: Desk) -> None:
    dialog = TemplatesDialog(desk.context)
    desk.show(dialog)
    assert dialog.why_not.isVisible()
    assert not dialog.save.isEnabled()
    assert not dialog.shared.isEnabled()
