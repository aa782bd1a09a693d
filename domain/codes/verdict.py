"""What is answered about a scanned text: an answer, and each reason for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from domain.codes.claims import Credential


class Answer(StrEnum):
    """The answer (核验结论)."""

    VALID = "valid"
    INVALID = "invalid"
    CANNOT_TELL = "cannot_tell"


class Reason(StrEnum):
    """Why (理由); ``verification.verify`` says when each is given."""

    BAD_CHECK_DIGIT = "bad_check_digit"
    UNKNOWN_ISSUER = "unknown_issuer"
    WRONG_PURPOSE = "wrong_purpose"
    BAD_SIGNATURE = "bad_signature"
    BAD_ALGORITHM = "bad_algorithm"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUER_LAPSED = "issuer_lapsed"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"
    REPLAYED = "replayed"
    REPLAY_UNKNOWN = "replay_unknown"
    NOT_FRESH = "not_fresh"
    OTHER_SITE = "other_site"
    SITE_UNKNOWN = "site_unknown"
    STALE = "stale"
    CLOCK_UNSURE = "clock_unsure"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    TOO_LARGE = "too_large"
    IDENTIFIER_ONLY = "identifier_only"
    NOT_A_CODE = "not_a_code"


_WITHOUT_PROOF = frozenset(
    {
        Reason.UNKNOWN_ISSUER,
        Reason.REVOCATION_UNKNOWN,
        Reason.REPLAY_UNKNOWN,
        Reason.SITE_UNKNOWN,
        Reason.CLOCK_UNSURE,
        Reason.IDENTIFIER_ONLY,
    }
)
_BY_THE_CLOCK = frozenset({Reason.EXPIRED, Reason.NOT_YET_VALID, Reason.NOT_FRESH})

STALE_GRACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason. ``days`` counts how long a list is overdue; ``detail`` names the part concerned, never a person."""

    reason: Reason
    detail: str = ""
    days: int | None = None

    @property
    def alone(self) -> Answer:
        """The answer if this were the only reason."""
        if self.reason is Reason.STALE:
            within = self.days is not None and self.days <= STALE_GRACE_DAYS
            return Answer.VALID if within else Answer.CANNOT_TELL
        return Answer.CANNOT_TELL if self.reason in _WITHOUT_PROOF else Answer.INVALID


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a scan (核验结果).

    ``issuer``, ``subject`` and ``claims`` hold only what a good signature covers; of a bare identifier ``subject``
    is the credit code that was read. ``kind`` is the profile or the kind of text. ``credential`` is the typed form of
    ``claims`` where they are an enterprise's.
    """

    answer: Answer
    findings: tuple[Finding, ...] = ()
    kind: str = ""
    issuer: str | None = None
    subject: str | None = None
    claims: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    credential: Credential | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(finding.reason for finding in self.findings)


def conclude(findings: list[Finding]) -> Answer:
    """Invalid if any reason makes it so, else cannot tell if any does, else valid.

    A clock that cannot be trusted proves neither that a time has passed nor that it has not: with
    ``clock_unsure`` the reasons that rest on the clock weigh no more than "cannot tell".
    """
    unsure = any(finding.reason is Reason.CLOCK_UNSURE for finding in findings)
    answers = {
        Answer.CANNOT_TELL if unsure and finding.reason in _BY_THE_CLOCK else finding.alone
        for finding in findings
    }
    for answer in (Answer.INVALID, Answer.CANNOT_TELL):
        if answer in answers:
            return answer
    return Answer.VALID
