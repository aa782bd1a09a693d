"""From a signed text to a verdict. Pure: the time, the trust and the memory of replays are handed in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.codes import strict_cbor
from domain.codes.claims import (
    EXP,
    IAT,
    ISS,
    ISSUABLE,
    NBF,
    ClaimError,
    Credential,
    MissingClaimError,
    Presentation,
    Purpose,
    read_credential,
    read_presentation,
)
from domain.codes.envelope import Envelope, EnvelopeError, TooLargeError, open_bytes, open_text
from domain.codes.profiles import QYM1, Content, Profile
from domain.codes.replay import ReplayMemory
from domain.codes.slips import read_slip
from domain.codes.trust import Trust, TrustedKey
from domain.codes.verdict import STALE_GRACE_DAYS, Answer, Finding, Reason, Verdict, conclude
from domain.enterprises.credit_code import parse
from domain.errors import AppError

DAY_MS = 86_400_000
FRESH_MS = 120_000
ANYWHERE = "*"

__all__ = ["FRESH_MS", "STALE_GRACE_DAYS", "LearnedTime", "verify"]


@dataclass(frozen=True, slots=True)
class LearnedTime:
    """Now, UTC milliseconds, with the measured offset of the device's clock already taken off.

    ``sure`` is false when the clock is known to be off and nobody has told the right time yet.
    """

    ms: int
    sure: bool = True


@dataclass(slots=True)
class _Case:
    """What is known so far about one text."""

    trust: Trust
    now: LearnedTime
    profile: Profile
    replay: ReplayMemory | None
    findings: list[Finding] = field(default_factory=list)
    issuer: str | None = None
    subject: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    credential: Credential | None = None

    def add(self, reason: Reason, detail: str = "", days: int | None = None) -> None:
        self.findings.append(Finding(reason, detail, days))

    def verdict(self) -> Verdict:
        answer = conclude(self.findings)
        return Verdict(
            answer=answer,
            findings=tuple(self.findings),
            kind=self.profile.name,
            issuer=self.issuer,
            subject=self.subject,
            claims=self.claims,
            credential=self.credential,
        )


class _Unreadable(Exception):
    """Reading ends here; the finding says why."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.finding = Finding(reason, detail)


def verify(
    text: str,
    *,
    trust: Trust,
    now: LearnedTime,
    profile: Profile,
    replay: ReplayMemory | None = None,
) -> Verdict:
    """The verdict on ``text``, which should begin with the profile's prefix.

    Nothing is raised for any text. ``replay`` is asked last and only about a presentation that is otherwise valid, so
    that nobody can use up another's code with a forged one.

    Reasons that make it invalid: ``not_a_code`` (another prefix), ``too_large`` (a hard limit), ``damaged`` (Base45,
    zlib, CBOR, COSE or a claim cannot be read; ``detail`` names which), ``incomplete`` (a claim that must be there is
    missing: named), ``bad_algorithm`` (not allowed by the profile, not named, or not the key's own),
    ``bad_signature``, ``wrong_purpose`` (the key is not trusted for this purpose, or speaks in another issuer's
    name), ``bad_check_digit`` (the subject is no credit code), ``expired``, ``not_yet_valid`` (``nbf``, or ``iat`` more
    than 120 s ahead), ``issuer_lapsed`` (issued outside the key's time), ``revoked``, ``not_fresh`` (presented more
    than 120 s away from now), ``other_site`` (presented for another site), ``replayed``.

    Reasons that leave it open: ``unknown_issuer`` (no such key in the list), ``revocation_unknown`` (no revocation
    list at hand), ``clock_unsure`` (the clock is known to be off, or tells a time before the newest list was made;
    ``expired``, ``not_yet_valid`` and ``not_fresh`` then prove nothing either), ``replay_unknown`` (no memory was
    handed in), ``site_unknown`` (presented for one site, and ``trust`` names none), ``stale`` more than 7 days
    (``days``; ``detail`` is the list) past ``next_update``. Up to 7 days ``stale`` leaves a valid code valid.
    ``identifier_only`` comes from ``recognise`` alone.

    ``HC1``: ``exp`` and ``nbf`` are checked, no lists, no purposes; the health content is not read.
    """
    case = _Case(trust, now, profile, replay)
    try:
        if not text.startswith(profile.prefix):
            raise _Unreadable(Reason.NOT_A_CODE)
        _READERS[profile.content](case, open_text(text, profile))
    except _Unreadable as stop:
        case.findings.append(stop.finding)
    except TooLargeError as error:
        case.add(Reason.TOO_LARGE, str(error))
    except (EnvelopeError, strict_cbor.CborError) as error:
        case.add(Reason.DAMAGED, str(error))
    except MissingClaimError as error:
        case.add(Reason.INCOMPLETE, str(error))
    except ClaimError as error:
        case.add(Reason.DAMAGED, str(error))
    return case.verdict()


