"""Printing the form of a round of calls (回访登记表): on the A4 printer, else as a file where somebody says."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.messages import sentence
from desktop.printing.output import pixels, print_on
from desktop.printing.run import open_file
from desktop.shell.page import PageContext
from desktop.widgets import NoticeBar, Tone
from domain.printing.callback_form import CallbackForm
from services.callbacks.forms import callback_form, draw_form, form_pages

A4 = "a4"
NAME = "回访登记表"


class FormPrinting(QObject):
    """Asks in the bar first: with the sheets the tasks become the caller's, and the numbers stand whole on paper."""

    def __init__(self, context: PageContext, bar: NoticeBar, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._bar, self._page = context, bar, page
        self._list = ""
        bar.acted.connect(self._on_meant)

    def ask(self, name: str, count: int) -> None:
        """Offer to print the list called ``name``."""
        self._list = name
        self._bar.say(
            f"没有被别人认领的（最多 {count} 件）认领到您名下，印成登记表。"
            "表上有完整电话，用完交督办人员保管。",
            Tone.INFO,
            "认领并打印",
        )

    def save_to(self, form: CallbackForm, target: Path) -> None:
        """Write the sheets to a file."""
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            draw_form,
            form,
            target,
            on_done=self._on_saved,
            on_error=self._on_failed,
            receiver=self,
        )

    def _on_meant(self) -> None:
        if not self._list:
            return
        name, self._list = self._list, ""
        self._bar.hide_bar()
        self._context.tasks.run(
            self._context.station.submit,
            callback_form,
            name,
            on_done=self._on_made,
            on_error=self._on_failed,
            receiver=self,
        )

    def _on_made(self, form: CallbackForm) -> None:
        if not form.rows:
            self._context.notices.say("这个列表里的都已被别人认领，没有要印的。", Tone.WARN)
            return
        printer = self._context.settings.value.printers.get(A4, "")
        if not printer:
            self._choose_file(form)
            return
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            _print,
            form,
            printer,
            on_done=lambda pages: self._say_printed(len(form.rows), pages, printer),
            on_error=lambda error: self._on_not_printed(form, error),
            receiver=self,
        )

    def _say_printed(self, rows: int, pages: int, printer: str) -> None:
        self._context.notices.say(f"{NAME} {rows} 件、{pages} 页已送到打印机“{printer}”", Tone.OK)

    def _on_not_printed(self, form: CallbackForm, error: Any) -> None:
        self._on_failed(error)
        self._choose_file(form)

    def _choose_file(self, form: CallbackForm) -> None:
        dialog = QFileDialog(self._page, "保存回访登记表", f"{NAME}-{len(form.rows)}件.pdf", "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda name: self.save_to(form, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_saved(self, drawn: Any) -> None:
        text = f"{NAME}已存为 {drawn.file}（{drawn.pages} 页，有完整电话，请勿留在电脑里）"
        self._context.notices.say(text, Tone.OK, action="打开", act=lambda: open_file(drawn.file))

    def _on_failed(self, error: Any) -> None:
        self._context.notices.say(sentence(error), Tone.WARN)


def _print(form: CallbackForm, printer: str) -> int:
    sheets = form_pages(form, pixels(A4))
    print_on(printer, sheets, A4, NAME)
    return len(sheets)
