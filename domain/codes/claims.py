"""What a credential says: CWT claims (RFC 8392) and our own, as typed values.

On the wire times are whole seconds since 1970; in these types they are UTC milliseconds. A licence is
``[kind, number, state, last valid day as YYYY-MM-DD or null]``; a state we do not know counts as unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from domain.codes.keys import KeyFormatError, PublicKey
from domain.enterprises.licences import Licence, LicenceState

ISS, SUB, AUD, EXP, NBF, IAT, CTI, CNF, NONCE = 1, 2, 3, 4, 5, 6, 7, 8, 10
NAME, KIND, REPRESENTATIVE, LICENCES, TAGS, PURPOSE, CREDENTIAL = range(-70001, -70008, -1)
COSE_KEY = 1

CTI_BYTES = 16
NONCE_BYTES = range(8, 33)
MAX_LICENCES = 3
_MAX_TEXT = 200
_MAX_TAGS = 8
# The year 5138: a time beyond it is a mistake in units.
_MAX_SECONDS = 100_000_000_000


class Purpose(StrEnum):
    """What a credential is for (用途), and what an issuer's key is trusted for."""

    ENTERPRISE = "enterprise"  # 企业身份与证照
    AGENT = "agent"  # 经办人授权
    SLIP = "slip"  # 本系统的回执、号票；device keys only
    FOREIGN = "foreign"  # certificates of other issuers, trusted as they are


ISSUABLE = frozenset({Purpose.ENTERPRISE, Purpose.AGENT})


class ClaimError(ValueError):
    """A claim of the wrong kind; the text names it."""


class MissingClaimError(ClaimError):
    """A claim that must be there is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """企业凭证: what an issuer states about an enterprise. ``id`` is the CWT id, 16 bytes."""

    issuer: str
    subject: str
    id: bytes
    purpose: str
    expires_at: int
    issued_at: int
    not_before: int | None = None
    name: str = ""
    kind: str = ""
    representative: str = ""
    licences: tuple[Licence, ...] = ()
    tags: tuple[str, ...] = ()
    holder: PublicKey | None = None

    def document(self) -> dict[str, Any]:
        """The claims for people and programs: JSON values, times in UTC milliseconds."""
        return {
            "name": self.name,
            "kind": self.kind,
            "representative": self.representative,
            "licences": [
                {
                    "kind": one.kind,
                    "number": one.number,
                    "state": str(one.state),
                    "until": one.until.isoformat() if one.until else None,
                }
                for one in self.licences
            ],
            "tags": list(self.tags),
            "purpose": self.purpose,
            "id": self.id.hex(),
            "issued_at": self.issued_at,
            "not_before": self.not_before,
            "expires_at": self.expires_at,
        }


@dataclass(frozen=True, slots=True)
class Presentation:
    """出示: the holder shows a credential here and now. ``audience`` is a site's code or ``*``."""

    presented_at: int
    nonce: bytes
    audience: str
    credential: bytes


def read_credential(claims: Any) -> Credential:
    """Claims as decoded; raises ``MissingClaimError`` or ``ClaimError``. Claims we do not know are passed over."""
    if not isinstance(claims, Mapping):
        raise ClaimError("claims")
    return Credential(
        issuer=_text(claims, ISS, "iss"),
        subject=_text(claims, SUB, "sub"),
        id=_bytes(claims, CTI, "cti", range(CTI_BYTES, CTI_BYTES + 1)),
        purpose=_text(claims, PURPOSE, "purpose"),
        expires_at=_time(claims, EXP, "exp"),
        issued_at=_time(claims, IAT, "iat"),
        not_before=_time(claims, NBF, "nbf") if NBF in claims else None,
        name=_text(claims, NAME, "name", ""),
        kind=_text(claims, KIND, "kind", ""),
        representative=_text(claims, REPRESENTATIVE, "representative", ""),
        licences=_licences(claims.get(LICENCES, [])),
        tags=_tags(claims.get(TAGS, [])),
        holder=_holder(claims.get(CNF)),
    )


def read_presentation(claims: Any) -> Presentation:
    """Claims of the outer envelope; raises like ``read_credential``."""
    if not isinstance(claims, Mapping):
        raise ClaimError("claims")
    return Presentation(
        presented_at=_time(claims, IAT, "iat"),
        nonce=_bytes(claims, NONCE, "nonce", NONCE_BYTES),
        audience=_text(claims, AUD, "aud"),
        credential=_bytes(claims, CREDENTIAL, "credential", range(1, 4096)),
    )


def write_credential(credential: Credential) -> dict[int, Any]:
    """The claims of ``credential``; empty ones are left out."""
    claims: dict[int, Any] = {
        ISS: credential.issuer,
        SUB: credential.subject,
        EXP: credential.expires_at // 1000,
        NBF: None if credential.not_before is None else credential.not_before // 1000,
        IAT: credential.issued_at // 1000,
        CTI: credential.id,
        CNF: None if credential.holder is None else {COSE_KEY: credential.holder.cose},
        NAME: credential.name,
        KIND: credential.kind,
        REPRESENTATIVE: credential.representative,
        LICENCES: [_licence_row(one) for one in credential.licences],
        TAGS: list(credential.tags),
        PURPOSE: credential.purpose,
    }
    return {key: value for key, value in claims.items() if value not in (None, "", [])}


def _licence_row(one: Licence) -> list[Any]:
    return [one.kind, one.number, str(one.state), one.until.isoformat() if one.until else None]


def _required(claims: Mapping[Any, Any], key: int, name: str) -> Any:
    if key not in claims:
        raise MissingClaimError(name)
    return claims[key]


def _text(claims: Mapping[Any, Any], key: int, name: str, default: str | None = None) -> str:
    if default is not None and key not in claims:
        return default
    return _short_text(_required(claims, key, name), name)


def _short_text(found: Any, name: str) -> str:
    if not isinstance(found, str) or len(found) > _MAX_TEXT:
        raise ClaimError(name)
    return found


def _bytes(claims: Mapping[Any, Any], key: int, name: str, lengths: range) -> bytes:
    found = _required(claims, key, name)
    if not isinstance(found, bytes) or len(found) not in lengths:
        raise ClaimError(name)
    return found


def _time(claims: Mapping[Any, Any], key: int, name: str) -> int:
    found = _required(claims, key, name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= _MAX_SECONDS:
        raise ClaimError(name)
    return found * 1000


def _licences(rows: Any) -> tuple[Licence, ...]:
    if not isinstance(rows, list | tuple) or len(rows) > MAX_LICENCES:
        raise ClaimError("licences")
    return tuple(_licence(row) for row in rows)


def _licence(row: Any) -> Licence:
    match row:
        case [str() as kind, str() as number, str() as state, (str() | None) as until]:
            known = (
                LicenceState(state) if state in LicenceState.__members__.values() else LicenceState.UNKNOWN
            )
            return Licence(_short_text(kind, "licences"), _short_text(number, "licences"), known, _day(until))
    raise ClaimError("licences")


def _day(written: str | None) -> date | None:
    try:
        return None if written is None else date.fromisoformat(written)
    except ValueError as error:
        raise ClaimError("licences") from error


def _tags(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list | tuple) or len(found) > _MAX_TAGS:
        raise ClaimError("tags")
    return tuple(_short_text(tag, "tags") for tag in found)


def _holder(confirmation: Any) -> PublicKey | None:
    if confirmation is None:
        return None
    if not isinstance(confirmation, Mapping):
        raise ClaimError("cnf")
    try:
        return PublicKey.from_cose(confirmation.get(COSE_KEY))
    except KeyFormatError as error:
        raise ClaimError("cnf") from error
