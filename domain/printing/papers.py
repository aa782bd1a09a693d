"""The papers of a desk as data: what the visitor takes home, what boards get, and the number of the queue.

``domain.printing.snapshots`` has what all of them share, ``loop_papers`` those of the closed loop, ``dossier`` the
archive's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from domain.errors import AppError
from domain.printing.dossier import Dossier
from domain.printing.loop_papers import (
    AssignmentSlip,
    ConsultationMinutes,
    FeedbackSlip,
    RatingForm,
    SupervisionSlip,
    TransferSlip,
    UrgingSlip,
)
from domain.printing.snapshots import (
    Applicant,
    BoardRole,
    BoardShare,
    LinkState,
    Material,
    PackageTick,
    Paper,
    PrintMark,
    Representative,
    SealPlace,
    SitePlace,
    Snapshot,
    Wording,
    local_minute,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSlip(Paper):
    """受理回执: what the enterprise takes home. ``limit_days`` are working days, None where the class has none.

    ``web_link`` is the public address of the case's page, empty where the site has none.
    """

    PAPER: ClassVar[str] = "case_slip"

    accepted_at: str
    limit: str
    due: str
    limit_days: int | None = None
    provisional: bool = False
    scope: str = ""
    boards: tuple[BoardShare, ...] = ()
    package: str = ""
    ticks: tuple[PackageTick, ...] = ()
    web_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeNotice(Paper):
    """一次性告知单: everything that is missing, told once. ``number`` may be empty before acceptance."""

    PAPER: ClassVar[str] = "one_time_notice"

    noticed_at: str
    missing: tuple[Material, ...]
    supplement_by: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Snapshot):
    """取号小票: a place in the queue. Names nobody; ``enterprise`` only where it was given at the ticket machine.

    ``ahead`` people wait before this one; ``wait_minutes`` is an estimate, None where none can be made.
    ``wait_at`` says where to wait, ``notice`` what happens to a missed number.
    """

    PAPER: ClassVar[str] = "ticket"

    group: str
    ahead: int
    issued_at: str
    wait_minutes: int | None = None
    priority: str = ""
    appointment: str = ""
    enterprise: str = ""
    wait_at: str = ""
    notice: str = ""
    copy: int = 1

    def __post_init__(self) -> None:
        # ``super()`` without arguments does not find the class that ``slots`` made anew.
        Snapshot.__post_init__(self)
        if self.copy < 1 or self.ahead < 0:
            raise ValueError("copies are counted from 1, people from 0")

    def again(self) -> "Ticket":
        """The ticket as its next copy."""
        return replace(self, copy=self.copy + 1)


CasePaper = (
    CaseSlip
    | OneTimeNotice
    | AssignmentSlip
    | TransferSlip
    | FeedbackSlip
    | UrgingSlip
    | SupervisionSlip
    | ConsultationMinutes
    | RatingForm
    | Dossier
)
AnyPaper = CasePaper | Ticket
_PAPERS: dict[str, type[AnyPaper]] = {
    paper.PAPER: paper
    for paper in (
        CaseSlip,
        OneTimeNotice,
        AssignmentSlip,
        TransferSlip,
        FeedbackSlip,
        UrgingSlip,
        SupervisionSlip,
        ConsultationMinutes,
        RatingForm,
        Dossier,
        Ticket,
    )
}


def paper_from_document(document: Mapping[str, Any]) -> AnyPaper:
    """Read a stored snapshot of any kind. Raises as ``Paper.from_document``."""
    kind = _PAPERS.get(str(document.get("paper")))
    if kind is None:
        raise AppError("printing.snapshot_unknown", paper=document.get("paper"))
    return kind.from_document(document)


__all__ = [
    "AnyPaper",
    "Applicant",
    "AssignmentSlip",
    "BoardRole",
    "BoardShare",
    "CasePaper",
    "CaseSlip",
    "ConsultationMinutes",
    "Dossier",
    "FeedbackSlip",
    "LinkState",
    "Material",
    "OneTimeNotice",
    "PackageTick",
    "Paper",
    "PrintMark",
    "RatingForm",
    "Representative",
    "SealPlace",
    "SitePlace",
    "Snapshot",
    "SupervisionSlip",
    "Ticket",
    "TransferSlip",
    "UrgingSlip",
    "Wording",
    "local_minute",
    "paper_from_document",
]
