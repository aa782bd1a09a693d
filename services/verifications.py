"""Verified codes: recorded with their enterprise, listed while provisional, checked again with newer lists.

A verdict is as good as the lists it was made with. The scanned text stays in this machine's store until the code was
checked with lists made after the scan; no event holds it. A later check asks what the verdict would have been at the
moment of the scan, had today's lists been at hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.rows.case_rows import CaseFilter, CaseRow
from db.rows.verification_rows import VerificationRow
from db.unit_of_work import UnitOfWork
from domain.cases.model import ApplicantKind
from domain.clock import Clock
from domain.codes.profiles import profile_of
from domain.codes.recognise import clean
from domain.codes.replay import InMemoryReplay
from domain.codes.trust import Trust
from domain.codes.verdict import Answer, Reason, Verdict
from domain.codes.verification import LearnedTime, verify
from domain.enterprises import credit_code, decide
from domain.enterprises.decide import CheckedCode, Told
from domain.enterprises.fold import read_licence
from domain.enterprises.profile import EnterpriseRecord, Verification, read_tags
from domain.errors import AppError
from domain.staff import Actor
from services.permissions import require
from services.station import reads

KEPT_DAYS = 90
"""How long a scanned text waits for newer lists at most."""
_DAY_MS = 86_400_000
_OPEN = frozenset(
    {
        Reason.UNKNOWN_ISSUER,
        Reason.REVOCATION_UNKNOWN,
        Reason.CLOCK_UNSURE,
        Reason.STALE,
        Reason.IDENTIFIER_ONLY,
    }
)
"""Reasons after which a later look may come to another verdict."""
OTHER_SUBJECT = "other_subject"
"""A code that turned out to be another enterprise's than the one it was shown for."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A verification that was recorded: its event, the enterprise, and whether the verdict is provisional."""

    event: str
    uscc: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A verdict that changed when it was looked at again; ``cases`` are the enterprise's open ones."""

    event: str
    uscc: str
    name: str
    before: str
    now: str
    reasons: tuple[str, ...]
    cases: tuple[CaseRow, ...]


def is_provisional(verdict: Verdict) -> bool:
    """Whether newer lists, a right clock or the network may change ``verdict``."""
    return verdict.answer is not Answer.INVALID and bool(_OPEN & set(verdict.reasons))


def record_scan(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    text: str,
    verdict: Verdict,
    trust: Trust,
    *,
    uscc: str | None = None,
    window: str = "",
) -> Recorded | None:
    """核验: record ``verdict`` on the scanned ``text`` with its enterprise, and take in what a valid code proves.

    ``uscc`` names the enterprise where the code itself proves none. None where there is no enterprise to record it
    with, and for a plain credit code, which proves nothing. ``permission.denied``.
    """
    require(actor, "verify_code")
    code = verdict.subject or uscc
    profile = profile_of(clean(text))
    if not code or not _is_sound(code) or profile is None or not profile.lists:
        return None
    now_ms = clock.now_ms()
    record = uow.enterprise_records.get(code)
    checked = replace(_checked(verdict, trust), window=window)
    written = uow.append(
        record.id if record else None, [decide.record_code(code, checked)], actor=actor.id, now_ms=now_ms
    )
    event = written[0].id
    uow.verifications.drop_texts_before(now_ms - KEPT_DAYS * _DAY_MS)
    if not _is_final(verdict, trust, now_ms):
        uow.verifications.keep_text(event, clean(text))
    return Recorded(event, code, checked.provisional)


def _is_sound(code: str) -> bool:
    try:
        return credit_code.parse(code).code == code
    except AppError:
        return False


def _is_final(verdict: Verdict, trust: Trust, scanned_at: int) -> bool:
    """Whether nothing that may still come can change it: it is invalid, or the lists are newer than the scan."""
    if verdict.answer is Answer.INVALID:
        return True
    if is_provisional(verdict):
        return False
    return trust.revocations is not None and trust.revocations.issued_at >= scanned_at


def _checked(verdict: Verdict, trust: Trust) -> CheckedCode:
    told, until = _proved(verdict) if verdict.answer is Answer.VALID else (Told(), None)
    return CheckedCode(
        verdict=verdict.answer.value,
        reasons=tuple(reason.value for reason in verdict.reasons),
        profile=verdict.kind,
        issuer=verdict.issuer or "",
        trust=0 if trust.issuers is None else trust.issuers.number,
        revocations=0 if trust.revocations is None else trust.revocations.number,
        provisional=is_provisional(verdict),
        proved=told,
        until=until,
    )


