"""Every step of a case through the case page, over a real store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.cases.page import CasesPage
from desktop.cases.step_registry import AT_ONCE, FOR_FILES, FORMS, ORDER
from desktop.cases.steps import Steps
from desktop.cases.timeline import NEWER, step_words
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.cases.assignments import AssignmentState
from domain.cases.model import Case, CaseState, LimitClass
from domain.cases.moves import Action
from domain.cases.progress import ToldBy
from domain.staff import Actor, Role
from services.back_office.boards import receive_case, return_case, take_case
from services.back_office.closing import feed_back_case, resolve_case
from services.back_office.timing import ask_extension, end_of_day
from services.case_steps import answer_case, request_material
from services.cases import accept_case
from services.desk import desk_facts
from services.station import Station
from tests.fixed import FixedClock, form
from tests.ui.desk import Desk, make_desk

CLERK = Actor("clerk", Role.CLERK, "林晓")
POLICY = Actor("policy", Role.SPECIALIST, "政策专员", "policy")
POLICY_CHIEF = Actor("policy-chief", Role.CHIEF, "政策首席", "policy")
LEGAL = Actor("legal", Role.SPECIALIST, "法治专员", "legal")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


class CaseDesk:
    """A case page on which different people work."""

    def __init__(self, desk: Desk, **fields: Any) -> None:
        self.desk = desk
        self.id = desk.station.call(accept_case, form(limit=LimitClass.STANDARD, **fields)).id
        self.page: CasesPage = desk.show(CasesPage(desk.context))

    @property
    def steps(self) -> Steps:
        return self.page.case.steps

    @property
    def case(self) -> Case:
        return self.desk.case(self.id)

    def as_(self, actor: Actor) -> "CaseDesk":
        """``actor`` looks at the case."""
        self.desk.station.actor = actor
        self.page.open_item(self.id)
        self.desk.settle()
        return self

    def open(self, code: str) -> Any:
        self.steps.button(code).click()
        return self.steps.form

    def confirm(self) -> None:
        self.steps.confirm.click()
        self.desk.settle()

    def take(self, code: str, **fields: Any) -> Case:
        """Fill the form of a step in and send it."""
        shown = self.open(code)
        if shown is None:
            self.desk.settle()
            return self.case
        shown.set_fields(fields)
        self.confirm()
        assert self.steps.form is None, f"{code} was refused"
        return self.case

    def call(self, actor: Actor, service: Any, *args: Any) -> Any:
        return self.desk.station.call(service, self.id, *args, as_actor=actor)


@pytest.fixture
def at(desk: Desk) -> CaseDesk:
    """A case that the policy board leads and the legal board assists with."""
    return CaseDesk(desk, boards=("policy", "legal"))


def share(case: Case, board: str) -> Any:
    found = case.share_of(board)
    assert found is not None
    return found


def test_every_action_has_a_button_and_what_it_needs() -> None:
    assert {action.value for action in Action} == {*FORMS, *AT_ONCE, FOR_FILES} == set(ORDER)


def test_from_signing_to_the_archive(at: CaseDesk) -> None:
    """Journey 4 on the case page: two boards, the lead closes, the desk tells, the case is put away."""
    at.as_(LEGAL).take("receive")
    assert share(at.case, "legal").state is AssignmentState.RECEIVED
    at.take("answer", text="协议有效")
    at.as_(POLICY)
    next_button = at.steps.next_button
    assert next_button is not None
    assert next_button.accessibleName() == "签收"
    at.take("receive")
    at.take("take", handler="policy-chief")
    assert share(at.case, "policy").handler == "policy-chief"
    at.take("partial", text="可以申请")
    at.take("plan", text="下周现场辅导", day="2026-12-01")
    at.take("answer", text="补贴已受理")
    assert at.case.state is CaseState.HANDLING
    shown = at.open("resolve")
    assert "补贴已受理" in shown.text.text()
    assert "协议有效" in shown.text.text()
    at.confirm()
    assert at.case.state is CaseState.RESOLVED
    at.as_(CLERK).take("feedback", how="phone", told="王经理", text="已电话告知", slip=False)
    told = at.case.feedback
    assert told is not None
    assert (told.how, told.told) == (ToldBy.PHONE, "王经理")
    at.take("archive")
    assert at.case.state is CaseState.ARCHIVED


def test_feedback_prints_its_slip(at: CaseDesk) -> None:
    at.call(LEGAL, answer_case, "协议有效")
    at.call(POLICY, answer_case, "补贴已受理")
    at.call(POLICY, resolve_case)
    at.as_(CLERK)
    shown = at.open("feedback")
    assert shown.slip.isChecked()
    at.confirm()
    assert at.case.prints == {"feedback_slip": 1}


def test_return_transfer_and_the_chiefs_decision(at: CaseDesk) -> None:
    at.as_(POLICY).take("return", reason="not_ours", text="应由科创")
    assert at.case.state is CaseState.RETURNED
    at.as_(CLERK)
    shown = at.open("assign")
    shown.set_fields({"board": ["policy", "legal"], "tasks": {"legal": "看合同"}})
    assert shown.task_line("legal").text() == "看合同"
    at.confirm()
    assert share(at.case, "legal").task == "看合同"
    at.as_(POLICY).take("return", reason="no_basis", text="")
    at.as_(POLICY_CHIEF)
    assert at.steps.next_button is at.steps.button("decide_return")
    shown = at.open("decide_return")
    assert not shown.board.isVisible()
    shown.set_fields({"outcome": "give", "board": "innovation", "reason": "科创牵头"})
    assert shown.board.isVisible()
    at.confirm()
    assert at.case.boards[0] == "innovation"
    at.as_(LEGAL).take("transfer", board="talent", reason="是人才的事")
    assert at.case.boards == ("innovation", "talent")


def test_assist_consultation_and_escalation(at: CaseDesk) -> None:
    at.as_(POLICY).take("receive")
    at.take("add_assist", board="finance", text="看贷款贴息")
    assert share(at.case, "finance").task == "看贷款贴息"
    at.take("remove_assist", board="finance", reason="不需要了")
    assert at.case.boards == ("policy", "legal")
    at.take(
        "consult",
        boards=["policy", "legal"],
        agreed="先行兑付",
        people="张三，李四 王五、",
        sites="",
        day="2026-11-27",
    )
    (met,) = at.case.consultations
    assert met.participants == ("张三", "李四 王五")
    assert met.until == at.desk.station.call(end_of_day, "2026-11-27")
    at.take("escalate", reason="部门意见不一")
    assert at.case.boards[0] == "appeal"


def test_pause_with_evidence_extension_and_class(at: CaseDesk, tmp_path: Path) -> None:
    at.call(POLICY, receive_case)
    at.as_(POLICY)
    shown = at.open("suspend")
    shown.reason.set_text("等省厅批复")
    at.confirm()
    assert at.steps.form is shown
    assert shown.evidence.error()
    assert shown.reason.text() == "等省厅批复"
    source = tmp_path / "批复.pdf"
    source.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    at.page.case.attach(source)
    at.desk.settle()
    at.page.case.refresh()
    at.desk.settle()
    (file,) = at.case.files
    assert shown.files.value() == [file.sha256]
    at.confirm()
    assert at.case.suspensions[0].files == (file.sha256,)
    assert not at.steps.button("extend").isEnabled()
    at.take("resume", reason="")
    at.take("extend", day="2026-12-10", reason="批复未到")
    assert at.case.extension is not None
    at.as_(SUPERVISOR).take("decide_extension", outcome="approve", reason="")
    assert at.case.extended
    at.as_(POLICY_CHIEF).take("limit", limit="hard", days="", reason="涉及多个部门")
    assert at.case.limit.limit is LimitClass.HARD


def test_an_extension_is_refused_only_with_a_reason(at: CaseDesk) -> None:
    at.call(POLICY, receive_case)
    until = at.desk.station.call(end_of_day, "2026-12-10")
    at.call(POLICY, ask_extension, until, "批复未到")
    at.as_(SUPERVISOR)
    shown = at.open("decide_extension")
    shown.set_fields({"outcome": "refuse", "reason": ""})
    at.confirm()
    assert shown.reason.error()
    shown.reason.set_text("理由不足")
    at.confirm()
    assert at.case.extension is None
    assert not at.case.extended


def test_reopening_begins_a_new_clock(at: CaseDesk) -> None:
    at.call(LEGAL, answer_case, "好")
    at.call(POLICY, answer_case, "好")
    at.call(POLICY, resolve_case)
    at.call(CLERK, feed_back_case)
    at.as_(CLERK).take("reopen", reason="企业说没有解决")
    assert at.case.reopened == 1


def test_what_is_not_allowed_says_why(at: CaseDesk) -> None:
    at.as_(LEGAL)
    for code in ("resolve", "plan", "decide_extension", "archive"):
        button = at.steps.button(code)
        assert not button.isEnabled()
        assert button.toolTip()
        assert button.toolTip() == button.accessibleDescription()
    assert at.steps.button("receive").isEnabled()


def test_what_is_typed_outlives_the_panel_the_case_and_the_page(at: CaseDesk) -> None:
    at.call(POLICY, receive_case)
    at.as_(POLICY)
    at.open("answer").field.set_text("写了一半")
    at.steps.cancel.click()
    assert at.open("answer").field.text() == "写了一半"
    other = at.desk.station.call(accept_case, form(name="别家公司"))
    at.page.open_item(other.id)
    at.desk.settle()
    again: CasesPage = at.desk.show(CasesPage(at.desk.context))
    again.open_item(at.id)
    at.desk.settle()
    again.case.steps.button("answer").click()
    shown = again.case.steps.form
    assert shown is not None
    assert shown.fields() == {"text": "写了一半"}
    again.case.steps.confirm.click()
    at.desk.settle()
    at.as_(POLICY)
    assert share(at.case, "policy").answer == "写了一半"


def test_what_was_typed_can_be_thrown_away(at: CaseDesk) -> None:
    at.call(POLICY, receive_case)
    at.as_(POLICY)
    at.open("plan").text.set_text("不要了")
    at.steps.cancel.click()
    at.open("plan")
    assert at.steps.forget.isVisible()
    at.steps.forget.click()
    assert at.steps.form is not None
    assert at.steps.form.fields()["text"] == ""


def test_two_quick_presses_are_one_step(at: CaseDesk) -> None:
    at.as_(POLICY)
    at.desk.press(at.page.case, Qt.Key.Key_F9)
    at.desk.press(at.page.case, Qt.Key.Key_F9)
    at.desk.until(lambda: share(at.case, "policy").state is AssignmentState.RECEIVED)
    at.desk.settle()
    at.open("partial").field.set_text("一半")
    at.steps.confirm.click()
    at.steps.confirm.click()
    at.desk.settle()
    kinds = [entry.kind for entry in at.case.timeline]
    assert kinds.count("assignment_received") == kinds.count("assignment_partly_answered") == 1


def test_a_step_somebody_else_took_meanwhile_is_told(at: CaseDesk) -> None:
    at.as_(POLICY)
    at.call(POLICY, take_case)
    at.call(POLICY, answer_case, "已答复")
    at.steps.button("receive").click()
    at.desk.settle()
    (told,) = at.desk.notices.all()
    assert at.case.number in told.text
    assert not at.steps.button("receive").isEnabled()


def test_escape_closes_the_panel_before_the_case(at: CaseDesk) -> None:
    at.as_(POLICY)
    at.open("return")
    at.desk.press(at.page.case, Qt.Key.Key_Escape)
    at.desk.until(lambda: at.steps.form is None)
    assert at.page.case.isVisible()
    at.desk.press(at.page.case, Qt.Key.Key_Escape)
    at.desk.until(at.page.list.isVisible)


def test_the_head_names_whose_turn_it_is_and_the_clock(at: CaseDesk, clock: FixedClock) -> None:
    at.as_(CLERK)
    assert "政策服务板块" in at.page.case.owner.accessibleName()
    at.call(POLICY, return_case, "not_ours")
    at.as_(CLERK)
    assert "窗口" in at.page.case.owner.accessibleName()
    clock.move(days=20)
    at.as_(CLERK)
    assert "红牌" in at.page.case.clock.accessibleName()
    at.page.case.time.why.click()
    at.desk.press(at.page.case.window().focusWidget() or at.page.case, Qt.Key.Key_Escape)


def test_every_step_of_the_boards_has_a_sentence(at: CaseDesk) -> None:
    at.as_(POLICY).take("return", reason="not_ours", text="应由科创")
    facts = at.desk.station.call(desk_facts)
    said = {entry.kind: step_words(entry, facts)[0] for entry in at.case.timeline}
    assert said["assignment_returned"] == "政策服务板块退回：不属于本板块职责"
    assert NEWER not in said.values()


def test_material_asked_by_a_board_shows_at_its_share(at: CaseDesk) -> None:
    at.call(POLICY, receive_case)
    at.as_(POLICY).take("notice", text="土地证\n环评报告")
    assert at.case.missing == ("土地证", "环评报告")
    at.call(POLICY, request_material, ("土地证",))
    at.as_(CLERK)
    assert at.steps.button("receive_material").isEnabled()


def test_what_one_types_is_not_shown_to_the_next_person(at: CaseDesk) -> None:
    at.call(POLICY, receive_case)
    at.as_(POLICY)
    at.open("answer").field.set_text("写了一半")
    at.steps.cancel.click()
    at.desk.settle()
    at.desk.station.actor = POLICY_CHIEF
    at.page.on_shown()
    at.desk.settle()
    assert at.open("answer").field.text() == ""
    at.steps.cancel.click()
    at.desk.station.actor = POLICY
    at.page.on_shown()
    at.desk.settle()
    assert at.open("answer").field.text() == "写了一半"
