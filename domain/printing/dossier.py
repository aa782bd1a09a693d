"""归档卷宗: the whole case as data, to be drawn as one document with its files."""

from dataclasses import dataclass
from typing import ClassVar

from domain.printing.loop_papers import Meeting, PromisedPaper
from domain.printing.snapshots import PackageTick


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step of the case: ``kind`` of its event, ``facts`` (name, words) of it, ``text`` as it was written."""

    at: str
    by: str
    kind: str
    site: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """What the enterprise said afterwards: ``what`` is rating or callback, ``level`` 5 to 1, 0 where none was given."""

    at: str
    what: str
    level: int = 0
    result: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """A paper of the case that was printed, and how often."""

    paper: str
    copies: int


@dataclass(frozen=True, slots=True)
class DossierFile:
    """An attached file; ``size`` in bytes. Its content is looked up by ``sha256`` when the dossier is drawn."""

    sha256: str
    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier(PromisedPaper):
    """归档卷宗. ``state`` is that of the case when it was put together; ``package`` and ``ticks`` as on the slip."""

    PAPER: ClassVar[str] = "dossier"

    state: str
    history: tuple[HistoryStep, ...] = ()
    answer: str = ""
    reason: str = ""
    plan: str = ""
    plan_until: str = ""
    resolved_at: str = ""
    archived_at: str = ""
    in_time: bool | None = None
    spent_min: int = 0
    told_at: str = ""
    told_by: str = ""
    told: str = ""
    told_text: str = ""
    missing: tuple[str, ...] = ()
    package: str = ""
    ticks: tuple[PackageTick, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    voices: tuple[Voice, ...] = ()
    prints: tuple[PrintedPaper, ...] = ()
    files: tuple[DossierFile, ...] = ()
