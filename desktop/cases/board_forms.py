"""The forms of what boards do with their shares, and where a matter goes."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.cases.day_field import DayField
from desktop.cases.step_form import Step, StepForm, board_choices
from desktop.widgets import AreaField, Chip, Choice, ChoiceField, FlowLayout, LineField, Segments, label
from services.back_office import boards as share_steps
from services.back_office import by_day

SEPARATORS = "、，,；;\n"


class TakeForm(StepForm):
    """认领: the actor, or a colleague of the same board."""

    def __init__(self) -> None:
        super().__init__()
        self.handler: ChoiceField = self.add("handler", ChoiceField("由谁经办", []))

    def begin(self, view: Any) -> None:
        actor = view.facts.actor
        others = [
            Choice(member.id, member.name)
            for member in view.facts.book.staff.values()
            if member.active and member.board == actor.board and member.id != actor.id
        ]
        self.handler.set_choices([Choice(actor.id, "我自己"), *others])

    def step(self) -> Step:
        return Step(share_steps.take_case, (self.handler.value(),))


class PlanForm(StepForm):
    """方案 and the day it is carried out by."""

    def __init__(self) -> None:
        super().__init__("一时不能解决的，写明怎么办、由谁办、到哪天完成。")
        self.text: AreaField = self.add("text", AreaField("方案", lines=5))
        self.day: DayField = self.add("day", DayField("哪天完成"))

    def begin(self, view: Any) -> None:
        self.day.begin(view.facts)

    def step(self) -> Step:
        return Step(by_day.plan_until, (self.text.text(), self.day.value()))


class ReturnForm(StepForm):
    """退回 with a reason of the list."""

    def __init__(self) -> None:
        super().__init__()
        self._what = label("", "small", wrap=True)
        self.column.addWidget(self._what)
        self.reason: ChoiceField = self.add("reason", ChoiceField("退回理由", []))
        self.note: AreaField = self.add("text", AreaField("说明", lines=4))

    def begin(self, view: Any) -> None:
        share = view.case.share_of(view.facts.actor.board)
        again = share is not None and share.returned
        self._what.setText(
            "已退回过一次，这次由本板块首席服务专员裁定去留。"
            if again
            else "第一次退回，退给窗口重新交办；再退就由首席服务专员裁定。期限不重算。"
        )
        self.reason.set_choices([Choice(*pair) for pair in view.facts.return_reasons.items()])

    def step(self) -> Step:
        return Step(share_steps.return_case, (self.reason.value() or "", self.note.text()))


class DecideReturnForm(StepForm):
    """裁定退回: the board keeps it for good, or another one gets it."""

    def __init__(self) -> None:
        super().__init__()
        self._returned = label("", wrap=True)
        self.column.addWidget(self._returned)
        self.outcome: Segments = self.add(
            "outcome", Segments([("keep", "仍由它办"), ("give", "交给另一个板块")], name="裁定")
        )
        self.board: ChoiceField = self.add("board", ChoiceField("交给", []))
        self.reason: AreaField = self.add("reason", AreaField("裁定理由", lines=4))
        self.changed.connect(self._show_board)

    def begin(self, view: Any) -> None:
        waiting = next((share for share in view.case.shares if share.awaits_decision), None)
        if waiting is not None:
            why = view.facts.return_reasons.get(waiting.return_reason, waiting.return_reason)
            note = f"：{waiting.return_note}" if waiting.return_note else ""
            self._returned.setText(
                f"{view.facts.board_name(waiting.board)}第 {waiting.returned} 次退回，{why}{note}"
            )
        self.board.set_choices(board_choices(view, waiting.board if waiting else ""))
        self._show_board()

    def set_fields(self, fields: dict[str, Any]) -> None:
        super().set_fields(fields)
        self._show_board()

    def step(self) -> Step:
        to_board = self.board.value() if self.outcome.value() == "give" else None
        return Step(share_steps.decide_return, (self.reason.text(), to_board))

    def _show_board(self) -> None:
        self.board.setVisible(self.outcome.value() == "give")


class TransferForm(StepForm):
    """转办 to another board."""

    def __init__(self) -> None:
        super().__init__("期限不重算，对方接着办。")
        self.board: ChoiceField = self.add("board", ChoiceField("转给", []))
        self.reason: AreaField = self.add("reason", AreaField("理由", lines=4))

    def begin(self, view: Any) -> None:
        own = view.facts.actor.board if view.by_board else (view.case.boards[:1] or ("",))[0]
        self.board.set_choices(board_choices(view, own or ""))

    def step(self) -> Step:
        return Step(share_steps.transfer_case, (self.board.value() or "", self.reason.text()))


class AddAssistForm(StepForm):
    """增加协办."""

    def __init__(self) -> None:
        super().__init__()
        self.board: ChoiceField = self.add("board", ChoiceField("请哪个板块协办", []))
        self.task: AreaField = self.add("text", AreaField("请它做什么", lines=4))

    def begin(self, view: Any) -> None:
        self.board.set_choices(board_choices(view, *view.case.boards))

    def step(self) -> Step:
        return Step(share_steps.add_assist, (self.board.value() or "", self.task.text()))


class RemoveAssistForm(StepForm):
    """撤销协办."""

    def __init__(self) -> None:
        super().__init__()
        self.board: ChoiceField = self.add("board", ChoiceField("撤销哪个板块的协办", []))
        self.reason: AreaField = self.add("reason", AreaField("理由", lines=4))

    def begin(self, view: Any) -> None:
        assisting = view.case.boards[1:]
        self.board.set_choices([Choice(code, view.facts.board_name(code)) for code in assisting])

    def step(self) -> Step:
        return Step(share_steps.remove_assist, (self.board.value() or "", self.reason.text()))


class BoardTicks(QWidget):
    """Boards to tick, the names without their common ending."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = FlowLayout(self, gap=4)
        self._chips: dict[str, Chip] = {}
        self.setAccessibleName("参加的板块")

    def begin(self, view: Any) -> None:
        """Offer every board; those that have the case are ticked."""
        for board in view.facts.book.boards.values():
            name = board.name.removesuffix("板块").removesuffix("服务")
            chip = Chip(name, checkable=True, checked=board.code in view.case.boards)
            self._chips[board.code] = chip
            self._flow.addWidget(chip)
        if self._chips:
            self.setFocusProxy(next(iter(self._chips.values())))

    def chip(self, board: str) -> Chip:
        """The tick of a board."""
        return self._chips[board]

    def value(self) -> list[str]:
        """The codes that are ticked."""
        return [code for code, chip in self._chips.items() if chip.isChecked()]

    def set_value(self, boards: list[str]) -> None:
        """Tick ``boards`` alone."""
        for code, chip in self._chips.items():
            chip.setChecked(code in boards)


