"""Known answers: examples of the standards, and credentials made by an independent library."""

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from domain.codes.building import (
    MAX_CREDENTIAL_CHARS,
    MAX_PRESENTATION_CHARS,
    credential_bytes,
    presentation_text,
)
from domain.codes.claims import ISS, SUB
from domain.codes.envelope import open_bytes
from domain.codes.keys import KeyFormatError, PublicKey
from domain.codes.profiles import HC1, QYM1, QYP1
from domain.codes.recognise import read
from domain.codes.replay import InMemoryReplay
from domain.codes.trust import Trust, TrustedKey
from domain.codes.verdict import Answer
from domain.codes.verification import verify
from tests.code_minting import (
    AUTHORITY,
    CLOCK,
    HOLDER,
    ISSUER,
    ISSUERS,
    NOW_S,
    REVOCATIONS,
    TRUST,
    USCC,
    as_text,
    claims,
    qym,
    shown,
)

# RFC 8392, appendix A.2.3 (key) and A.3 (signed CWT).
RFC8392_X = "143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f"
RFC8392_Y = "60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9"
RFC8392_SIGNED = (
    "d28443a10126a104524173796d6d657472696345434453413235365850a701756"
    "36f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f"
    "61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d"
    "9f0061a5610d9f007420b7158405427c1ff28d23fbad1f29c4c7c6a555e601d6f"
    "a29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01f85951ecee743a5"
    "2b9b63632c57209120e1c9e30"
)


def test_the_signed_token_of_rfc_8392() -> None:
    body = bytes.fromhex(RFC8392_SIGNED)
    envelope = open_bytes(body, QYM1)
    key = PublicKey.from_cose({1: 2, -1: 1, -2: bytes.fromhex(RFC8392_X), -3: bytes.fromhex(RFC8392_Y)})
    assert envelope.kid == b"AsymmetricECDSA256"
    assert key.verifies(envelope.signature, envelope.signed_bytes)
    assert not key.verifies(envelope.signature, envelope.signed_bytes + b"\0")
    payload = cbor2.loads(envelope.payload)
    assert (payload[ISS], payload[SUB]) == ("coap://as.example.com", "erikw")


def test_its_tagged_form_reads_the_same() -> None:
    body = bytes.fromhex(RFC8392_SIGNED)
    assert open_bytes(b"\xd8\x3d" + body, QYM1).payload == open_bytes(body[1:], QYM1).payload


# RFC 9052, appendix C.2.1, with the key "11" of appendix C.7.1; then the same content with nothing protected, which
# RFC 9052 section 4.4 signs as an empty string (example sign-pass-01 of the COSE working group).
KEY_11_X = "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
KEY_11_Y = "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"
RFC9052_EXAMPLES = (
    "d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4"
    "d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36",
    "d28441a0a201260442313154546869732069732074686520636f6e74656e742e5840eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce"
    "5705b793914348e11a02e5f0344bf2d4ee5c7fd75a68a9f5e0b3cc1f1fc1409c189566586ff9d610",
)


@pytest.mark.parametrize("written", RFC9052_EXAMPLES)
def test_the_single_signature_of_rfc_9052(written: str) -> None:
    envelope = open_bytes(bytes.fromhex(written), QYM1)
    key = PublicKey.from_cose({1: 2, -1: 1, -2: bytes.fromhex(KEY_11_X), -3: bytes.fromhex(KEY_11_Y)})
    assert (envelope.payload, envelope.kid) == (b"This is the content.", b"11")
    assert key.verifies(envelope.signature, envelope.signed_bytes)


def test_the_deterministic_signature_of_rfc_8032() -> None:
    """Section 7.1, test 2."""
    key = PublicKey.from_raw(
        bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    )
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert key.verifies(signature, b"\x72")
    assert not key.verifies(signature, b"\x73")


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {1: 1, -1: 6, -2: b"short"},
        {1: 2, -1: 1, -2: b"x" * 32},
        {1: 2, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32},
    ],
)
def test_no_key(document: object) -> None:
    with pytest.raises(KeyFormatError):
        PublicKey.from_cose(document)