def _credential(case: _Case, envelope: Envelope) -> None:
    key, credential = _proven_credential(case, envelope, case.profile)
    _judge_credential(case, key, credential)


def _presentation(case: _Case, envelope: Envelope) -> None:
    """The credential inside is proven first: only it says whose key must have signed the outside."""
    shown = read_presentation(strict_cbor.decode(envelope.payload, case.profile.payload))
    key, credential = _proven_credential(case, open_bytes(shown.credential, QYM1), QYM1)
    holder = credential.holder
    if holder is None:
        raise _Unreadable(Reason.INCOMPLETE, "cnf")
    if envelope.algorithm(loose=False) is not holder.algorithm:
        raise _Unreadable(Reason.BAD_ALGORITHM)
    if not holder.verifies(envelope.signature, envelope.signed_bytes):
        raise _Unreadable(Reason.BAD_SIGNATURE, "holder")
    _judge_credential(case, key, credential)
    _judge_presentation(case, shown, credential)


def _slip(case: _Case, envelope: Envelope) -> None:
    key = _proven_by(case, envelope, case.profile)
    if Purpose.SLIP not in key.purposes:
        raise _Unreadable(Reason.WRONG_PURPOSE)
    slip = read_slip(strict_cbor.decode(envelope.payload, case.profile.payload))
    case.issuer, case.subject, case.claims = key.issuer, slip.number, slip.document()
    if not key.covers(slip.accepted_at):
        case.add(Reason.ISSUER_LAPSED)
    _judge_clock(case)
    if slip.accepted_at > case.now.ms + FRESH_MS:
        case.add(Reason.NOT_YET_VALID)


def _certificate(case: _Case, envelope: Envelope) -> None:
    key = _proven_by(case, envelope, case.profile)
    if Purpose.FOREIGN not in key.purposes:
        raise _Unreadable(Reason.WRONG_PURPOSE)
    claims = strict_cbor.decode(envelope.payload, case.profile.payload)
    if not isinstance(claims, Mapping):
        raise _Unreadable(Reason.DAMAGED, "claims")
    expires, begins = _moment(claims, EXP), _moment(claims, NBF)
    if expires is None:
        raise _Unreadable(Reason.INCOMPLETE, "exp")
    issuer = claims.get(ISS)
    case.issuer = issuer if isinstance(issuer, str) else key.issuer
    case.claims = {"issued_at": _moment(claims, IAT), "not_before": begins, "expires_at": expires}
    _judge_clock(case)
    # The issuers' own test data holds a certificate good in the very millisecond at which it expires.
    _judge_span(case, begins, expires + 1)


_READERS = {
    Content.CREDENTIAL: _credential,
    Content.PRESENTATION: _presentation,
    Content.SLIP: _slip,
    Content.CERTIFICATE: _certificate,
}


