"""The forms of what moves a case's clock, and of how a case ends."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop import words
from desktop.cases.day_field import DayField
from desktop.cases.step_form import Step, StepForm
from desktop.widgets import ActionButton, AreaField, Choice, ChoiceField, LineField, Segments, empty, label
from domain.cases.model import LimitClass
from domain.cases.progress import ToldBy
from services.back_office import by_day, closing, timing

FEEDBACK_SLIP = "feedback_slip"


class ReasonForm(StepForm):
    """A step that needs a reason alone."""

    def __init__(self, service: Callable[..., Any], name: str = "理由", about: str = "") -> None:
        super().__init__(about)
        self._service = service
        self.reason: AreaField = self.add("reason", AreaField(name, lines=4))

    def step(self) -> Step:
        return Step(self._service, (self.reason.text(),))


class FileTicks(QWidget):
    """Files of the case to tick as evidence; ``adding`` asks for another one."""

    changed = Signal()
    adding = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("作为依据的附件")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._boxes = QVBoxLayout()
        self._known: dict[str, QCheckBox] | None = None
        self.add = ActionButton("添加附件", kind="quiet", icon_name="paperclip")
        self.add.clicked.connect(self.adding)
        column.addWidget(label("作为依据的附件", "label"))
        column.addLayout(self._boxes)
        column.addWidget(self.add)

    def show_files(self, files: Any) -> None:
        """Offer ``files``; one that comes while the form is open is ticked."""
        ticked, known = set(self.value()), self._known
        if known is not None:
            ticked |= {file.sha256 for file in files if file.sha256 not in known}
        empty(self._boxes)
        self._known = {}
        for file in files:
            box = QCheckBox(file.name)
            box.setToolTip(file.name)
            box.setChecked(file.sha256 in ticked)
            box.toggled.connect(lambda _: self.changed.emit())
            self._known[file.sha256] = box
            self._boxes.addWidget(box)

    def value(self) -> list[str]:
        """The hashes of those that are ticked."""
        return [sha for sha, box in (self._known or {}).items() if box.isChecked()]

    def set_value(self, hashes: list[str]) -> None:
        """Tick these alone."""
        for sha, box in (self._known or {}).items():
            box.setChecked(sha in hashes)


class SuspendForm(StepForm):
    """挂起 with reason and evidence, in words or as files."""

    files_asked = Signal()

    def __init__(self) -> None:
        super().__init__("挂起期间不计时。要写明理由，并有依据：文字或附件。")
        self.reason: AreaField = self.add("reason", AreaField("理由", lines=3))
        self.evidence: AreaField = self.add("evidence", AreaField("依据，如受理函、批文编号", lines=2))
        self.files: FileTicks = self.add("files", FileTicks())
        self.files.adding.connect(self.files_asked)

    def begin(self, view: Any) -> None:
        self.files.show_files(view.case.files)

    def renew(self, view: Any) -> None:
        self.files.show_files(view.case.files)

    def step(self) -> Step:
        ticked = tuple(self.files.value())
        return Step(timing.suspend_case, (self.reason.text(), self.evidence.text(), ticked))


class ExtendForm(StepForm):
    """申请延期, before the limit is over."""

    def __init__(self) -> None:
        super().__init__("要在期满前申请，由督办审批。")
        self.day: DayField = self.add("day", DayField("延到哪天"))
        self.reason: AreaField = self.add("reason", AreaField("理由", lines=4))

    def begin(self, view: Any) -> None:
        self.day.begin(view.facts)

    def step(self) -> Step:
        return Step(by_day.ask_extension_until, (self.day.value(), self.reason.text()))


class DecideExtensionForm(StepForm):
    """审批延期."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = label("", wrap=True)
        self.column.addWidget(self._asked)
        self.outcome: Segments = self.add(
            "outcome", Segments([("approve", "批准"), ("refuse", "不予延期")], name="审批")
        )
        self.reason: AreaField = self.add("reason", AreaField("意见（不予延期必填）", lines=3))

    def begin(self, view: Any) -> None:
        asked = view.case.extension
        if asked is not None:
            who = words.person(asked.actor, view.facts.staff_names)
            self._asked.setText(
                f"{who} 申请延到 {words.due_words(asked.until, view.facts.zone)}：{asked.reason}"
            )

    def step(self) -> Step:
        refuses = self.outcome.value() == "refuse"
        service = timing.refuse_extension if refuses else timing.approve_extension
        return Step(service, (self.reason.text(),))


