"""What a case is made of. Codes are those of docs/cli.md; the Chinese words stand in ``desktop/words.py``."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.callbacks.model import Callback
from domain.cases.assignments import Assignment, share_of
from domain.cases.progress import Consultation, ExtensionRequest, Feedback, Plan, Suspension
from domain.supervision.model import Measure


class CaseKind(StrEnum):
    """诉求类型."""

    CONSULTATION = "consultation"
    REQUEST = "request"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    ITEM = "item"
    PACKAGE = "package"


class Channel(StrEnum):
    """来源渠道."""

    WINDOW = "window"
    PHONE = "phone"
    HOTLINE = "hotline"
    ONLINE = "online"
    VISIT = "visit"
    TALK = "talk"
    COMMUNITY = "community"


class Scope(StrEnum):
    """点/链/块: one enterprise, an industry chain, a block or park."""

    POINT = "point"
    CHAIN = "chain"
    BLOCK = "block"


class LimitClass(StrEnum):
    """办理时限."""

    SIMPLE = "simple"
    STANDARD = "standard"
    HARD = "hard"
    ITEM = "item"


class CaseState(StrEnum):
    """Where a case stands in its life (docs/case-moves.md)."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    RECEIVED = "received"
    HANDLING = "handling"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    ESCALATED = "escalated"
    SUSPENDED = "suspended"
    EXTENDED = "extended"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    FED_BACK = "fed_back"
    RATED = "rated"
    CALLED_BACK = "called_back"
    ARCHIVED = "archived"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


RUNNING_STATES = frozenset(
    {
        CaseState.REGISTERED,
        CaseState.ACCEPTED,
        CaseState.ASSIGNED,
        CaseState.RECEIVED,
        CaseState.HANDLING,
        CaseState.RETURNED,
        CaseState.TRANSFERRED,
        CaseState.ESCALATED,
        CaseState.EXTENDED,
        CaseState.REOPENED,
    }
)
"""States in which the clock of a case runs."""
OPEN_STATES = RUNNING_STATES | {CaseState.SUSPENDED}
"""States of a case that is not closed."""
CLOSED_STATES = frozenset(CaseState) - OPEN_STATES


class ApplicantKind(StrEnum):
    """申请人类型."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL = "individual"
    FOUNDING = "founding"
    CHAMBER = "chamber"
    PARK = "park"


NAMES_A_PERSON = frozenset({ApplicantKind.INDIVIDUAL, ApplicantKind.FOUNDING})
"""Applicants whose name is, or usually holds, a person's: it stays in the erasable part of an event."""


class Capacity(StrEnum):
    """经办人身份."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Contact:
    """经办人: the person at the window."""

    name: str = ""
    phone: str = ""
    capacity: Capacity = Capacity.AGENT
    authorisation_seen: bool = False


@dataclass(frozen=True, slots=True)
class Applicant:
    """申请人. ``uscc`` is the credit code, or None for one still to be founded and the like."""

    name: str
    uscc: str | None = None
    kind: ApplicantKind = ApplicantKind.ENTERPRISE


@dataclass(frozen=True, slots=True)
class Limit:
    """The promised time: class, working days where the class is ``item``, and the profile it is counted by."""

    limit: LimitClass
    days: int | None = None
    profile: str = "provincial"


@dataclass(frozen=True, slots=True)
class Due:
    """When the promise ends (UTC milliseconds), by which version of the calendar."""

    at: int
    provisional: bool
    calendar: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a case; the content lives in the attachment store under ``sha256``."""

    sha256: str
    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step of a case: who did what when; ``detail`` holds the event's own facts."""

    event: str
    kind: str
    at: int
    actor: str
    site: str
    device: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its events tell it. ``boards[0]`` leads, the others assist.

    ``due`` knows of no pause after ``due_from``: ``domain.deadlines.case_clock`` does.
    """

    id: str
    number: str
    state: CaseState
    kind: CaseKind
    channel: Channel
    scope: Scope
    limit: Limit
    due: Due | None
    applicant: Applicant
    contact: Contact
    text: str
    boards: tuple[str, ...]
    items: tuple[str, ...]
    package: str | None
    package_items: tuple[str, ...]
    in_pool: bool
    sensitive: bool
    accepted_at: int
    actor: str
    site: str
    window: str
    versions: dict[str, int]
    chosen: bool = False
    """The boards were a clerk's choice, not the program's proposal."""
    closed_at: int | None = None
    answer: str = ""
    reason: str = ""
    merged_into: str | None = None
    links: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    files: tuple[Attached, ...] = ()
    prints: dict[str, int] = field(default_factory=dict)
    timeline: tuple[TimelineEntry, ...] = ()
    unfit: tuple[tuple[str, str], ...] = ()
    """(event id, code) of events that no longer fit: conflicts for a person to decide."""
    newer: bool = False
    """Holds an event that only a newer program understands."""
    erased: bool = False
    assignments: tuple[Assignment, ...] = ()
    """The boards' shares, the lead first; closed ones are kept."""
    suspensions: tuple[Suspension, ...] = ()
    extension: ExtensionRequest | None = None
    """An extension that waits for the supervisor."""
    extended: bool = False
    plan: Plan | None = None
    consultations: tuple[Consultation, ...] = ()
    feedback: Feedback | None = None
    limit_from: int = 0
    """When the present limit began: acceptance, escalation to the appeal board or reopening."""
    due_from: int = 0
    """From when on pauses move ``due``; earlier ones are in it already, or lie before its limit."""
    escalated_at: int | None = None
    reopened: int = 0
    """How often; a reopened case is called back for sure."""
    passed_to: str | None = None
    """The site above that a matter was passed up to, which owns it since."""
    archived_at: int | None = None
    callbacks: tuple[Callback, ...] = ()
    """One for each closing that the enterprise was, or is to be, asked about."""
    measures: tuple[Measure, ...] = ()
    """What supervisors did to hurry it, the first first."""
    undone: frozenset[str] = frozenset()
    """Ids of steps that a supervisor undid: they stay in the timeline and count for nothing."""

    @property
    def item(self) -> str | None:
        """The main catalogue item."""
        return self.items[0] if self.items else None

    @property
    def is_open(self) -> bool:
        """Whether it is not closed; the clock of a suspended one stands."""
        return self.state in OPEN_STATES

    @property
    def lead(self) -> Assignment | None:
        """The leading board's share, also once the case is closed."""
        return self.share_of(self.boards[0]) if self.boards else None

    @property
    def shares(self) -> tuple[Assignment, ...]:
        """The shares of the boards that have the case now, or had it when it was closed; the lead first."""
        return tuple(share for share in self.assignments if share.board in self.boards)

    @property
    def has_agreed_date(self) -> bool:
        """Whether ``due`` is a date that was agreed on, by an extension or a plan, and not counted from the limit."""
        planned = self.plan is not None and self.due is not None and self.due.at == self.plan.until
        return self.extended or planned

    @property
    def suspended_since(self) -> int | None:
        """When the pause began that lasts, or None."""
        last = self.suspensions[-1] if self.suspensions else None
        return last.start if last is not None and last.end is None else None

    def share_of(self, board: str | None) -> Assignment | None:
        """The share of ``board``, or None."""
        return share_of(self.assignments, board)
