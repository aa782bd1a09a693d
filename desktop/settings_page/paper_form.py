"""The fields of the paper templates: what holds for all papers, and the words of one."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.widgets import ActionButton, AreaField, Card, Choice, ChoiceField, LineField, empty, label
from domain.printing.offering import PAPERS
from domain.printing.templates import (
    MARGIN_MM,
    MAX_LINE,
    MAX_SENTENCE,
    MAX_SIGNATURES,
    MAX_TITLE,
    Placeholder,
)

SIDE = 92
SEALS = {"none": "不留", "left": "左下", "center": "居中", "right": "右下"}
_MARGINS = [
    Choice(0, "默认"),
    *(Choice(mm, f"{mm} 毫米") for mm in (8, 10, 12, 15, 18, 20, 25) if mm in MARGIN_MM),
]
HINT = "句子里可以写：" + " ".join(f"{{{name.value}}}" for name in Placeholder)


class SharedForm(Card):
    """What stands on every paper. ``emblem_asked`` to choose a picture, ``emblem_dropped`` to do without."""

    changed = Signal()
    emblem_asked = Signal()
    emblem_dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("所有单据", parent)
        self.name_line = LineField("抬头", side=SIDE, max_length=MAX_LINE, placeholder="不填就用网点名称")
        self.seal = ChoiceField("盖章位置", [Choice(*one) for one in SEALS.items()], side=SIDE)
        self.margin = ChoiceField("页边距", _MARGINS, side=SIDE)
        self.choose = ActionButton("选择徽标…", icon_name="paperclip")
        self.drop = ActionButton("去掉徽标", kind="quiet")
        self.emblem_note = label("", "small", wrap=True)
        self._lay_out()
        self.name_line.changed.connect(self.changed)
        self.seal.chosen.connect(lambda _: self.changed.emit())
        self.margin.chosen.connect(lambda _: self.changed.emit())
        self.choose.clicked.connect(self.emblem_asked)
        self.drop.clicked.connect(self.emblem_dropped)

    def show_document(self, document: dict[str, Any]) -> None:
        """Fill the fields."""
        self.name_line.set_text(document["name_line"])
        self.seal.set_value(document["seal"])
        margin = document["margin_mm"]
        if margin not in [choice.value for choice in _MARGINS]:
            self.margin.set_choices([*_MARGINS, Choice(margin, f"{margin} 毫米")])
        self.margin.set_value(margin)
        self.show_emblem(document["emblem"])

    def show_emblem(self, emblem: str) -> None:
        """Say whether there is an emblem."""
        self._note("已有徽标，印在单据左上角（小票不印）" if emblem else "没有徽标", "small")
        self.drop.setEnabled(bool(emblem))

    def show_emblem_error(self, said: str) -> None:
        """Say why a picture was not taken; the emblem stays as it is."""
        self._note(said, "error")

    def _note(self, said: str, role: str) -> None:
        self.emblem_note.setText(said)
        self.emblem_note.setProperty("role", role)
        self.emblem_note.style().polish(self.emblem_note)

    def read(self) -> dict[str, Any]:
        """What stands in the fields; the emblem is kept elsewhere."""
        return {
            "name_line": self.name_line.text(),
            "seal": self.seal.value(),
            "margin_mm": self.margin.value(),
        }

    def _lay_out(self) -> None:
        self.body.addWidget(self.name_line)
        pair = QHBoxLayout()
        pair.addWidget(self.seal)
        pair.addWidget(self.margin)
        self.body.addLayout(pair)
        row = QHBoxLayout()
        row.setContentsMargins(SIDE + 8, 0, 0, 0)
        row.addWidget(self.choose)
        row.addWidget(self.drop)
        row.addWidget(self.emblem_note, 1)
        self.body.addLayout(row)


class WordsForm(Card):
    """The words of one paper. ``paper_chosen`` carries the paper to show instead."""

    changed = Signal()
    paper_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("单据用语", parent)
        choices = [Choice(paper, words.word(words.PAPERS, paper)) for paper in PAPERS]
        self.paper = ChoiceField("单据", choices, side=SIDE)
        self.title = LineField("标题", side=SIDE, max_length=MAX_TITLE)
        self.opening = AreaField("开头的话", side=SIDE, lines=2)
        self.closing = AreaField("结尾的话", side=SIDE, lines=2)
        self.footer = LineField("页脚", side=SIDE, max_length=MAX_SENTENCE)
        self.signatures = [
            LineField(f"签字栏 {n + 1}", side=SIDE, max_length=MAX_LINE) for n in range(MAX_SIGNATURES)
        ]
        self.headings: dict[str, LineField] = {}
        self._grid = QGridLayout()
        self._lay_out()
        self.paper.chosen.connect(lambda paper: self.paper_chosen.emit(paper))
        for line in (self.title, self.footer, *self.signatures):
            line.changed.connect(self.changed)
        for area in (self.opening, self.closing):
            area.changed.connect(self.changed)
            area.editor.setFixedHeight(area.editor.minimumHeight())

    def show_words(self, paper: str, entry: dict[str, Any], shipped: dict[str, Any]) -> None:
        """Fill the fields with the words of ``paper``; headings are named by the ``shipped`` ones."""
        self.paper.set_value(paper)
        for name in ("title", "opening", "closing", "footer"):
            getattr(self, name).set_text(entry[name])
        given = [*entry["signatures"], *[""] * MAX_SIGNATURES]
        for field, caption in zip(self.signatures, given, strict=False):
            field.set_text(caption)
        empty(self._grid)
        self.headings = {}
        for place, (code, said) in enumerate(shipped["headings"].items()):
            field = LineField(said, side=SIDE, max_length=MAX_LINE)
            field.set_text(entry["headings"].get(code, said))
            field.changed.connect(self.changed)
            self._grid.addWidget(field, place, 0)
            self.headings[code] = field

    def read(self) -> dict[str, Any]:
        """The words as they stand here."""
        return {
            "title": self.title.text(),
            "opening": self.opening.text().strip(),
            "closing": self.closing.text().strip(),
            "footer": self.footer.text(),
            "signatures": [text for field in self.signatures if (text := field.text())],
            "headings": {code: field.text() for code, field in self.headings.items()},
        }

    def field_of(self, name: str) -> LineField | AreaField | None:
        """The field that an error names."""
        if name == "signatures":
            return self.signatures[0]
        found = getattr(self, name, None)
        return found if isinstance(found, LineField | AreaField) else None

    def _lay_out(self) -> None:
        fields: list[QWidget] = [self.paper, self.title, self.opening, self.closing, self.footer]
        for widget in (*fields, *self.signatures, label("各部分的标题", "label")):
            self.body.addWidget(widget)
        self.body.addLayout(self._grid)
        self.body.addWidget(label(HINT, "small", wrap=True))


def column(*widgets: QWidget) -> QVBoxLayout:
    """Widgets one below the other, the room left over at the end."""
    lay = QVBoxLayout()
    lay.setSpacing(10)
    for widget in widgets:
        lay.addWidget(widget)
    lay.addStretch(1)
    return lay