class LimitForm(StepForm):
    """调整时限类别."""

    def __init__(self) -> None:
        super().__init__("只能在期满前调整；已挂起的时间照样扣除。")
        self.limit: ChoiceField = self.add(
            "limit", ChoiceField("时限类别", [Choice(*pair) for pair in words.LIMITS.items()])
        )
        self.days: LineField = self.add("days", LineField("承诺几个工作日（0 为当日）", max_length=4))
        self.reason: AreaField = self.add("reason", AreaField("理由", lines=4))
        self.changed.connect(self._show_days)

    def begin(self, view: Any) -> None:
        self.limit.set_value(view.case.limit.limit.value)
        self._show_days()

    def set_fields(self, fields: dict[str, Any]) -> None:
        super().set_fields(fields)
        self._show_days()

    def step(self) -> Step:
        typed = self.days.text()
        days = int(typed) if typed.isdecimal() and self._is_item() else None
        return Step(timing.change_limit, (LimitClass(self.limit.value()), self.reason.text(), days))

    def _is_item(self) -> bool:
        return bool(self.limit.value() == LimitClass.ITEM.value)

    def _show_days(self) -> None:
        self.days.setVisible(self._is_item())


class ResolveForm(StepForm):
    """办结 with the answer to the enterprise: the lead's, to be put into words for it."""

    def __init__(self) -> None:
        super().__init__("给企业的答复，会写进办结反馈单。")
        self.text: AreaField = self.add("text", AreaField("答复", lines=7))

    def begin(self, view: Any) -> None:
        self.text.set_text(answers_of(view))

    def step(self) -> Step:
        return Step(closing.resolve_case, (self.text.text(),))


class FeedbackForm(StepForm):
    """反馈: how the enterprise was told, who of it, in which words."""

    def __init__(self) -> None:
        super().__init__()
        self._answer = label("", "muted", wrap=True)
        self.how: ChoiceField = self.add(
            "how", ChoiceField("怎样告知", [Choice(*pair) for pair in words.TOLD_BY.items()])
        )
        self.told: LineField = self.add("told", LineField("告知了谁", max_length=200))
        self.text: AreaField = self.add("text", AreaField("怎样说的（可不填）", lines=3))
        self.slip: QCheckBox = self.add("slip", QCheckBox("打印办结反馈单"))
        self.column.insertWidget(0, self._answer)

    def begin(self, view: Any) -> None:
        self._answer.setText(f"答复：{view.case.answer}" if view.case.answer else "")
        self.told.set_text(view.case.contact.name)
        self.slip.setVisible(FEEDBACK_SLIP in words.PAPERS)
        self.slip.setChecked(FEEDBACK_SLIP in words.PAPERS)

    def step(self) -> Step:
        arguments = (ToldBy(self.how.value()), self.told.text(), self.text.text())
        paper = FEEDBACK_SLIP if self.slip.isChecked() else ""
        return Step(closing.feed_back_case, arguments, paper=paper)


def answers_of(view: Any) -> str:
    """What the boards answered, the lead first; each with its name where there are several."""
    given = [share for share in view.case.shares if share.answer]
    if len(given) <= 1:
        return given[0].answer if given else ""
    return "\n".join(f"{view.facts.board_name(share.board)}：{share.answer}" for share in given)