@pytest.mark.parametrize("in_header", ["protected", "unprotected"])
def test_a_credential_of_an_independent_library(in_header: str) -> None:
    pem = ISSUER.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = cwt.COSEKey.from_pem(pem, kid=ISSUER.kid)
    kid = {4: ISSUER.kid}
    protected = {1: -8} | (kid if in_header == "protected" else {})
    unprotected = kid if in_header == "unprotected" else {}
    maker = cwt.COSE.new()
    body = maker.encode(cbor2.dumps(claims()), key, protected=protected, unprotected=unprotected)
    verdict = verify(as_text(body), trust=TRUST, now=CLOCK, profile=QYM1)
    assert (verdict.answer, verdict.subject, verdict.issuer) == (Answer.VALID, USCC, AUTHORITY)


def test_an_es256_token_of_an_independent_library() -> None:
    secret = ec.derive_private_key(12345, ec.SECP256R1())
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = PublicKey(secret.public_key())
    known = TrustedKey(public.kid, public, AUTHORITY, "", frozenset({"enterprise"}))
    trust = Trust(ISSUERS.__class__(1, ISSUERS.issued_at, ISSUERS.next_update, (known,)), REVOCATIONS)
    key = cwt.COSEKey.from_pem(pem, kid=public.kid)
    token = cwt.encode(dict(sorted(claims().items(), key=lambda pair: (pair[0] < 0, abs(pair[0])))), key)
    verdict = verify(as_text(token), trust=trust, now=CLOCK, profile=QYM1)
    assert verdict.answer is Answer.VALID


def test_our_token_is_read_by_the_independent_library() -> None:
    raw = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    key = cwt.COSEKey.from_pem(ISSUER.key.public_key().public_bytes(*raw), kid=ISSUER.kid)
    maker = cwt.COSE.new()
    assert cbor2.loads(maker.decode(credential_bytes(qym()), key))[SUB] == USCC


def test_sizes_stay_readable() -> None:
    text = qym(name="杭州" + "字" * 18 + "有限公司")
    assert len(text) <= MAX_CREDENTIAL_CHARS
    presented = presentation_text(shown(credential=credential_bytes(text)), HOLDER)
    assert len(presented) <= MAX_PRESENTATION_CHARS


def test_what_a_valid_credential_says() -> None:
    verdict = read(qym(), trust=TRUST, now=CLOCK)
    assert (verdict.answer, verdict.findings, verdict.kind) == (Answer.VALID, (), "QYM1")
    assert verdict.claims["name"] == "杭州蓝鲸智能装备有限公司"
    assert verdict.claims["licences"] == [
        {"kind": "营业执照", "number": USCC, "state": "valid", "until": "2040-01-01"}
    ]
    assert verdict.claims["expires_at"] == (NOW_S + 90 * 86_400) * 1000
    assert verdict.credential is not None
    assert verdict.credential.subject == USCC


def test_a_valid_presentation() -> None:
    text = presentation_text(shown(), HOLDER)
    verdict = verify(text, trust=TRUST, now=CLOCK, profile=QYP1, replay=InMemoryReplay())
    assert (verdict.answer, verdict.subject, verdict.kind) == (Answer.VALID, USCC, "QYP1")


def test_untagged_and_cwt_tagged_are_the_same() -> None:
    body = credential_bytes(qym())
    for form in (body[1:], b"\xd8\x3d" + body):
        assert verify(as_text(form), trust=TRUST, now=CLOCK, profile=QYM1).answer is Answer.VALID


def test_a_profile_reads_nothing_but_its_own_prefix() -> None:
    assert verify(qym(), trust=TRUST, now=CLOCK, profile=HC1).answer is Answer.INVALID
