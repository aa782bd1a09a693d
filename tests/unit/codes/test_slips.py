"""Signed slips: short enough for paper, read by any window that knows the device."""

from dataclasses import replace

import pytest

from domain.codes import slips, strict_cbor
from domain.codes.profiles import QYS1
from domain.codes.slips import MAX_CHARS, Slip, SlipOf, slip_text
from domain.codes.trust import Trust, device_key
from domain.codes.verdict import Answer, Reason, Verdict
from domain.codes.verification import LearnedTime, verify
from tests.code_minting import CLOCK, DAY, DEVICE, ISSUER, NOW, STRANGER, TRUST, as_text, cose, public, qym

SLIP = Slip(
    of=SlipOf.CASE,
    id="01938c1e-7b1c-7000-8000-000000000001",
    number="QJXC261122AB0017K",
    site="QJXC-0001",
    board="innovation-services",
    kind="consultation",
    accepted_at=NOW - DAY,
    due_at=NOW + DAY,
    copy=2,
)


def judged(text: str, trust: Trust = TRUST, now: LearnedTime = CLOCK) -> Verdict:
    return verify(text, trust=trust, now=now, profile=QYS1)


def test_a_genuine_slip_says_what_it_says() -> None:
    text = slip_text(SLIP, DEVICE)
    verdict = judged(text)
    assert (verdict.answer, verdict.issuer, verdict.subject) == (Answer.VALID, "desk-1", SLIP.number)
    assert verdict.claims == SLIP.document()
    assert len(text) <= MAX_CHARS


def test_a_ticket_needs_less() -> None:
    ticket = Slip(of=SlipOf.TICKET, id=SLIP.id, number="A001", site="QJXC", accepted_at=NOW)
    verdict = judged(slip_text(ticket, DEVICE))
    assert (verdict.answer, verdict.claims) == (Answer.VALID, ticket.document())


RATING = Slip(of=SlipOf.RATING, id=SLIP.id, number=SLIP.number, site="QJXC-0001", accepted_at=NOW, copy=2)


def test_a_rating_form_is_told_from_a_slip() -> None:
    text = slip_text(RATING, DEVICE)
    verdict = judged(text)
    assert (verdict.answer, verdict.subject, verdict.claims["of"]) == (Answer.VALID, SLIP.number, "rating")
    assert verdict.claims == RATING.document()
    assert len(text) <= MAX_CHARS


def test_a_reader_that_knows_no_rating_forms_refuses_them_as_any_code_it_cannot_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = slip_text(RATING, DEVICE)
    monkeypatch.setattr(slips, "_OF", slips._OF[:2])
    verdict = judged(text)
    assert (verdict.answer, verdict.reasons) == (Answer.INVALID, (Reason.DAMAGED,))
    assert judged(slip_text(SLIP, DEVICE)).answer is Answer.VALID


def test_the_numbers_on_the_wire_stay() -> None:
    assert [of.value for of in slips._OF] == ["case", "ticket", "rating"]


def test_a_slip_too_long_for_paper_is_not_made() -> None:
    with pytest.raises(ValueError, match="readable"):
        slip_text(replace(SLIP, board="b" * 80), DEVICE)


def test_an_unknown_device_leaves_it_open() -> None:
    verdict = judged(slip_text(SLIP, STRANGER))
    assert (verdict.answer, verdict.reasons) == (Answer.CANNOT_TELL, (Reason.UNKNOWN_ISSUER,))


def test_an_issuer_of_credentials_signs_no_slips() -> None:
    assert judged(slip_text(SLIP, ISSUER)).reasons == (Reason.WRONG_PURPOSE,)


def test_a_changed_slip_is_invalid() -> None:
    body = cose({1: b"x" * 16, 2: "A001", 4: "QJXC", 6: 1, 9: 1}, by=DEVICE, signed_payload=b"")
    assert judged(as_text(body, "QYS1:")).reasons == (Reason.BAD_SIGNATURE,)


def test_a_slip_of_a_device_before_or_after_its_time() -> None:
    for span in ({"valid_from": NOW}, {"valid_until": NOW - 2 * DAY}):
        trust = Trust(devices=(device_key("desk-1", public(DEVICE), **span),))
        assert judged(slip_text(SLIP, DEVICE), trust).reasons == (Reason.ISSUER_LAPSED,)


def test_a_slip_from_tomorrow() -> None:
    tomorrow = slip_text(replace(SLIP, accepted_at=NOW + DAY), DEVICE)
    assert judged(tomorrow).reasons == (Reason.NOT_YET_VALID,)
    unsure = judged(tomorrow, now=LearnedTime(NOW, sure=False))
    assert unsure.answer is Answer.CANNOT_TELL


GOOD = {1: bytes(16), 2: "A001", 4: "QJXC", 6: NOW // 1000, 9: 1}


@pytest.mark.parametrize("key", GOOD)
def test_every_part_that_must_be_there(key: int) -> None:
    payload = {name: value for name, value in GOOD.items() if name != key}
    assert judged(as_text(cose(payload, by=DEVICE), "QYS1:")).reasons == (Reason.INCOMPLETE,)


@pytest.mark.parametrize(
    "change",
    [
        {1: b"short"},
        {1: "text"},
        {2: 7},
        {2: "n" * 25},
        {6: -1},
        {6: True},
        {7: "x"},
        {8: 0},
        {8: 10_000},
        {9: 3},
    ],
)
def test_parts_of_the_wrong_kind(change: dict[int, object]) -> None:
    verdict = judged(as_text(cose(GOOD | change, by=DEVICE), "QYS1:"))
    assert (verdict.answer, verdict.reasons) == (Answer.INVALID, (Reason.DAMAGED,))


def test_no_map() -> None:
    assert judged(as_text(cose(strict_cbor.encode([1]), by=DEVICE), "QYS1:")).reasons == (Reason.DAMAGED,)


def test_a_credential_is_no_slip() -> None:
    assert judged("QYS1:" + qym()[5:]).reasons == (Reason.WRONG_PURPOSE,)
