"""The card of the settings page by which a station joins a centre, or says whom it has joined."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.messages import sentence
from desktop.messages.enrol import lost_words
from desktop.shell.page import PageContext
from desktop.sync.enrol_form import EnrolForm
from desktop.sync.wording import below_words
from desktop.widgets import ActionButton, BusyBar, Card, NoticeBar, Tone, label

if TYPE_CHECKING:
    from sync.enrolment import Enrolment

CANCELLED = "sync.cancelled"
_ALONE = "本机现在是独立网点。用入网码加入中心后，记录会补传上去，编号和已打印的回执都不变。"
_AGAIN = "中心换了地址，或中心说不认识这台电脑时，用新的入网码重新加入；本机记录都在。"


class EnrolCard(Card):
    """加入中心."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("加入中心", parent)
        self._context = context
        self._enrolment: Enrolment | None = None
        self.facts = label("", "small", wrap=True)
        self.below = label("", "warning", wrap=True)
        self.below.hide()
        self.bar = NoticeBar()
        self.busy = BusyBar()
        self.form = EnrolForm(context.tasks)
        self.join_button = ActionButton("加入", kind="secondary")
        self.cancel_button = ActionButton("取消", kind="quiet", key="Esc")
        self.again_button = ActionButton("重新加入…", kind="quiet")
        self._lay_out()
        self.form.entered.connect(self._on_join_clicked)
        self.join_button.clicked.connect(self._on_join_clicked)
        self.cancel_button.clicked.connect(self._on_cancel_clicked)
        self.again_button.clicked.connect(lambda: self._show_form(True))
        self.cancel_button.hide()
        self._show_form(False)

    def load(self) -> None:
        """Ask whom the station has joined."""
        from services.enrolling import membership

        self._context.tasks.run(self._context.station.submit, membership, on_done=self._on_membership)

    def take(self, scanned: str) -> None:
        """The QR code of an invitation was scanned."""
        if self._enrolment is None:
            self._show_form(True)
            self.form.take(scanned)

    def _on_membership(self, found: Any) -> None:
        self.again_button.setVisible(found is not None and self.form.isHidden())
        if found is None:
            self.facts.setText(_ALONE)
            self._show_form(True)
        else:
            self.facts.setText(f"已加入 {found.url}，本机属于“{found.site_name}”（{found.site}）。")
        self.below.setText(below_words(found) if found is not None else "")
        self.below.setVisible(found is not None and bool(found.below))

    def _on_join_clicked(self) -> None:
        if self._enrolment is not None:
            return
        self._enrolment = self.form.enrolment()
        if self._enrolment is None:
            return
        self._wait(True)
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            _join,
            self._context.station,
            self._enrolment,
            on_done=self._on_joined,
            on_error=self._on_refused,
        )

    def _on_cancel_clicked(self) -> None:
        if self._enrolment is not None:
            self._enrolment.cancel()

    def _on_joined(self, joined: Any) -> None:
        self._wait(False)
        self._show_form(False)
        told = f"已加入“{joined.site_name}”。"
        if joined.old_site != joined.site:
            told += "原有记录都在，编号不变，会自动补传。"
        lost = lost_words(joined.lost)
        self.bar.say(told + lost, Tone.WARN if lost else Tone.OK)
        self.again_button.show()
        self.again_button.setFocus()
        self.load()

    def _on_refused(self, error: Any) -> None:
        self._wait(False)
        if not self.form.show_refusal(error) and error.code != CANCELLED:
            self.bar.say(sentence(error), Tone.DANGER)

    def _wait(self, waiting: bool) -> None:
        self.form.setEnabled(not waiting)
        self.join_button.setVisible(not waiting)
        self.cancel_button.setVisible(waiting)
        if waiting:
            self.bar.hide()
            self.busy.start()
        else:
            self._enrolment = None
            self.busy.stop()

    def _show_form(self, shown: bool) -> None:
        self.form.setVisible(shown)
        self.join_button.setVisible(shown)
        if shown and not self.again_button.isHidden():
            self.facts.setText(_AGAIN)
            self.form.setFocus()
        self.again_button.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for button in (self.join_button, self.cancel_button, self.again_button):
            row.addWidget(button)
        row.addStretch(1)
        for part in (self.facts, self.below, self.bar, self.form, self.busy):
            self.body.addWidget(part)
        self.body.addLayout(row)


def _join(station: Any, enrolment: "Enrolment") -> Any:
    # On a thread of the desk: the store's own stays free while the centre thinks.
    from services.enrolling import join, newcomer

    with enrolment:
        return station.call(join, enrolment.ask(station.call(newcomer)))
