"""Journey 4 through the real window: a board returns twice, its chief decides, it fails, the fallback board takes over,
meets with it, plans, answers; the enterprise is told, is not content, is called, rates again; the case becomes a file.
"""

import os
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import services.station
from domain.callbacks.model import CallResult
from domain.cases.intake import ContactForm
from domain.cases.model import CaseKind, CaseState, LimitClass
from reports import fonts
from reports.preview import pages
from services.cases import accept_case
from services.ratings.views import list_ratings
from services.station import open_station
from tests.fixed import FixedClock, form, local_ms
from tests.ui.counter import counter_at
from tests.ui.loop_window import LoopWindow

NAME = "云溪华晟建设工程有限公司"
MATTER = "市政项目验收一年多，工程尾款还差四百多万，年底工人工资等着发。"
AGREED = "建设单位十二月底前付清尾款，项目板块每周报进度"
PHONE = "13906700010"
ANSWER = "首笔一百二十万已到账，余款分两次付清"


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["qifu-desk", "-platform", "offscreen"]


@pytest.fixture
def number(station_home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case of the project board, taken in on Wednesday at ten by the clerk."""
    monkeypatch.setattr(services.station, "SystemClock", lambda: clock)
    station = open_station(station_home)
    clerk = station.call(lambda uow, clock, actor: actor)
    wanted = form(
        name=NAME,
        text=MATTER,
        kind=CaseKind.REQUEST,
        limit=LimitClass.STANDARD,
        boards=("project",),
        contact=ContactForm(name="祝建平", phone=PHONE),
    )
    accepted = station.call(accept_case, wanted, as_actor=clerk)
    station.close()
    return accepted.number


def test_from_the_first_return_to_the_dossier(
    number: str, station_home: Path, clock: FixedClock, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    with counter_at(station_home, qapp, qtbot) as counter:
        window = LoopWindow(counter)
        returned_and_given_back(window, number)
        returned_again_and_decided(window, number)
        failed_and_fallen_back(window, clock, number)
        met_and_planned(window, clock, number)
        closed_and_told(window, clock, number)
        rated_badly_and_mended(window, clock, number)
        called(window, clock, number)
        archived(window, number, tmp_path / "dossier.pdf")


def returned_and_given_back(window: LoopWindow, number: str) -> None:
    window.sign_in("legal")
    assert "没有交办给您所在的板块" in window.why_not(number, "return")
    window.sign_in("project")
    case = window.take(number, "return", reason="not_ours", text="属市政工程款")
    assert case.state is CaseState.RETURNED
    window.sign_in("clerk")
    case = window.take(number, "assign", board=["project"])
    assert (case.state, case.boards) == (CaseState.ASSIGNED, ("project",))


def returned_again_and_decided(window: LoopWindow, number: str) -> None:
    window.sign_in("project")
    window.take(number, "return", reason="not_ours", text="还是不归我们")
    window.sign_in("clerk")
    assert "等首席服务专员裁定" in window.why_not(number, "assign")
    window.sign_in("project-chief")
    case = window.take(number, "decide_return", outcome="keep", reason="建设单位归本板块管")
    assert (case.state, case.boards) == (CaseState.ASSIGNED, ("project",))
    window.sign_in("project")
    assert "已经由首席服务专员裁定" in window.why_not(number, "return")
    assert case.due.at == local_ms("2026-11-23 17:00"), "no return gives more time"


def failed_and_fallen_back(window: LoopWindow, clock: FixedClock, number: str) -> None:
    clock.set("2026-11-19 09:30")
    window.take(number, "receive")
    clock.set("2026-11-24 09:00")
    assert "期限已过" in window.why_not(number, "extend")
    carded(window, number, "请说明未按期办结的原因")
    window.sign_in("project")
    view = window.show(number)
    view.measures.reply.set_text("协调不动施工方")
    view.measures.send.click()
    window.counter.settle()
    assert window.case(number).measures[0].waiting == ()
    case = window.take(number, "escalate", reason="项目板块协调不动")
    assert (case.state, case.boards[0]) == (CaseState.ESCALATED, "appeal")
    assert (case.limit.limit, case.due.at) == (LimitClass.HARD, local_ms("2026-12-01 17:00"))


def met_and_planned(window: LoopWindow, clock: FixedClock, number: str) -> None:
    window.sign_in("appeal")
    window.take(number, "receive")
    case = window.take(
        number, "consult", boards=["appeal", "project"], agreed=AGREED, people="高伟、蒋明", day="2026-12-31"
    )
    assert case.consultations[0].participants == ("高伟", "蒋明")
    clock.set("2026-11-30 15:00")
    case = window.take(number, "plan", text="先付三成，余款分两次付清", day="2026-12-04")
    assert case.plan is not None
    assert case.plan.until == local_ms("2026-12-04 17:00")


def closed_and_told(window: LoopWindow, clock: FixedClock, number: str) -> None:
    clock.set("2026-12-01 10:00")
    window.sign_in("clerk")
    assert "还有板块没有答复" in window.why_not(number, "resolve")
    window.sign_in("appeal")
    window.take(number, "answer", text=ANSWER)
    assert window.take(number, "resolve").answer == ANSWER
    window.sign_in("clerk")
    assert "还没有向企业反馈" in window.why_not(number, "archive")
    case = window.take(number, "feedback", how="phone", told="祝建平", slip=True)
    assert case.state is CaseState.FED_BACK
    slip = window.station.home / "papers" / f"{number}-feedback_slip-a5-1.pdf"
    window.counter.until(slip.exists)
    window.counter.settle()
    assert "首笔一百二十万已到账" in text_of(slip)
    assert window.case(number).prints == {"supervision_slip": 1, "feedback_slip": 1}


def carded(window: LoopWindow, number: str, text: str) -> None:
    """By the list of yellow cards; the slip comes out at once."""
    window.sign_in("supervisor")
    page = window.counter.open("supervision", "yellow")
    panel = page.watch.panel
    window.counter.until(lambda: panel.case_id == window.case(number).id and panel.form is not None)
    assert panel.form.value("kind") == "card"
    panel.form.set_fields({"text": text})
    panel.send.click()
    slip = window.station.home / "papers" / f"{number}-supervision_slip-a5-1.pdf"
    window.counter.until(slip.exists)
    window.counter.settle()
    assert text in text_of(slip)
    (measure,) = window.case(number).measures
    assert (measure.text, measure.waiting) == (text, ("project",))


def rated_badly_and_mended(window: LoopWindow, clock: FixedClock, number: str) -> None:
    """A form from the box, entered by its code; the loop of a bad rating is the supervisor's."""
    code = code_on_rating_form(window, number)
    window.sign_in("supervisor")
    window.counter.desk.scanning.scanner.take(code)
    window.counter.answered()
    page = window.counter.front.paper
    window.counter.until(lambda: page.number.text() == number)
    window.press(Qt.Key.Key_1)
    assert page.levels.value() == 1
    page.text.set_text("拖了半个月")
    page.record.click()
    window.counter.settle()
    assert not page.number.text(), page.bar.findChild(QLabel).text()
    assert window.case(number).state is CaseState.RATED
    window.sign_in("appeal")
    hidden = window.counter.open("ratings").board.table.row()
    assert hidden.level == 1
    assert (hidden.case_id, hidden.number) == (None, None), "who answered does not learn whose it is"
    window.sign_in("supervisor")
    rating_step(window, "verify", True, "超期属实")
    clock.set("2026-12-02 09:00")
    rating_step(window, "answer", True, "向企业致歉，改派专人盯付款")
    done = rating_step(window, "call", CallResult.REACHED, "", level=4)
    assert (done.level, done.second_level) == (1, 4)


def code_on_rating_form(window: LoopWindow, number: str) -> str:
    """The code as a scanner reads it from the printed form (评价表)."""
    window.show(number).printing.print_paper(number, "rating_form")
    form = window.station.home / "papers" / f"{number}-rating_form-a5-1.pdf"
    window.counter.until(form.exists)
    window.counter.settle()
    page = pages(form.read_bytes(), width_px=1240)[0]
    found = zxingcpp.read_barcodes(Image.frombytes("RGB", (page.width, page.height), page.rgb))
    return str(found[0].text)


def rating_step(window: LoopWindow, code: str, choice: object, text: str, level: int = 0) -> Any:
    """The step that is owed, in the panel beside the list; the rating as it is then."""
    page = window.counter.open("supervision", "bad")
    panel = page.ratings.panel
    window.counter.until(lambda: panel.form is not None)
    assert panel._steps[0] == code
    panel.form.choice.set_value(choice)
    if level:
        panel.form.level.set_value(level)
    panel.form.text.set_text(text)
    panel.form.send.click()
    window.counter.settle()
    (rating,) = window.station.call(list_ratings, "bad").rows
    return rating


def called(window: LoopWindow, clock: FixedClock, number: str) -> None:
    """Enter takes the task and shows the number; two keys tell what came of it: reached, satisfied."""
    window.sign_in("clerk")
    assert "回访还没有做完" in window.why_not(number, "archive")
    clock.set("2026-12-03 09:00")
    page = window.counter.open("callbacks")
    window.counter.until(lambda: page.table.hasFocus() and page.card.take.isVisible())
    window.press(Qt.Key.Key_Return)
    assert page.card.phone.text() == PHONE
    window.press(Qt.Key.Key_1)
    window.press(Qt.Key.Key_4)
    case = window.case(number)
    assert case.state is CaseState.CALLED_BACK
    assert [(one.round, one.attempts[-1].answers.level) for one in case.callbacks] == [(1, 4)]


def archived(window: LoopWindow, number: str, file: Path) -> None:
    assert window.take(number, "archive").state is CaseState.ARCHIVED
    window.sign_in("supervisor")
    window.show(number).save_dossier(file)
    window.counter.settle()
    reader = pypdf.PdfReader(file)
    whole = text_of(file)
    for said in (number, NAME, "还是不归我们", "建设单位归本板块管", AGREED, ANSWER, "拖了半个月"):
        assert said in whole
    assert {"封面", "卷内目录", "评价与回访"} <= {str(mark.title) for mark in flat(reader.outline)}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            found = font.get_object()
            assert found["/BaseFont"].partition("+")[2] in (fonts.REGULAR, fonts.BOLD)
            assert found["/FontDescriptor"]["/FontFile2"].get_data()


def flat(outline: list[Any]) -> list[Any]:
    """The bookmarks of every level."""
    return [one for mark in outline for one in (flat(mark) if isinstance(mark, list) else [mark])]


def text_of(file: Path) -> str:
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(file).pages)
