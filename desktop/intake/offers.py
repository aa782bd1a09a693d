"""The right side of zone ②: boards, items and packages that the matter's words lead to, each with its key."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.widgets import Card, ElidedLabel, KeyHint, label

PER_GROUP = 3
GROUPS = ("board", "item", "package")


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion; ``group`` is ``board``, ``item`` or ``package``."""

    group: str
    code: str
    name: str
    because: str


class OfferRow(QPushButton):
    """A suggestion: key, name, and the words that led to it."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "offer")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.offer: Offer | None = None
        self._name = ElidedLabel()
        self._because = ElidedLabel("", "small")
        self._because.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 1, 8, 1)
        row.addWidget(KeyHint(f"Alt+{number}"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._name, 3)
        row.addWidget(self._because, 2)
        for part in (self._name, self._because):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height() + 10)

    def show_offer(self, offer: Offer | None) -> None:
        """Show ``offer``, or nothing."""
        self.offer = offer
        self.setVisible(offer is not None)
        if offer is not None:
            self._name.setText(offer.name)
            self._because.setText(offer.because)
            self.setAccessibleName(offer.name)
            self.setToolTip(f"{offer.name}\n由来：{offer.because}" if offer.because else offer.name)


class Offers(Card):
    """建议. ``taken`` carries the ``Offer`` that was chosen by key or mouse."""

    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("建议", parent)
        self._empty = label("写下诉求，这里会推荐板块、事项和一类事。", "muted", wrap=True)
        self.body.addWidget(self._empty)
        self._rows: dict[str, list[OfferRow]] = {}
        column = QVBoxLayout()
        column.setSpacing(3)
        for place, group in enumerate(GROUPS):
            self._rows[group] = [OfferRow(place * PER_GROUP + n + 1) for n in range(PER_GROUP)]
            for row in self._rows[group]:
                row.clicked.connect(lambda _=False, row=row: self._take(row))
                column.addWidget(row)
            column.addSpacing(4)
        self.body.addLayout(column)
        self.show_offers([])

    def show_offers(self, offers: list[Offer]) -> None:
        """Show at most three of each group."""
        for group, rows in self._rows.items():
            mine = [offer for offer in offers if offer.group == group][:PER_GROUP]
            for at, row in enumerate(rows):
                row.show_offer(mine[at] if at < len(mine) else None)
        self._empty.setVisible(not offers)

    def take(self, number: int) -> None:
        """Choose by key: 1–3 boards, 4–6 items, 7–9 packages."""
        rows = [row for group in GROUPS for row in self._rows[group]]
        self._take(rows[number - 1])

    def take_first(self) -> None:
        """Choose the first board."""
        self.take(1)

    def offers(self) -> list[Offer]:
        """What is shown."""
        return [row.offer for rows in self._rows.values() for row in rows if row.offer]

    def _take(self, row: OfferRow) -> None:
        if row.offer is not None:
            self.taken.emit(row.offer)


def offers_from(routing: Any, book: Any) -> list[Offer]:
    """A ``Routing`` with names out of the rulebook in force; codes it does not know are left out."""
    found: list[Offer] = []
    for group, suggestions, known in (
        ("board", routing.boards, book.boards),
        ("item", routing.items, book.items),
        ("package", routing.packages, book.packages),
    ):
        for one in suggestions:
            if one.code in known:
                found.append(Offer(group, one.code, known[one.code].name, " · ".join(one.because)))
    return found
