"""The authority's register (签发登记簿): keys, credentials issued and revoked, lists published. One JSON file."""

import base64
import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from domain.codes.keys import PublicKey
from domain.codes.trust import TrustedKey
from domain.errors import AppError

FILE = "register.json"


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """One issuing key: whose, for what, for how long (UTC milliseconds). The secret lies in ``<name>.key``."""

    name: str
    issuer: str
    purposes: tuple[str, ...]
    public_key: str
    valid_from: int
    valid_until: int | None = None

    def trusted(self) -> TrustedKey:
        """As the trust list names it."""
        key = PublicKey.from_raw(base64.b64decode(self.public_key))
        purposes = frozenset(self.purposes)
        return TrustedKey(key.kid, key, self.issuer, self.name, purposes, self.valid_from, self.valid_until)


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential that was issued; ``id`` is the CWT id in hex."""

    id: str
    subject: str
    key: str
    issued_at: int
    expires_at: int
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """All that was done. Numbers only grow; ``revocations`` keeps the last published hashes for deltas."""

    keys: tuple[IssuerKey, ...] = ()
    issued: tuple[Issued, ...] = ()
    trust_number: int = 0
    revocation_number: int = 0
    revocations: dict[str, str] = field(default_factory=dict)

    def key(self, name: str) -> IssuerKey:
        """The key called ``name``; raises ``AppError("authority.unknown_key", name)``."""
        found = next((one for one in self.keys if one.name == name), None)
        if found is None:
            raise AppError("authority.unknown_key", name=name)
        return found

    def with_revoked(self, credential_id: str, at_ms: int) -> "Register":
        """The register with one credential revoked; the first time counts.

        Raises ``AppError("authority.unknown_credential", id)``.
        """
        if all(one.id != credential_id for one in self.issued):
            raise AppError("authority.unknown_credential", id=credential_id)
        issued = tuple(
            replace(one, revoked_at=one.revoked_at or at_ms) if one.id == credential_id else one
            for one in self.issued
        )
        return replace(self, issued=issued)


def load(folder: Path) -> Register:
    """The register of ``folder``; raises ``AppError("authority.no_root", folder)`` or ``authority.unreadable``."""
    try:
        document: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
        keys = tuple(IssuerKey(**one | {"purposes": tuple(one["purposes"])}) for one in document.pop("keys"))
        issued = tuple(Issued(**one) for one in document.pop("issued"))
        return Register(keys, issued, **document)
    except FileNotFoundError as error:
        raise AppError("authority.no_root", folder=folder.name) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AppError("authority.unreadable", file=FILE) from error


def save(folder: Path, register: Register) -> None:
    """Write the register so that a crash leaves the old or the new one, never half of one."""
    fresh = folder / f"{FILE}.new"
    with fresh.open("w", encoding="utf-8") as stream:
        json.dump(asdict(register), stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(folder / FILE)
