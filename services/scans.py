"""What a scan is (扫码), from any source: recognised, verified with this station's trust, looked up in its store."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from db.rows.enterprise_rows import EnterpriseRow
from db.unit_of_work import UnitOfWork
from domain.callbacks.codes import is_task_code
from domain.cases.model import ApplicantKind
from domain.cases.numbers import normalise, parse_number
from domain.clock import Clock
from domain.codes.claims import Purpose
from domain.codes.profiles import MAX_TEXT_CHARS, QYS1
from domain.codes.recognise import Kind, clean, read, safe_text
from domain.codes.slips import SlipOf
from domain.codes.trust import Trust
from domain.codes.verdict import Answer, Reason, Verdict
from domain.queue.model import TicketState
from domain.staff import Actor
from services.permissions import require
from services.queue.rules import queue_rules
from services.rulebook import board_name, rulebook
from services.trust import learned_time, registries, take_trust, trust_of
from services.verifications import Rechecked, recheck_verifications, record_scan

_DAY_MS = 86_400_000
_ASKABLE = frozenset({Kind.LICENCE_ADDRESS, Kind.LICENCE_CODE})
"""What a registry can say more about than the text does."""


class Found(StrEnum):
    """What a scan leads to."""

    ENTERPRISE = "enterprise"
    SLIP = "slip"
    TICKET = "ticket"
    CASE = "case"
    CALLBACK = "callback"
    RATING = "rating"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a good signature says of an enterprise; ``name`` empty and ``kind`` None where it says nothing of them."""

    uscc: str
    name: str
    kind: ApplicantKind | None
    issuer: str


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """What a slip holds, put into words where this station knows them. Times are UTC milliseconds.

    ``case`` is the case's id, ``here`` whether this store has it; ``own_site`` whether it was accepted at this site.
    """

    case: str
    number: str
    kind: str
    board: str
    site: str
    own_site: bool
    here: bool
    accepted_at: int
    due_at: int | None
    copy: int


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What the code of a ticket (排队号) says, and where this store knows it how it stands now (``state``)."""

    id: str
    number: str
    group: str
    own_site: bool
    issued_at: int
    state: TicketState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The answer to one scan. ``text`` is fit for the screen, ``scanned`` is what the verdict is about.

    ``proof`` is there for a valid code only; ``uscc`` also for a bare identifier. ``case`` is the id of a case in this
    store. ``enterprise`` is what the store knows of ``uscc``. ``provisional``: the verdict is looked at again later.
    """

    found: Found
    verdict: Verdict
    text: str
    scanned: str = ""
    at: int = 0
    uscc: str | None = None
    proof: Proof | None = None
    enterprise: EnterpriseRow | None = None
    slip: SlipFacts | None = None
    ticket: TicketFacts | None = None
    case: str | None = None
    provisional: bool = False

    @property
    def name(self) -> str:
        """The enterprise's name: proved, else known, else empty."""
        if self.proof and self.proof.name:
            return self.proof.name
        return self.enterprise.name if self.enterprise else ""


def scan(uow: UnitOfWork, clock: Clock, actor: Actor, text: str, *, window: str = "") -> Scan:
    """Recognise and verify ``text`` and record the verdict; a presentation that is accepted is remembered with it.

    Refuses nothing but ``permission.denied``: the verdict says what is wrong. A slip is sought in the store, so is an
    enterprise; a bare case number, which older slips carry, counts as one.
    """
    require(actor, "verify_code")
    now = learned_time(uow, clock)
    # Marks outlive their time by a day: a clock that runs ahead for a while forgets none that is still needed.
    uow.replay_marks.forget(now.ms - _DAY_MS)
    trust = trust_of(uow)
    verdict = read(text, trust=trust, now=now, registries=registries(uow), replay=uow.replay_marks)
    cleaned = clean(text) if len(text) <= MAX_TEXT_CHARS else ""
    plain = Scan(
        found=Found.NOTHING, verdict=verdict, text=safe_text(cleaned or text), scanned=cleaned, at=now.ms
    )
    if verdict.kind in _ASKABLE and Reason.IDENTIFIER_ONLY in verdict.reasons:
        uow.registry_questions.add(cleaned, now.ms)
    if verdict.kind == QYS1.name:
        return _slip(uow, plain)
    if verdict.subject:
        return _enterprise(uow, clock, actor, plain, trust, window)
    if is_task_code(cleaned):
        # Whether it is one of ours, and which, is asked by the page that enters what stands on the form.
        return replace(plain, found=Found.CALLBACK)
    case = _case(uow, cleaned)
    return replace(plain, found=Found.CASE, case=case) if case else plain


