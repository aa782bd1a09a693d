"""Writing what ``verification`` reads. Who holds no issuer's key can write nothing that is trusted."""

from domain.codes import strict_cbor
from domain.codes.base45 import decode
from domain.codes.claims import (
    AUD,
    CREDENTIAL,
    IAT,
    NONCE,
    Credential,
    Presentation,
    write_credential,
)
from domain.codes.envelope import sign, to_text
from domain.codes.keys import Signer
from domain.codes.profiles import QYM1, QYP1

MAX_CREDENTIAL_CHARS, MAX_PRESENTATION_CHARS = 650, 850


def credential_text(credential: Credential, issuer: Signer) -> str:
    """``QYM1:`` text of a credential."""
    return to_text(sign(strict_cbor.encode(write_credential(credential)), issuer), QYM1)


def credential_bytes(text: str) -> bytes:
    """The COSE bytes of a ``QYM1:`` text, as a presentation carries them."""
    return decode(text.removeprefix(QYM1.prefix))


def presentation_text(shown: Presentation, holder: Signer) -> str:
    """``QYP1:`` text: the holder's signature over the credential, the time, the place and a nonce."""
    payload = {
        AUD: shown.audience,
        IAT: shown.presented_at // 1000,
        NONCE: shown.nonce,
        CREDENTIAL: shown.credential,
    }
    return to_text(sign(strict_cbor.encode(payload), holder), QYP1)