class ConsultForm(StepForm):
    """会商记录: who met, what was agreed, until when."""

    def __init__(self) -> None:
        super().__init__()
        self.boards = BoardTicks()
        self.column.addWidget(label("参加的板块", "label"))
        self.column.addWidget(self.boards)
        self.agreed: AreaField = self.add("agreed", AreaField("商定的事项", lines=5))
        self.people: LineField = self.add("people", LineField("参加的人（用顿号隔开）", max_length=2000))
        self.sites: LineField = self.add(
            "sites", LineField("参加的网点（用顿号隔开，可不填）", max_length=2000)
        )
        self.day: DayField = self.add("day", DayField("哪天前落实（可不填）"))

    def begin(self, view: Any) -> None:
        self.boards.begin(view)
        self.day.begin(view.facts)

    def fields(self) -> dict[str, Any]:
        return super().fields() | {"boards": self.boards.value()}

    def set_fields(self, fields: dict[str, Any]) -> None:
        super().set_fields(fields)
        self.boards.set_value(fields.get("boards", []))

    def step(self) -> Step:
        typed = share_steps.ConsultationForm(
            tuple(self.boards.value()),
            names_in(self.sites.text()),
            names_in(self.people.text()),
            self.agreed.text(),
        )
        return Step(by_day.consult_until, (typed, self.day.value()))


def names_in(text: str) -> tuple[str, ...]:
    """The names in a line, whatever they are separated by."""
    for separator in SEPARATORS:
        text = text.replace(separator, "、")
    return tuple(name.strip() for name in text.split("、") if name.strip())