def _proved(verdict: Verdict) -> tuple[Told, int | None]:
    """What a valid credential about the enterprise itself says; one about an agent says nothing of its profile."""
    claims: Mapping[str, Any] = verdict.claims
    if claims.get("purpose") != "enterprise":
        return Told(), None
    kind = claims.get("kind") or ""
    told = Told(
        name=claims.get("name") or None,
        kind=ApplicantKind(kind) if kind in set(ApplicantKind) else None,
        legal_representative=claims.get("representative") or None,
        tags=tuple(dict.fromkeys(tag for word in claims.get("tags", ()) for tag in read_tags(word))),
        licences=tuple(read_licence(one) for one in claims.get("licences", ())),
    )
    return told, claims.get("expires_at")


@reads
def provisional_verifications(
    uow: UnitOfWork, clock: Clock, actor: Actor, *, limit: int | None = None
) -> tuple[VerificationRow, ...]:
    """Verdicts that are provisional, newest first."""
    return tuple(uow.verifications.provisional(limit=limit))


@reads
def changed_verifications(
    uow: UnitOfWork, clock: Clock, actor: Actor, *, limit: int | None = None
) -> tuple[VerificationRow, ...]:
    """Verdicts that a later check changed, newest first."""
    return tuple(uow.verifications.changed(limit=limit))


def recheck_verifications(uow: UnitOfWork, clock: Clock, actor: Actor, trust: Trust) -> tuple[Rechecked, ...]:
    """复核: look again, with ``trust`` as it is now, at every code that still waits; the verdicts that changed.

    A verdict that only became firm is recorded too; one that stays as it is, is not.
    """
    now_ms = clock.now_ms()
    alerts: list[Rechecked] = []
    for event, uscc, text in uow.verifications.waiting():
        record = uow.enterprise_records.get(uscc)
        earlier = _verification(record, event)
        if record is None or earlier is None:
            continue
        verdict = _as_of_scan(text, trust, earlier)
        checked = _of_this_enterprise(_checked(verdict, trust), verdict, uscc)
        before = earlier.now
        if (checked.verdict, checked.reasons, checked.provisional) != (
            before.verdict,
            before.reasons,
            before.provisional,
        ):
            news = decide.record_recheck(uscc, event, checked)
            uow.append(record.id, [news], actor=actor.id, now_ms=now_ms)
        if _is_final(verdict, trust, earlier.at) or checked.reasons == (OTHER_SUBJECT,):
            uow.verifications.drop_text(event)
        if checked.verdict != before.verdict:
            alerts.append(_alert(uow, event, uscc, before.verdict, checked))
    return tuple(alerts)


def _verification(record: EnterpriseRecord | None, event: str) -> Verification | None:
    return next((one for one in record.verifications if one.event == event), None) if record else None


def _as_of_scan(text: str, trust: Trust, earlier: Verification) -> Verdict:
    """The verdict at the moment of the scan with the lists of today, which the clock of then cannot have known."""
    profile = profile_of(text)
    assert profile is not None
    known_then = replace(
        trust,
        issuers=_as_made(trust.issuers, earlier.at),
        revocations=_as_made(trust.revocations, earlier.at),
    )
    sure = Reason.CLOCK_UNSURE.value not in earlier.reasons
    now = LearnedTime(earlier.at, sure)
    # Whether it was shown twice could only be asked when it was scanned.
    asked = Reason.REPLAY_UNKNOWN.value not in earlier.reasons
    replay = InMemoryReplay() if asked else None
    return verify(text, trust=known_then, now=now, profile=profile, replay=replay)


def _as_made(one: Any, at: int) -> Any:
    """A list as if it had been made at ``at`` at the latest; an empty list is one too."""
    return None if one is None else replace(one, issued_at=min(one.issued_at, at))


def _of_this_enterprise(checked: CheckedCode, verdict: Verdict, uscc: str) -> CheckedCode:
    if verdict.subject in (None, uscc):
        return checked
    return replace(
        checked, verdict="invalid", reasons=(OTHER_SUBJECT,), provisional=False, proved=Told(), until=None
    )


def _alert(uow: UnitOfWork, event: str, uscc: str, before: str, checked: CheckedCode) -> Rechecked:
    row = uow.enterprises.get(uscc)
    cases = uow.cases.rows(CaseFilter(uscc=uscc, open_only=True))
    return Rechecked(
        event, uscc, row.name if row else "", before, checked.verdict, checked.reasons, tuple(cases)
    )
