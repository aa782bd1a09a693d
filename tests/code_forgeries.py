"""Credentials and presentations with one thing wrong at a time, and the verdict each must get."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2

from domain.codes import (
    revocation,
    strict_cbor,
)
from domain.codes.base45 import encode
from domain.codes.building import credential_bytes, presentation_text
from domain.codes.claims import AUD, CNF, CTI, EXP, IAT, ISS, LICENCES, NAME, NBF, NONCE, PURPOSE, SUB, TAGS
from domain.codes.profiles import QYM1, QYP1
from domain.codes.replay import InMemoryReplay
from domain.codes.trust import Trust
from domain.codes.verdict import Answer, Reason, Verdict
from domain.codes.verification import LearnedTime, verify
from tests.code_minting import (
    AGENT_ISSUER,
    CLOCK,
    DAY,
    DEVICE,
    HOLDER,
    ISSUER,
    ISSUERS,
    NOW,
    REVOCATIONS,
    STRANGER,
    TRUST,
    as_text,
    claims,
    cose,
    credential,
    qym,
    shown,
    shown_claims,
    trusted,
)

INVALID, OPEN, VALID = Answer.INVALID, Answer.CANNOT_TELL, Answer.VALID
PAYLOAD = cbor2.loads(credential_bytes(qym())).value[2]


@dataclass(frozen=True)
class Case:
    """A text, what should come out, and what else differs from a good day."""

    text: Callable[[], str]
    answer: Answer
    reason: Reason | None
    trust: Trust = TRUST
    now: LearnedTime = CLOCK
    seen: tuple[str, ...] = field(default=())


def token(payload: Any = PAYLOAD, **how: Any) -> Callable[[], str]:
    return lambda: as_text(cose(payload, **how))


def without(*keys_: int) -> Callable[[], str]:
    return token({key: value for key, value in claims().items() if key not in keys_})


def changed(key: int, value: Any) -> Callable[[], str]:
    return token({**claims(), key: value})


def raw_claims(extra: str, count: int) -> bytes:
    """The good claims as a map of ``count`` entries with raw ``extra`` ones (hex) at the end."""
    body = strict_cbor.encode(claims())
    return bytes([0xA0 + count]) + body[1:] + bytes.fromhex(extra)


def raw(replaced: bytes, by: bytes) -> Callable[[], str]:
    body = strict_cbor.encode(claims())
    assert body.count(replaced) == 1
    return token(body.replace(replaced, by))


COUNT = len(claims())
EXP_S = claims()[EXP].to_bytes(4, "big")
GOOD = credential_bytes(qym())
FLIPPED = GOOD[:-1] + bytes([GOOD[-1] ^ 1])
NAME_CHANGED = GOOD.replace("蓝鲸".encode(), "白鲨".encode())


def holder_says(**changes: Any) -> Callable[[], str]:
    return lambda: presentation_text(shown(**changes), HOLDER)


def presented(payload: Any = None, **how: Any) -> Callable[[], str]:
    def text() -> str:
        return as_text(cose(payload or shown_claims(), **{"by": HOLDER, **how}), "QYP1:")

    return text


def shown_without(key: int) -> Callable[[], str]:
    return presented({name: value for name, value in shown_claims().items() if name != key})


def stale(days: float, *, revocations: bool = False) -> Trust:
    late = NOW - int(days * DAY)
    if revocations:
        return Trust(ISSUERS, replace(REVOCATIONS, next_update=late))
    return Trust(replace(ISSUERS, next_update=late), REVOCATIONS)


REVOKED = Trust(
    ISSUERS,
    replace(
        REVOCATIONS, hashes=revocation.packed([revocation.revocation_hash(credential().id), b"other-01"])
    ),
)
KEY_OVER = Trust(
    replace(ISSUERS, keys=(trusted(ISSUER, "enterprise", valid_until=NOW - 2 * DAY),)), REVOCATIONS
)
KEY_LATER = Trust(replace(ISSUERS, keys=(trusted(ISSUER, "enterprise", valid_from=NOW),)), REVOCATIONS)
TWO_WITH_ONE_KID = Trust(
    replace(ISSUERS, keys=(replace(trusted(STRANGER, "enterprise"), kid=ISSUER.kid), *ISSUERS.keys)),
    REVOCATIONS,
)

CREDENTIALS = {
    "nothing wrong": Case(qym, VALID, None),
    "kid in the unprotected header only": Case(
        token(protected={1: -8}, unprotected={4: ISSUER.kid}), VALID, None
    ),
    "two keys with one kid": Case(qym, VALID, None, trust=TWO_WITH_ONE_KID),
    # Header and algorithm.
    "kid of another in the protected header": Case(
        token(protected={1: -8, 4: AGENT_ISSUER.kid}, unprotected={4: ISSUER.kid}),
        INVALID,
        Reason.BAD_SIGNATURE,
    ),
    "no kid": Case(token(protected={1: -8}), OPEN, Reason.UNKNOWN_ISSUER),
    "kid is text": Case(token(protected={1: -8, 4: "12345678"}), OPEN, Reason.UNKNOWN_ISSUER),
    "unknown issuer": Case(lambda: qym(STRANGER), OPEN, Reason.UNKNOWN_ISSUER),
    "nobody is trusted": Case(qym, OPEN, Reason.UNKNOWN_ISSUER, trust=Trust()),
    "no algorithm": Case(token(protected={4: ISSUER.kid}), INVALID, Reason.BAD_ALGORITHM),
    "algorithm unprotected": Case(
        token(protected={4: ISSUER.kid}, unprotected={1: -8}), INVALID, Reason.BAD_ALGORITHM
    ),
    "algorithm none": Case(token(protected={1: 0, 4: ISSUER.kid}), INVALID, Reason.BAD_ALGORITHM),
    "algorithm of a MAC": Case(token(protected={1: 5, 4: ISSUER.kid}), INVALID, Reason.BAD_ALGORITHM),
    "algorithm of another kind of key": Case(
        token(protected={1: -7, 4: ISSUER.kid}), INVALID, Reason.BAD_ALGORITHM
    ),
    "algorithm of another profile": Case(
        token(protected={1: -37, 4: ISSUER.kid}), INVALID, Reason.BAD_ALGORITHM
    ),
    "algorithm as text": Case(token(protected={1: "EdDSA", 4: ISSUER.kid}), INVALID, Reason.BAD_ALGORITHM),
    "algorithm is true": Case(token(protected={1: True, 4: ISSUER.kid}), INVALID, Reason.BAD_ALGORITHM),
    "critical header": Case(token(protected={1: -8, 2: [99], 4: ISSUER.kid, 99: 1}), INVALID, Reason.DAMAGED),
    "protected header is no map": Case(token(protected=b"\x80"), INVALID, Reason.DAMAGED),
    "duplicate key in the header": Case(
        token(protected=b"\xa3\x01\x27\x01\x27\x04\x48" + ISSUER.kid), INVALID, Reason.DAMAGED
    ),
    "trailing bytes in the header": Case(
        token(protected=b"\xa2\x01\x27\x04\x48" + ISSUER.kid + b"\0"), INVALID, Reason.DAMAGED
    ),
    # Signature.
    "one bit of the signature": Case(lambda: as_text(FLIPPED), INVALID, Reason.BAD_SIGNATURE),
    "one word of the payload": Case(lambda: as_text(NAME_CHANGED), INVALID, Reason.BAD_SIGNATURE),
    "swapped payload": Case(
        token({**claims(), NAME: "冒名企业"}, signed_payload=PAYLOAD), INVALID, Reason.BAD_SIGNATURE
    ),
    "empty signature": Case(token(signature=b""), INVALID, Reason.BAD_SIGNATURE),
    "signature of zeros": Case(token(signature=bytes(64)), INVALID, Reason.BAD_SIGNATURE),
    "signature too long": Case(token(signature=bytes(65)), INVALID, Reason.BAD_SIGNATURE),
    "signed by the holder": Case(
        token(by=HOLDER, protected={1: -8, 4: ISSUER.kid}), INVALID, Reason.BAD_SIGNATURE
    ),
    # Purpose and issuer.
    "key of another purpose": Case(lambda: qym(AGENT_ISSUER), INVALID, Reason.WRONG_PURPOSE),
    "purpose the key has not": Case(lambda: qym(purpose="agent"), INVALID, Reason.WRONG_PURPOSE),
    "device key": Case(lambda: qym(DEVICE, purpose="slip", issuer="desk-1"), INVALID, Reason.WRONG_PURPOSE),
    "another issuer's name": Case(lambda: qym(issuer="市场监管总局"), INVALID, Reason.WRONG_PURPOSE),
    "issued after the key's time": Case(qym, INVALID, Reason.ISSUER_LAPSED, trust=KEY_OVER),
    "issued before the key's time": Case(qym, INVALID, Reason.ISSUER_LAPSED, trust=KEY_LATER),
    # Subject.
    "wrong check digit": Case(lambda: qym(subject="91330100799655058C"), INVALID, Reason.BAD_CHECK_DIGIT),
    "lower case subject": Case(lambda: qym(subject="91330100799655058b"), INVALID, Reason.BAD_CHECK_DIGIT),
    # Times.
    "expired a second ago": Case(lambda: qym(expires_at=NOW - 1000), INVALID, Reason.EXPIRED),
    "expires now": Case(lambda: qym(expires_at=NOW), INVALID, Reason.EXPIRED),
    "valid from tomorrow": Case(lambda: qym(not_before=NOW + DAY), INVALID, Reason.NOT_YET_VALID),
    "issued in the future": Case(
        lambda: qym(issued_at=NOW + 121_000, not_before=None), INVALID, Reason.NOT_YET_VALID
    ),
    "clock two minutes behind the issuer": Case(
        lambda: qym(issued_at=NOW + 119_000, not_before=None), VALID, None
    ),
    "clock known to be off": Case(qym, OPEN, Reason.CLOCK_UNSURE, now=LearnedTime(NOW, sure=False)),
    "clock before the newest list": Case(qym, OPEN, Reason.CLOCK_UNSURE, now=LearnedTime(NOW - 2 * DAY)),
    "expired by a clock known to be off": Case(
        lambda: qym(expires_at=NOW - 1), OPEN, Reason.EXPIRED, now=LearnedTime(NOW, sure=False)
    ),
    "revoked, and the clock is off": Case(
        qym, INVALID, Reason.REVOKED, trust=REVOKED, now=LearnedTime(NOW, sure=False)
    ),
    # Lists.
    "revoked": Case(qym, INVALID, Reason.REVOKED, trust=REVOKED),
    "no revocation list": Case(qym, OPEN, Reason.REVOCATION_UNKNOWN, trust=Trust(ISSUERS)),
    "trust list a day late": Case(qym, VALID, Reason.STALE, trust=stale(1)),
    "trust list seven days late": Case(qym, VALID, Reason.STALE, trust=stale(7)),
    "trust list eight days late": Case(qym, OPEN, Reason.STALE, trust=stale(7.01)),
    "revocation list seven days late": Case(qym, VALID, Reason.STALE, trust=stale(7, revocations=True)),
    "revocation list eight days late": Case(qym, OPEN, Reason.STALE, trust=stale(7.01, revocations=True)),
    "late list and forged": Case(lambda: as_text(FLIPPED), INVALID, Reason.BAD_SIGNATURE, trust=stale(30)),
    # Claims.
    "no exp": Case(without(EXP), INVALID, Reason.INCOMPLETE),
    "no iat": Case(without(IAT), INVALID, Reason.INCOMPLETE),
    "no cti": Case(without(CTI), INVALID, Reason.INCOMPLETE),
    "no iss": Case(without(ISS), INVALID, Reason.INCOMPLETE),
    "no sub": Case(without(SUB), INVALID, Reason.INCOMPLETE),
    "no purpose": Case(without(PURPOSE), INVALID, Reason.INCOMPLETE),
    "no nbf": Case(without(NBF), VALID, None),
    "exp is text": Case(changed(EXP, "2030"), INVALID, Reason.DAMAGED),
    "exp is true": Case(changed(EXP, True), INVALID, Reason.DAMAGED),
    "exp is negative": Case(changed(EXP, -1), INVALID, Reason.DAMAGED),
    "exp in milliseconds": Case(changed(EXP, NOW + DAY), INVALID, Reason.DAMAGED),
    "exp is null": Case(changed(EXP, None), INVALID, Reason.DAMAGED),
    "sub is bytes": Case(changed(SUB, b"91330100799655058B"), INVALID, Reason.DAMAGED),
    "cti too short": Case(changed(CTI, b"1234"), INVALID, Reason.DAMAGED),
    "four licences": Case(changed(LICENCES, [["证", "1", "valid", None]] * 4), INVALID, Reason.DAMAGED),
    "licence of three parts": Case(changed(LICENCES, [["证", "1", "valid"]]), INVALID, Reason.DAMAGED),
    "licence until no day": Case(
        changed(LICENCES, [["证", "1", "valid", "2027-02-30"]]), INVALID, Reason.DAMAGED
    ),
    "name of 201 characters": Case(changed(NAME, "字" * 201), INVALID, Reason.DAMAGED),
    "tags are a map": Case(changed(TAGS, {1: "x"}), INVALID, Reason.DAMAGED),
    "holder key is no key": Case(changed(CNF, {1: {1: 1, -1: 6, -2: b"short"}}), INVALID, Reason.DAMAGED),
    "holder is an empty array": Case(changed(CNF, []), INVALID, Reason.DAMAGED),
    "holder is a number": Case(changed(CNF, 1), INVALID, Reason.DAMAGED),
    "claims are an array": Case(token([1, 2]), INVALID, Reason.DAMAGED),
    "a claim we do not know": Case(changed(-70099, "later"), VALID, None),
    # Encoding, signed by the issuer himself: only the gate stops it.
    "duplicate claim": Case(
        token(raw_claims("3a000111756a656e7465727072697365", COUNT + 1)), INVALID, Reason.DAMAGED
    ),
    "trailing bytes after the claims": Case(token(raw_claims("00", COUNT)), INVALID, Reason.DAMAGED),
    "number not in its shortest form": Case(
        raw(b"\x04\x1a" + EXP_S, b"\x04\x1b\0\0\0\0" + EXP_S), INVALID, Reason.DAMAGED
    ),
    "key not in its shortest form": Case(
        raw(b"\x04\x1a" + EXP_S, b"\x18\x04\x1a" + EXP_S), INVALID, Reason.DAMAGED
    ),
    "time as a float": Case(
        raw(b"\x04\x1a" + EXP_S, b"\x04" + cbor2.dumps(float(claims()[EXP]))), INVALID, Reason.DAMAGED
    ),
    "map of indefinite length": Case(
        token(b"\xbf" + strict_cbor.encode(claims())[1:] + b"\xff"), INVALID, Reason.DAMAGED
    ),
    "claims out of order": Case(
        token(cbor2.dumps(dict(reversed(claims().items())))), INVALID, Reason.DAMAGED
    ),
    "nested nine deep": Case(changed(-70099, [[[[[[[[[]]]]]]]]]), INVALID, Reason.DAMAGED),
    "a tag inside": Case(changed(-70099, cbor2.CBORTag(0, "2026-11-22T00:00:00Z")), INVALID, Reason.DAMAGED),
    "text that is not UTF-8": Case(token(raw_claims("3a000111b261ff", COUNT + 1)), INVALID, Reason.DAMAGED),
    # Envelope.
    "trailing bytes": Case(lambda: as_text(GOOD + b"\0"), INVALID, Reason.DAMAGED),
    "cut short": Case(lambda: as_text(GOOD[:-2]), INVALID, Reason.DAMAGED),
    "array of five": Case(lambda: as_text(b"\xd2\x85" + GOOD[2:] + b"\0"), INVALID, Reason.DAMAGED),
    "array of indefinite length": Case(
        lambda: as_text(b"\xd2\x9f" + GOOD[2:] + b"\xff"), INVALID, Reason.DAMAGED
    ),
    "tag not in its shortest form": Case(lambda: as_text(b"\xd8\x12" + GOOD[1:]), INVALID, Reason.DAMAGED),
    "tag of a MAC": Case(token(tags=(17,)), INVALID, Reason.DAMAGED),
    "tagged twice": Case(token(tags=(18, 18)), INVALID, Reason.DAMAGED),
    "CWT tag alone": Case(token(tags=(61,)), INVALID, Reason.DAMAGED),
    "detached payload": Case(
        lambda: as_text(cbor2.dumps(cbor2.CBORTag(18, [b"", {}, None, b""]))), INVALID, Reason.DAMAGED
    ),
    "nothing after the prefix": Case(lambda: "QYM1:", INVALID, Reason.DAMAGED),
    "a character of no Base45": Case(lambda: qym()[:-1] + "_", INVALID, Reason.DAMAGED),
    "one character lost": Case(
        lambda: qym()[:-1] if len(qym()) % 3 != 1 else qym()[:-2], INVALID, Reason.DAMAGED
    ),
    "group out of range": Case(lambda: "QYM1::::", INVALID, Reason.DAMAGED),
    "compressed": Case(lambda: as_text(zlib.compress(GOOD)), INVALID, Reason.DAMAGED),
    "compression bomb": Case(lambda: as_text(zlib.compress(bytes(2_000_000))), INVALID, Reason.DAMAGED),
    "too long a text": Case(lambda: "QYM1:" + "0" * 4092, INVALID, Reason.TOO_LARGE),
    "another prefix": Case(lambda: "QYM2:" + encode(GOOD), INVALID, Reason.NOT_A_CODE),
}

PRESENTATIONS = {
    "nothing wrong": Case(presented(), VALID, None),
    "for this site": Case(holder_says(audience="QJXC"), VALID, None),
    "for another site": Case(holder_says(audience="BJ01"), INVALID, Reason.OTHER_SITE),
    "for a site, and this one has no name": Case(
        holder_says(audience="QJXC"), OPEN, Reason.SITE_UNKNOWN, trust=replace(TRUST, site=None)
    ),
    "two minutes old": Case(holder_says(presented_at=NOW - 120_000), VALID, None),
    "more than two minutes old": Case(holder_says(presented_at=NOW - 121_000), INVALID, Reason.NOT_FRESH),
    "from the future": Case(holder_says(presented_at=NOW + 121_000), INVALID, Reason.NOT_FRESH),
    "an hour old by a clock known to be off": Case(
        holder_says(presented_at=NOW - 3_600_000), OPEN, Reason.CLOCK_UNSURE, now=LearnedTime(NOW, sure=False)
    ),
    "shown twice": Case(presented(), INVALID, Reason.REPLAYED, seen=("nothing wrong",)),
    "another nonce": Case(holder_says(nonce=b"another-nonce"), VALID, None, seen=("nothing wrong",)),
    "signed by a stranger": Case(presented(by=STRANGER), INVALID, Reason.BAD_SIGNATURE),
    "signed by the issuer": Case(presented(by=ISSUER), INVALID, Reason.BAD_SIGNATURE),
    "stranger with the holder's kid": Case(
        presented(by=STRANGER, protected={1: -8, 4: HOLDER.kid}), INVALID, Reason.BAD_SIGNATURE
    ),
    "one bit of the signature": Case(
        lambda: as_text(cose(shown_claims(), by=HOLDER)[:-1] + b"\0", "QYP1:"), INVALID, Reason.BAD_SIGNATURE
    ),
    "swapped credential": Case(
        presented(
            shown_claims(shown(credential=credential_bytes(qym(name="另一家")))),
            signed_payload=strict_cbor.encode(shown_claims()),
        ),
        INVALID,
        Reason.BAD_SIGNATURE,
    ),
    "algorithm of another key": Case(
        presented(protected={1: -7, 4: HOLDER.kid}), INVALID, Reason.BAD_ALGORITHM
    ),
    "no algorithm": Case(presented(protected={4: HOLDER.kid}), INVALID, Reason.BAD_ALGORITHM),
    "no nonce": Case(shown_without(NONCE), INVALID, Reason.INCOMPLETE),
    "no time": Case(shown_without(IAT), INVALID, Reason.INCOMPLETE),
    "no audience": Case(shown_without(AUD), INVALID, Reason.INCOMPLETE),
    "no credential": Case(shown_without(-70007), INVALID, Reason.INCOMPLETE),
    "nonce too short": Case(holder_says(nonce=b"1234567"), INVALID, Reason.DAMAGED),
    "credential without a holder": Case(
        holder_says(credential=credential_bytes(qym(holder=None))), INVALID, Reason.INCOMPLETE
    ),
    "expired credential": Case(
        holder_says(credential=credential_bytes(qym(expires_at=NOW))), INVALID, Reason.EXPIRED
    ),
    "credential of an unknown issuer": Case(
        holder_says(credential=credential_bytes(qym(STRANGER))), OPEN, Reason.UNKNOWN_ISSUER
    ),
    "credential of the wrong purpose": Case(
        holder_says(credential=credential_bytes(qym(AGENT_ISSUER))), INVALID, Reason.WRONG_PURPOSE
    ),
    "revoked credential": Case(presented(), INVALID, Reason.REVOKED, trust=REVOKED),
    "late lists": Case(presented(), OPEN, Reason.STALE, trust=stale(8)),
    "credential forged": Case(holder_says(credential=FLIPPED), INVALID, Reason.BAD_SIGNATURE),
    "credential damaged": Case(holder_says(credential=GOOD[:-2]), INVALID, Reason.DAMAGED),
    "a presentation inside": Case(
        holder_says(credential=cose(shown_claims(), by=ISSUER)), INVALID, Reason.INCOMPLETE
    ),
    "duplicate claim": Case(
        presented(b"\xa5" + strict_cbor.encode(shown_claims())[1:] + b"\x03\x61*"), INVALID, Reason.DAMAGED
    ),
    "a credential behind the prefix": Case(lambda: "QYP1:" + qym()[5:], INVALID, Reason.INCOMPLETE),
    "a presentation behind the other prefix": Case(
        lambda: "QYM1:" + presentation_text(shown(), HOLDER)[5:], INVALID, Reason.NOT_A_CODE
    ),
}


def judged(table: dict[str, Case], name: str) -> Verdict:
    case = table[name]
    profile = QYM1 if table is CREDENTIALS else QYP1
    memory = InMemoryReplay()
    for before in case.seen:
        verify(table[before].text(), trust=TRUST, now=CLOCK, profile=profile, replay=memory)
    return verify(case.text(), trust=case.trust, now=case.now, profile=profile, replay=memory)


def as_expected(table: dict[str, Case], name: str) -> bool:
    verdict = judged(table, name)
    case = table[name]
    told = case.reason in verdict.reasons if case.reason else verdict.reasons == ()
    return verdict.answer is case.answer and told
