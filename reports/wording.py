"""The words of a paper that a site may change: those its snapshot was printed with, else the shipped ones."""

import json
from functools import cache

import resources
from domain.printing.papers import SealPlace
from domain.printing.snapshots import Paper
from domain.printing.templates import KIND, PaperTemplates, completed, filled, values_of


@cache
def shipped_templates() -> PaperTemplates:
    """The templates that come with the program."""
    document = json.loads(resources.path(f"reference/{KIND}.json").read_text("utf-8"))
    return PaperTemplates.from_document(completed({}, document))


class Said:
    """The words of one paper, its placeholders filled in."""

    def __init__(self, paper: Paper) -> None:
        kept = paper.wording
        shipped = shipped_templates().papers[paper.PAPER]
        self._words = kept if kept.title else shipped
        self._headings = {**dict(shipped.headings), **dict(kept.headings)}
        self._values = values_of(paper)
        self.place = self._filled(kept.name_line) or paper.site.name
        self.seal: SealPlace = kept.seal
        self.margin_mm = kept.margin_mm
        self.emblem = kept.emblem

    @property
    def title(self) -> str:
        """What the paper is called."""
        return self._filled(self._words.title)

    @property
    def opening(self) -> str:
        """The sentence over the facts, or empty."""
        return self._filled(self._words.opening)

    @property
    def closing(self) -> str:
        """The sentence before the signatures, or empty."""
        return self._filled(self._words.closing)

    @property
    def footer(self) -> str:
        """The line at the foot, or empty."""
        return self._filled(self._words.footer)

    @property
    def signatures(self) -> tuple[str, ...]:
        """Captions of the boxes to sign."""
        return tuple(self._filled(one) for one in self._words.signatures if one)

    def heading(self, code: str) -> str:
        """The heading called ``code``."""
        return self._filled(self._headings[code])

    def _filled(self, sentence: str) -> str:
        return filled(sentence, self._values)
