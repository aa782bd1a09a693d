"""回访: a round of calls, one task after the other, and what is written on forms of an earlier round."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.callbacks.columns import LISTS, is_second
from desktop.callbacks.form import FormPrinting
from desktop.callbacks.lists import CallbackLists
from desktop.shell.page import Command, PageContext
from desktop.widgets import Tone
from domain.callbacks.codes import is_task_code
from domain.callbacks.decide import Call
from services.callbacks.tasks import (
    find_task_by_code,
    open_callback,
    record_callback,
    take_callback,
)
from services.desk import desk_facts
from services.scans import Scan

AREAS = frozenset({"callbacks", "cases", "reference"})
OPEN = "open"
FORM_LISTS = frozenset({"open", "due_today", "overdue", "mine"})
CHOOSE = "按回车认领这一件，就看得到电话。"
CLOSED = "这一件已经回访完毕。"


class CallbacksPage(CallbackLists):
    """The row that is chosen is shown; Enter takes it, and what is entered brings the next one."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._view: Any = None
        self._key = self._row = ""
        self._by_form = self._calling = False
        self._wanted = ""
        self.printing = FormPrinting(context, self.bar, self)
        self._connect()

    def on_shown(self) -> None:
        self.refresh()
        if not self._calling:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_changes(self, changes: Any) -> None:
        if (changes.elsewhere or changes.areas & AREAS) and self.isVisible():
            self.refresh()

    def open_item(self, argument: Any) -> None:
        """The list of this name, the row of a form (its code), or the task of a case."""
        if argument in dict(LISTS):
            self.choose_list(str(argument))
        elif is_task_code(str(argument)):
            self._enter_by_code(str(argument))
        else:
            self.ask(open_callback, str(argument), on_done=self._show_view)

    def on_scan(self, scan: Scan) -> bool:
        """The code of a row opens its task, ready for what is written there."""
        if not is_task_code(scan.scanned):
            return False
        self._enter_by_code(scan.scanned)
        return True

    def commands(self) -> list[Command]:
        return [
            Command(
                "回访：打印登记表",
                self._on_form_clicked,
                "printer",
                key="Ctrl+P",
                words="dyhfb hfdjb",
            ),
            Command("回访：我认领的", lambda: self.choose_list("mine"), "phone", words="huifang hf wode"),
        ]

    def _connect(self) -> None:
        self.which.chosen.connect(lambda _: self.on_list_chosen())
        self.table.chosen.connect(self._on_row_chosen)
        self.table.opened.connect(lambda _: self._take())
        self.card.take.clicked.connect(self._take)
        self.card.open_case.clicked.connect(self._on_case_clicked)
        self.entry.entered.connect(self._record)
        self.entry.left.connect(self._on_left)
        self.table.clicked.connect(
            lambda _: self._on_left() if self._calling and not self.entry.has_words else None
        )
        self.form.clicked.connect(self._on_form_clicked)

    def on_list_chosen(self) -> None:
        self._leave_call()
        self._by_form, self._row = False, ""
        self.refresh()

    def on_rows(self) -> None:
        if self._calling or self._by_form:
            return
        if self._wanted:
            wanted, self._wanted = self._wanted, ""
            self.table.choose(wanted)
        elif self.rows_shown and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.rows.index(0, 0))
        elif not self.rows_shown:
            self._show_nothing()

    def _on_row_chosen(self, task: Any) -> None:
        """The list tells its row also when it is read anew: what is being entered stays."""
        if task is None or self._calling:
            return
        told_again, self._row = task.ref == self._row, task.ref
        shown = self._view.task if self._view is not None else None
        if task != shown and (not told_again or shown is None or shown.ref == task.ref):
            self._by_form = False
            self.ask(open_callback, task.case_id, on_done=self._show_view)

    def _show_view(self, view: Any) -> None:
        if self._calling:
            return
        self._show(view, taken=False)
        closed = view.task.state not in ("open", "unreachable")
        self.entry.close_entry(CLOSED if closed else CHOOSE)

    def _show(self, view: Any, *, taken: bool) -> None:
        if self.facts is None:
            return
        self._view = view
        self.card.show_task(view, self.facts, taken=taken)
        self.show_side(True)

    def _show_nothing(self) -> None:
        self._view = None
        self.entry.close_entry()
        self.show_side(False)

    def _take(self) -> None:
        """认领: from here on the number is whole, and the keys are the result's."""
        if self._view is not None and self.card.take.isVisible():
            self.ask(take_callback, self._view.task.case_id, on_done=self._begin)

    def _enter_by_code(self, code: str) -> None:
        self.ask(find_task_by_code, code, on_done=lambda view: self._on_coded(code, view))

    def _on_coded(self, code: str, view: Any) -> None:
        if self.facts is None:
            self._ask_facts_first(code)
        elif view.task.state not in ("open", "unreachable"):
            self._calling = False
            self._show_view(view)
            self._context.notices.say(f"{view.task.number} 这一次已经回访过，不用再录。", Tone.WARN)
        else:
            self._begin(view, code)

    def _ask_facts_first(self, code: str) -> None:
        def go_on(facts: Any) -> None:
            self._on_facts(facts)
            self._enter_by_code(code)

        self._context.tasks.run(self._context.station.submit, desk_facts, on_done=go_on, receiver=self)

    def _begin(self, view: Any, code: str = "") -> None:
        """Ask for the result, by the row ``code`` of a form or of a call that begins."""
        self._key, self._by_form, self._calling = code or view.task.case_id, bool(code), True
        self._show(view, taken=True)
        self.entry.open_entry(note_needed=_needs_note(view))

    def _record(self, call: Call) -> None:
        self._context.tasks.run(
            self._context.station.submit,
            record_callback,
            self._key,
            call,
            on_done=self._on_recorded,
            on_error=self.entry.refuse,
            receiver=self,
        )

    def _on_recorded(self, view: Any) -> None:
        reopened = view.task.state == "reopened"
        text = f"{view.task.number} 已重新办理，期限从现在算" if reopened else f"{view.task.number} 已录入"
        self._context.notices.say(text, Tone.WARN if reopened else Tone.OK)
        by_form, following = self._by_form, self._following(view.task.ref)
        self._leave_call()
        if by_form:
            self._show(view, taken=True)
            self.entry.close_entry(f"{view.task.number} 已录入，请扫下一行。")
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif following is None:
            self._context.notices.say("这个列表打完了。", Tone.OK)
            self._show_nothing()
        else:
            # A round goes on by itself: the next number is there before the receiver is down.
            self._wanted = following.ref
            self.ask(take_callback, following.case_id, on_done=self._begin)
        self.refresh()

    def _following(self, ref: str) -> Any:
        """The next task that nobody else calls, below the one called ``ref`` and then from the top."""
        mine = self.facts.actor.id
        place = next((at for at, one in enumerate(self.rows_shown) if one.ref == ref), -1)
        around = (*self.rows_shown[place + 1 :], *self.rows_shown[: max(place, 0)])
        return next((one for one in around if one.state == OPEN and one.caller in (None, mine)), None)

    def _on_left(self) -> None:
        """Back to the list, to the row that is chosen there; the task stays with who took it."""
        self._leave_call()
        self._row = ""
        self._on_row_chosen(self.table.row())
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_call(self) -> None:
        self._calling = False
        self._key = ""

    def _on_case_clicked(self) -> None:
        if self._view is not None:
            self._context.navigator.open("cases", self._view.task.case_id)

    def _on_form_clicked(self) -> None:
        if self.form.isEnabled():
            self.printing.ask(self.which.value(), len(self.rows_shown))


def _needs_note(view: Any) -> bool:
    """A later callback that ends without an answer says why; so does the last try of any."""
    return is_second(view.task)
