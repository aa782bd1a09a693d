"""Profile ``HC1``: the same engine reads certificates that other issuers make, as loosely as they write them."""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from domain.codes.profiles import HC1
from domain.codes.trust import Trust
from domain.codes.trust_files import read_trust
from domain.codes.verdict import Answer, Reason
from domain.codes.verification import LearnedTime, verify
from domain.errors import AppError
from tests.code_minting import NOW, NOW_S, TRUST, as_text

INVALID, OPEN, VALID = Answer.INVALID, Answer.CANNOT_TELL, Answer.VALID
HEALTH = {1: {"v": [{"tg": "840539006", "dn": 2}], "ver": "1.3.0"}}
CLAIMS = {1: "AT", 4: NOW_S + 1000, 6: NOW_S - 1000, -260: HEALTH}


@cache
def ec_key(curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(4711, curve())


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def certificate(key: Any) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    long_over = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2021, 1, 1, tzinfo=UTC)
    )
    made = long_over.serial_number(7).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


def kid(key: Any) -> bytes:
    return hashlib.sha256(certificate(key)).digest()[:8]


def trust(*keys: Any) -> Trust:
    return read_trust(json.dumps([base64.b64encode(certificate(key)).decode() for key in keys]).encode())


def signature(key: Any, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    half = (key.curve.key_size + 7) // 8
    return r.to_bytes(half, "big") + s.to_bytes(half, "big")


def made(
    claims: Any = None,
    *,
    key: Any = None,
    protected: Any = None,
    unprotected: Any = None,
    pack: Callable[[bytes], bytes] = zlib.compress,
    tag: bool = True,
) -> str:
    key = key or ec_key()
    algorithm = -37 if isinstance(key, rsa.RSAPrivateKey) else -7
    header = {1: algorithm, 4: kid(key)} if protected is None else protected
    header_bytes = header if isinstance(header, bytes) else cbor2.dumps(header)
    payload = claims if isinstance(claims, bytes) else cbor2.dumps(CLAIMS if claims is None else claims)
    covered = b"" if header_bytes in (b"", b"\xa0") else header_bytes
    signed = signature(key, cbor2.dumps(["Signature1", covered, b"", payload]))
    value: Any = [header_bytes, unprotected or {}, payload, signed]
    return as_text(pack(cbor2.dumps(cbor2.CBORTag(18, value) if tag else value)), "HC1:")


def as_is(body: bytes) -> bytes:
    return body


def indefinite(claims: dict[int, Any]) -> bytes:
    inner = b"".join(cbor2.dumps(key) + cbor2.dumps(value) for key, value in reversed(claims.items()))
    return b"\xbf" + inner + b"\xff"


ACCEPTED: dict[str, Callable[[], str]] = {
    "ES256": made,
    "PS256": lambda: made(key=rsa_key()),
    "ES256 with a larger curve": lambda: made(key=ec_key(ec.SECP384R1)),
    "not compressed": lambda: made(pack=as_is),
    "untagged": lambda: made(tag=False),
    "kid unprotected": lambda: made(protected={1: -7}, unprotected={4: kid(ec_key())}),
    "all unprotected, empty string": lambda: made(protected=b"", unprotected={1: -7, 4: kid(ec_key())}),
    "all unprotected, empty map": lambda: made(protected=b"\xa0", unprotected={1: -7, 4: kid(ec_key())}),
    "kid in both, the protected one right": lambda: made(unprotected={4: b"somebody"}),
    "header in another order": lambda: made(protected=b"\xa2\x04\x48" + kid(ec_key()) + b"\x01\x26"),
    "not the shortest, indefinite, out of order": lambda: made(indefinite(CLAIMS)),
    "times as floats": lambda: made({**CLAIMS, 4: NOW_S + 0.5, 6: float(NOW_S)}),
    "time as a tagged date": lambda: made({**CLAIMS, 4: datetime(2030, 1, 1, tzinfo=UTC)}),
    "expires in this millisecond": lambda: made({**CLAIMS, 4: float(NOW_S)}),
    "issued in the future": lambda: made({**CLAIMS, 6: NOW_S + 10_000}),
    "no issue time, no issuer": lambda: made({4: NOW_S + 1, -260: HEALTH}),
}
REFUSED: dict[str, tuple[Callable[[], str], Answer, Reason]] = {
    "expired": (lambda: made({**CLAIMS, 4: NOW_S - 0.001}), INVALID, Reason.EXPIRED),
    "expired, as a float": (lambda: made({**CLAIMS, 4: NOW_S - 0.5}), INVALID, Reason.EXPIRED),
    "not yet valid": (lambda: made({**CLAIMS, 5: NOW_S + 1}), INVALID, Reason.NOT_YET_VALID),
    "no exp": (lambda: made({1: "AT", -260: HEALTH}), INVALID, Reason.INCOMPLETE),
    "exp is text": (lambda: made({**CLAIMS, 4: "2030"}), INVALID, Reason.DAMAGED),
    "exp is no number": (lambda: made({**CLAIMS, 4: float("nan")}), INVALID, Reason.DAMAGED),
    "exp is endless": (lambda: made({**CLAIMS, 4: float("inf")}), INVALID, Reason.DAMAGED),
    "kid in both, the unprotected one right": (
        lambda: made(protected={1: -7, 4: b"somebody"}, unprotected={4: kid(ec_key())}),
        OPEN,
        Reason.UNKNOWN_ISSUER,
    ),
    "content wrapped once more": (lambda: made(cbor2.dumps(cbor2.dumps(CLAIMS))), INVALID, Reason.DAMAGED),
    "health content without claims": (lambda: made(HEALTH[1]), INVALID, Reason.INCOMPLETE),
    "duplicate claim": (
        lambda: made(b"\xa2\x04" + cbor2.dumps(NOW_S) + b"\x04" + cbor2.dumps(NOW_S + 9)),
        INVALID,
        Reason.DAMAGED,
    ),
    "tag of a big number": (lambda: made({**CLAIMS, 4: cbor2.CBORTag(2, b"\1")}), INVALID, Reason.DAMAGED),
    "broken date": (lambda: made({**CLAIMS, 4: cbor2.CBORTag(0, "soon")}), INVALID, Reason.DAMAGED),
    "PS256 said of an EC key": (
        lambda: made(protected={1: -37, 4: kid(ec_key())}),
        INVALID,
        Reason.BAD_ALGORITHM,
    ),
    "EdDSA": (lambda: made(protected={1: -8, 4: kid(ec_key())}), INVALID, Reason.BAD_ALGORITHM),
    "compression broken": (lambda: made(pack=lambda body: b"\x78\x9c" + body), INVALID, Reason.DAMAGED),
    "compression cut short": (
        lambda: made(pack=lambda body: zlib.compress(body)[:-8]),
        INVALID,
        Reason.DAMAGED,
    ),
    "more behind the compression": (
        lambda: made(pack=lambda body: zlib.compress(body) + b"x"),
        INVALID,
        Reason.DAMAGED,
    ),
    "compression bomb": (
        lambda: as_text(zlib.compress(bytes(64 * 1024 + 1), 9), "HC1:"),
        INVALID,
        Reason.TOO_LARGE,
    ),
    "bomb of two megabytes": (
        lambda: as_text(zlib.compress(bytes(2_000_000), 9), "HC1:"),
        INVALID,
        Reason.TOO_LARGE,
    ),
}


def known() -> Trust:
    return trust(ec_key(), rsa_key(), ec_key(ec.SECP384R1))


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    verdict = verify(ACCEPTED[name](), trust=known(), now=LearnedTime(NOW), profile=HC1)
    assert (verdict.answer, verdict.reasons) == (VALID, ())


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, answer, reason = REFUSED[name]
    verdict = verify(text(), trust=known(), now=LearnedTime(NOW), profile=HC1)
    assert (verdict.answer, verdict.reasons) == (answer, (reason,))


def test_the_health_content_is_not_told() -> None:
    verdict = verify(made(), trust=known(), now=LearnedTime(NOW), profile=HC1)
    assert (verdict.issuer, verdict.subject) == ("AT", None)
    assert set(verdict.claims) == {"issued_at", "not_before", "expires_at"}


def test_an_issuer_of_ours_does_not_vouch_for_a_certificate() -> None:
    ours = replace(known().certificates[0], purposes=frozenset({"enterprise"}))
    assert TRUST.issuers is not None
    mixed = Trust(replace(TRUST.issuers, keys=(ours,)))
    verdict = verify(made(), trust=mixed, now=LearnedTime(NOW), profile=HC1)
    assert (verdict.answer, verdict.reasons) == (INVALID, (Reason.WRONG_PURPOSE,))


def test_a_certificate_that_cannot_be_used_is_told_and_the_rest_is() -> None:
    good, small = certificate(ec_key()), certificate(rsa_key(1024))
    body = json.dumps([base64.b64encode(one).decode() for one in (b"junk", good, small)]).encode()
    found = read_trust(body)
    assert found.unread == (1, 3)
    assert verify(made(), trust=found, now=LearnedTime(NOW), profile=HC1).answer is VALID
    with pytest.raises(AppError) as refused:
        read_trust(b'["anVuaw=="]')
    assert refused.value.code == "codes.certificates"
