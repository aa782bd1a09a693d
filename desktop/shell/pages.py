"""The stack of pages: made when first shown, kept afterwards."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.shell.page import Command, Page, PageContext, PageSpec


class PageStack(QStackedWidget):
    """页面区. ``shown`` carries the id of the page that came to the front."""

    shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._specs: dict[str, PageSpec] = {}
        self._pages: dict[str, Page] = {}
        self._context: PageContext | None = None

    def set_pages(self, specs: Sequence[PageSpec], context: PageContext) -> None:
        """Offer these pages. Pages of an earlier person that are still offered are kept with what is typed."""
        self._specs = {spec.id: spec for spec in specs}
        self._context = context
        for gone in set(self._pages) - set(self._specs):
            page = self._pages.pop(gone)
            self.removeWidget(page)
            page.deleteLater()

    def drop_pages(self) -> None:
        """Let go of every page, before the station beneath them is closed."""
        self.set_pages([], self._context) if self._context else None

    def show_page(self, page_id: str, argument: Any = None) -> None:
        """Bring a page to the front and give it ``argument``; an id that is not offered changes nothing."""
        spec = self._specs.get(page_id)
        if spec is None or self._context is None:
            return
        page = self._pages.get(page_id)
        if page is None:
            page = self._pages[page_id] = spec.factory(self._context)
            self.addWidget(page)
        self.setCurrentWidget(page)
        if argument is not None:
            page.open_item(argument)
        page.on_shown()
        self.shown.emit(page_id)

    def offers(self, page_id: str) -> bool:
        """Whether there is such a page for the one who works here."""
        return page_id in self._specs

    def tell_changes(self, changes: Any) -> None:
        """Pass on what was committed to every page that was made."""
        for page in self._pages.values():
            page.on_changes(changes)

    def commands(self) -> list[Command]:
        """What the pages add to Ctrl+K: going there, and their own."""
        keys = (f"Ctrl+{place}" for place in count(1))
        going = [self._going(spec, next(keys) if spec.in_rail else "") for spec in self._specs.values()]
        return going + [command for page in self._pages.values() for command in page.commands()]

    def _going(self, spec: PageSpec, key: str) -> Command:
        return Command(
            f"转到{spec.title}",
            lambda: self.show_page(spec.id),
            spec.icon,
            key=key,
            words=spec.words,
        )
