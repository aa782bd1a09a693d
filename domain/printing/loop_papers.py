"""The papers of the closed loop: what boards are given, urged with and agree on, what the enterprise hears, and rates.

Stretches of time are minutes of opening time.
"""

from dataclasses import dataclass
from typing import ClassVar

from domain.printing.snapshots import BoardRole, Paper


@dataclass(frozen=True, slots=True)
class WorkShare:
    """One board's share of a case (交办件): what it is to do, how far it is, what it answered."""

    board: str
    role: BoardRole
    department: str = ""
    task: str = ""
    state: str = ""
    handler: str = ""
    assigned_at: str = ""
    received_at: str = ""
    answered_at: str = ""
    answer: str = ""
    spent_min: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedPaper(Paper):
    """A paper that also says what was promised, and which boards have the case."""

    accepted_at: str
    limit: str
    due: str
    limit_days: int | None = None
    provisional: bool = False
    scope: str = ""
    shares: tuple[WorkShare, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentSlip(PromisedPaper):
    """交办单: the case given to its boards. ``origin`` is how it came to the lead (assigned, transferred …)."""

    PAPER: ClassVar[str] = "assignment_slip"

    assigned_at: str
    origin: str = ""
    given_by: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """One return, decision, transfer or escalation. ``what`` is the kind of its event."""

    at: str
    what: str
    giver: str = ""
    taker: str = ""
    reason: str = ""
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSlip(PromisedPaper):
    """转办（退回）单: how the case went from board to board; the last of ``handovers`` is what the slip is about."""

    PAPER: ClassVar[str] = "transfer_slip"

    handovers: tuple[Handover, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSlip(PromisedPaper):
    """办结反馈单: what the enterprise is told. ``in_time`` is None where nothing was promised.

    ``web_link`` is as in the slip of acceptance.
    """

    PAPER: ClassVar[str] = "feedback_slip"

    answer: str
    resolved_at: str
    in_time: bool | None = None
    spent_min: int = 0
    told_at: str = ""
    told_by: str = ""
    told: str = ""
    told_text: str = ""
    web_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgingSlip(PromisedPaper):
    """催办单. ``alert`` is none, amber, yellow or red; ``over_min`` is how far over the limit, negative before it ends.

    ``demand`` is what the supervisor wrote, ``reply_by`` until when an answer is wanted; empty where nobody urged yet.
    """

    PAPER: ClassVar[str] = "urging_slip"

    alert: str
    over_min: int
    age_min: int = 0
    issued_by: str = ""
    demand: str = ""
    reply_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionSlip(PromisedPaper):
    """督办单, for a case that is over its limit; fields as in ``UrgingSlip``."""

    PAPER: ClassVar[str] = "supervision_slip"

    alert: str
    over_min: int
    age_min: int = 0
    issued_by: str = ""
    demand: str = ""
    reply_by: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """会商: who met, what was agreed, until when."""

    at: str
    boards: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    agreed: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationMinutes(PromisedPaper):
    """会商纪要: every meeting on the case, the first first."""

    PAPER: ClassVar[str] = "consultation_minutes"

    meetings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingForm(Paper):
    """评价表: filled in alone and put into a box. Its sheet shows neither the person nor who served."""

    PAPER: ClassVar[str] = "rating_form"

    resolved_at: str = ""
