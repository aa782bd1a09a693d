"""Keys, credentials and forgeries for tests of enterprise codes. Every key is made from a fixed seed."""

from dataclasses import replace
from datetime import date
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.codes import strict_cbor
from domain.codes.base45 import encode
from domain.codes.building import credential_bytes, credential_text
from domain.codes.claims import (
    AUD,
    CREDENTIAL,
    IAT,
    NONCE,
    Credential,
    Presentation,
    Purpose,
    write_credential,
)
from domain.codes.keys import Ed25519Signer, PublicKey
from domain.codes.revocation import RevocationList, packed
from domain.codes.trust import Trust, TrustedKey, TrustList, device_key
from domain.codes.verification import LearnedTime
from domain.enterprises.licences import Licence

NOW_S = 1_795_000_000
NOW = NOW_S * 1000
HOUR, DAY = 3_600_000, 86_400_000
USCC = "91330100799655058B"
AUTHORITY = "杭州市企业服务中心"


def signer(seed: int) -> Ed25519Signer:
    """The signer whose key is made from ``seed``."""
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def public(of: Ed25519Signer) -> PublicKey:
    """The public half."""
    return PublicKey(of.key.public_key())


ROOT, ISSUER, AGENT_ISSUER, HOLDER, STRANGER, DEVICE = (signer(seed) for seed in range(1, 7))

CREDENTIAL_OF_TEST = Credential(
    issuer=AUTHORITY,
    subject=USCC,
    id=bytes(range(16)),
    purpose=Purpose.ENTERPRISE,
    issued_at=NOW - DAY,
    not_before=NOW - DAY,
    expires_at=NOW + 90 * DAY,
    name="杭州蓝鲸智能装备有限公司",
    kind="enterprise",
    representative="王*",
    licences=(Licence("营业执照", USCC, until=date(2040, 1, 1)),),
    tags=("高新技术企业",),
    holder=public(HOLDER),
)


def trusted(of: Ed25519Signer, *purposes: str, issuer: str = AUTHORITY, **span: Any) -> TrustedKey:
    """The key of ``of`` as a trust list names it."""
    return TrustedKey(of.kid, public(of), issuer, "", frozenset(purposes), **span)


ISSUERS = TrustList(
    number=7,
    issued_at=NOW - DAY,
    next_update=NOW + DAY,
    keys=(trusted(ISSUER, Purpose.ENTERPRISE), trusted(AGENT_ISSUER, Purpose.AGENT)),
)
REVOCATIONS = RevocationList(5, NOW - DAY, NOW + DAY, packed([b"revoked1", b"revoked2"]))
TRUST = Trust(ISSUERS, REVOCATIONS, (device_key("desk-1", public(DEVICE)),), site="QJXC")
CLOCK = LearnedTime(NOW)


def credential(**changes: Any) -> Credential:
    """The test's credential, changed."""
    return replace(CREDENTIAL_OF_TEST, **changes)


def qym(by: Ed25519Signer = ISSUER, **changes: Any) -> str:
    """``QYM1`` text of the test's credential, changed, signed by ``by``."""
    return credential_text(credential(**changes), by)


def claims(**changes: Any) -> dict[int, Any]:
    """The credential's claims on the wire."""
    return write_credential(credential(**changes))


def shown(**changes: Any) -> Presentation:
    """A presentation of the test's credential, here and now."""
    start = Presentation(NOW, b"nonce-of-12b", "*", credential_bytes(qym()))
    return replace(start, **changes)


def shown_claims(of: Presentation | None = None) -> dict[int, Any]:
    """The presentation's claims on the wire."""
    one = of or shown()
    return {AUD: one.audience, IAT: one.presented_at // 1000, NONCE: one.nonce, CREDENTIAL: one.credential}


def cose(
    payload: Any,
    *,
    by: Ed25519Signer = ISSUER,
    protected: Any = None,
    unprotected: Any = None,
    signature: bytes | None = None,
    signed_payload: bytes | None = None,
    tags: tuple[int, ...] = (18,),
) -> bytes:
    """A COSE_Sign1 put together by hand: whatever is not said is as it should be, the signature included."""
    body = payload if isinstance(payload, bytes) else strict_cbor.encode(payload)
    header = {1: -8, 4: by.kid} if protected is None else protected
    header = header if isinstance(header, bytes) else strict_cbor.encode(header)
    covered = b"" if header in (b"", b"\xa0") else header
    message = cbor2.dumps(["Signature1", covered, b"", body if signed_payload is None else signed_payload])
    signed = by.key.sign(message) if signature is None else signature
    value: Any = [header, unprotected or {}, body, signed]
    for tag in reversed(tags):
        value = cbor2.CBORTag(tag, value)
    return bytes(cbor2.dumps(value))


def as_text(body: bytes, prefix: str = "QYM1:") -> str:
    """``body`` behind a prefix."""
    return prefix + encode(body)