def _proven_by(case: _Case, envelope: Envelope, profile: Profile) -> TrustedKey:
    """The trusted key whose signature this is."""
    algorithm = envelope.algorithm(loose=profile.loose_headers)
    if algorithm is None or algorithm not in profile.algorithms:
        raise _Unreadable(Reason.BAD_ALGORITHM)
    candidates = case.trust.by_kid.get(envelope.kid or b"", ())
    if not candidates:
        raise _Unreadable(Reason.UNKNOWN_ISSUER)
    fitting = [one for one in candidates if one.key.algorithm is algorithm]
    if not fitting:
        raise _Unreadable(Reason.BAD_ALGORITHM)
    message = envelope.signed_bytes
    for candidate in fitting:
        if candidate.key.verifies(envelope.signature, message):
            return candidate
    raise _Unreadable(Reason.BAD_SIGNATURE)


def _proven_credential(case: _Case, envelope: Envelope, profile: Profile) -> tuple[TrustedKey, Credential]:
    key = _proven_by(case, envelope, profile)
    return key, read_credential(strict_cbor.decode(envelope.payload, profile.payload))


def _judge_credential(case: _Case, key: TrustedKey, credential: Credential) -> None:
    entitled = credential.purpose in key.purposes & ISSUABLE and credential.issuer == key.issuer
    if not entitled:
        # A key that oversteps its purpose proves nothing, not even what it says about the enterprise.
        raise _Unreadable(Reason.WRONG_PURPOSE)
    case.issuer, case.claims, case.credential = credential.issuer, credential.document(), credential
    _judge_subject(case, credential.subject)
    if not key.covers(credential.issued_at):
        case.add(Reason.ISSUER_LAPSED)
    _judge_clock(case)
    _judge_span(case, credential.not_before, credential.expires_at)
    if credential.issued_at > case.now.ms + FRESH_MS:
        case.add(Reason.NOT_YET_VALID, "iat")
    _judge_lists(case, credential)


def _judge_subject(case: _Case, subject: str) -> None:
    try:
        code = parse(subject).code
    except AppError:
        case.add(Reason.BAD_CHECK_DIGIT)
        return
    if code != subject:
        case.add(Reason.BAD_CHECK_DIGIT)
    case.subject = code


def _judge_clock(case: _Case) -> None:
    if not case.now.sure or case.now.ms < case.trust.not_before - FRESH_MS:
        case.add(Reason.CLOCK_UNSURE)


def _judge_span(case: _Case, begins: int | None, expires: int) -> None:
    if case.now.ms >= expires:
        case.add(Reason.EXPIRED)
    if begins is not None and case.now.ms < begins:
        case.add(Reason.NOT_YET_VALID, "nbf")


def _judge_lists(case: _Case, credential: Credential) -> None:
    revocations = case.trust.revocations
    if revocations is None:
        case.add(Reason.REVOCATION_UNKNOWN)
    elif credential.id in revocations:
        case.add(Reason.REVOKED)
    for name, one in (("trust_list", case.trust.issuers), ("revocation_list", revocations)):
        overdue = 0 if one is None else case.now.ms - one.next_update
        if overdue > 0:
            case.add(Reason.STALE, name, -(-overdue // DAY_MS))


def _judge_presentation(case: _Case, shown: Presentation, credential: Credential) -> None:
    if abs(case.now.ms - shown.presented_at) > FRESH_MS:
        case.add(Reason.NOT_FRESH)
    if shown.audience not in (ANYWHERE, case.trust.site):
        case.add(Reason.SITE_UNKNOWN if case.trust.site is None else Reason.OTHER_SITE)
    if case.replay is None:
        case.add(Reason.REPLAY_UNKNOWN)
    elif conclude(case.findings) is Answer.VALID:
        mark = hashlib.sha256(credential.id + shown.nonce).digest()[:16]
        if not case.replay.remember(mark, shown.presented_at + 2 * FRESH_MS):
            case.add(Reason.REPLAYED)


def _moment(claims: Mapping[Any, Any], key: int) -> int | None:
    """A NumericDate in milliseconds: whole or broken seconds, or a date under a CBOR tag."""
    found = claims.get(key)
    if isinstance(found, datetime):
        found = found.timestamp()
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < 1e11:
        raise ClaimError("time")
    return round(found * 1000)
