"""One thing wrong with a credential or a presentation at a time: the verdict and its reason."""

import pytest

from domain.codes import (
    profiles,
    verification,
)
from domain.codes.building import presentation_text
from domain.codes.profiles import QYM1, QYP1
from domain.codes.replay import InMemoryReplay
from domain.codes.verdict import Reason
from domain.codes.verification import verify
from tests.code_forgeries import (
    CREDENTIALS,
    INVALID,
    OPEN,
    PRESENTATIONS,
    VALID,
    as_expected,
    judged,
    presented,
)
from tests.code_minting import (
    CLOCK,
    HOLDER,
    NOW,
    NOW_S,
    STRANGER,
    TRUST,
    shown,
)


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_credential(name: str) -> None:
    verdict = judged(CREDENTIALS, name)
    assert as_expected(CREDENTIALS, name), (verdict.answer, verdict.findings)


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_a_presentation(name: str) -> None:
    verdict = judged(PRESENTATIONS, name)
    assert as_expected(PRESENTATIONS, name), (verdict.answer, verdict.findings)


def test_there_are_enough() -> None:
    wrong = [
        case for table in (CREDENTIALS, PRESENTATIONS) for case in table.values() if case.answer is not VALID
    ]
    assert len(wrong) >= 60


@pytest.mark.parametrize("name", [name for name, case in CREDENTIALS.items() if case.answer is not VALID])
def test_what_no_good_signature_covers_is_not_told(name: str) -> None:
    unproven = {
        Reason.BAD_SIGNATURE,
        Reason.UNKNOWN_ISSUER,
        Reason.BAD_ALGORITHM,
        Reason.WRONG_PURPOSE,
        Reason.DAMAGED,
    }
    verdict = judged(CREDENTIALS, name)
    if unproven & set(verdict.reasons):
        assert (verdict.issuer, verdict.subject, dict(verdict.claims), verdict.credential) == (
            None,
            None,
            {},
            None,
        )


def test_days_late_are_told() -> None:
    assert [finding.days for finding in judged(CREDENTIALS, "trust list a day late").findings] == [1]
    assert [finding.days for finding in judged(CREDENTIALS, "trust list eight days late").findings] == [8]


def test_without_a_memory_a_presentation_proves_nothing() -> None:
    verdict = verify(presentation_text(shown(), HOLDER), trust=TRUST, now=CLOCK, profile=QYP1)
    assert (verdict.answer, verdict.reasons) == (OPEN, (Reason.REPLAY_UNKNOWN,))


def test_a_forged_presentation_does_not_use_up_the_true_one() -> None:
    memory = InMemoryReplay()
    forged = presented(by=STRANGER)()
    assert verify(forged, trust=TRUST, now=CLOCK, profile=QYP1, replay=memory).answer is INVALID
    true = presented()()
    assert verify(true, trust=TRUST, now=CLOCK, profile=QYP1, replay=memory).answer is VALID


def test_tolerances_are_the_published_ones() -> None:
    assert (verification.FRESH_MS, verification.STALE_GRACE_DAYS) == (120_000, 7)
    assert (profiles.MAX_TEXT_CHARS, QYM1.envelope.max_bytes, QYM1.payload.max_depth) == (4096, 3072, 8)
    assert NOW_S * 1000 == NOW
