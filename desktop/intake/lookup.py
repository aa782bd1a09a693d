"""What the station knows of the one who has come: offers while somebody types, the card once it is clear who."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.intake.found import MOST
from desktop.intake.latest import Latest
from desktop.shell.page import Station
from desktop.shell.tasks import TaskRunner
from services.enterprises import enterprise_card, find_enterprises

PAUSE_MS = 120


class Lookup(QObject):
    """``offered`` carries ``EnterpriseRow``s, ``found`` an ``EnterpriseCard`` or None.

    ``typed`` gives what stands in the field; ``named`` the (code, name) to look for, both may be empty.
    """

    offered = Signal(object)
    found = Signal(object)

    def __init__(
        self,
        station: Station,
        tasks: TaskRunner,
        typed: Callable[[], str],
        named: Callable[[], tuple[str, str]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._station, self._typed, self._named = station, typed, named
        self.offers = Latest(tasks, self._ask_offers, PAUSE_MS, self)
        self.card = Latest(tasks, self._ask_card, 0, self)
        self.offers.answered.connect(self.offered)
        self.card.answered.connect(self.found)

    def forget(self) -> None:
        """Ask nothing more until somebody types again."""
        self.offers.forget()
        self.card.forget()

    def _ask_offers(self) -> "Future[Any] | None":
        text = self._typed()
        if not text:
            self.offered.emit(())
            return None
        return self._station.submit(find_enterprises, text, limit=MOST)

    def _ask_card(self) -> "Future[Any] | None":
        code, name = self._named()
        if not (code or name):
            return None
        return self._station.submit(enterprise_card, code or None, name)