def recheck(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[Rechecked, ...]:
    """Look again at every provisional verdict with the lists there are now; those that changed."""
    return recheck_verifications(uow, clock, actor, trust_of(uow))


def take_and_recheck(uow: UnitOfWork, clock: Clock, actor: Actor, body: bytes) -> tuple[Rechecked, ...]:
    """Take in a trust file (``services.trust.take_trust``) and look again at what waits for it; what changed."""
    take_trust(uow, clock, actor, body)
    return recheck(uow, clock, actor)


def _slip(uow: UnitOfWork, plain: Scan) -> Scan:
    if plain.verdict.answer is not Answer.VALID:
        return plain
    said = plain.verdict.claims
    if said["of"] == SlipOf.TICKET:
        return replace(plain, found=Found.TICKET, ticket=_ticket(uow, said))
    here = uow.events.exists(said["id"])
    site = rulebook(uow).site
    facts = SlipFacts(
        case=said["id"],
        number=said["number"],
        kind=said["kind"],
        board=board_name(uow, said["board"], None) if said["board"] else "",
        site=site.name if said["site"] == site.code else said["site"],
        own_site=said["site"] == site.code,
        here=here,
        accepted_at=said["accepted_at"],
        due_at=said["due_at"],
        copy=said["copy"],
    )
    # The code of a rating form (评价表) is about a case, too, but leads to where ratings are entered.
    found = Found.RATING if said["of"] == SlipOf.RATING else Found.SLIP
    return replace(plain, found=found, slip=facts, case=facts.case if here else None)


def _ticket(uow: UnitOfWork, said: Mapping[str, Any]) -> TicketFacts:
    groups, site = queue_rules(uow).groups, rulebook(uow).site
    return TicketFacts(
        id=said["id"],
        number=said["number"],
        group=groups[said["kind"]].name if said["kind"] in groups else said["kind"],
        own_site=said["site"] == site.code,
        issued_at=said["accepted_at"],
        state=uow.ticket(said["id"]).state if uow.tickets.id_of(said["id"], []) else None,
    )


def _enterprise(uow: UnitOfWork, clock: Clock, actor: Actor, plain: Scan, trust: Trust, window: str) -> Scan:
    verdict = plain.verdict
    recorded = record_scan(uow, clock, actor, plain.scanned, verdict, trust, window=window)
    return replace(
        plain,
        found=Found.ENTERPRISE,
        uscc=verdict.subject,
        proof=_proof(verdict),
        enterprise=uow.enterprises.get(verdict.subject),
        provisional=recorded is not None and recorded.provisional,
    )


def _proof(verdict: Verdict) -> Proof | None:
    """Only a valid verdict proves. A credential of an agent vouches for the agent, not for the enterprise's name."""
    if verdict.answer is not Answer.VALID or not verdict.subject or verdict.issuer is None:
        return None
    if verdict.claims.get("purpose") != Purpose.ENTERPRISE:
        return Proof(verdict.subject, "", None, verdict.issuer)
    kind = verdict.claims.get("kind")
    known = ApplicantKind(kind) if kind in set(ApplicantKind) else None
    return Proof(verdict.subject, str(verdict.claims.get("name", "")), known, verdict.issuer)


def _case(uow: UnitOfWork, text: str) -> str | None:
    if parse_number(text) is None:
        return None
    rows = uow.cases.by_key(normalise(text), short_since=0)
    return rows[0].id if len(rows) == 1 else None
