"""Whom we trust for what (信任名单): issuers' keys by purpose, published as a signed, numbered list."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from domain.codes.claims import Purpose
from domain.codes.keys import KeyFormatError, PublicKey, Signer, kid_of
from domain.codes.revocation import RevocationList
from domain.codes.signed_documents import (
    bytes_in,
    number_in,
    open_document,
    require_newer,
    sign_document,
)
from domain.errors import AppError

KIND = "trust_list"
Keys = Mapping[bytes, tuple["TrustedKey", ...]]


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key, whose it is, and what it may sign. It counts for what was issued in its time (UTC milliseconds)."""

    kid: bytes
    key: PublicKey
    issuer: str
    name: str
    purposes: frozenset[str]
    valid_from: int = 0
    valid_until: int | None = None

    def covers(self, at_ms: int) -> bool:
        """Whether ``at_ms`` lies in the key's time."""
        return self.valid_from <= at_ms and (self.valid_until is None or at_ms < self.valid_until)


@dataclass(frozen=True, slots=True)
class TrustList:
    """The published list of issuers' keys."""

    number: int
    issued_at: int
    next_update: int
    keys: tuple[TrustedKey, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """All that a verdict rests on, at one station.

    ``issuers`` is none where certificates are trusted as they are. ``devices``: keys that sign slips. ``site``: the
    verifying site's code, none outside a station. Two keys may share an identifier; each is tried.
    """

    issuers: TrustList | None = None
    revocations: RevocationList | None = None
    devices: tuple[TrustedKey, ...] = ()
    certificates: tuple[TrustedKey, ...] = ()
    site: str | None = None
    unread: tuple[int, ...] = ()
    by_kid: Keys = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[bytes, tuple[TrustedKey, ...]] = {}
        listed = self.issuers.keys if self.issuers else ()
        for key in (*listed, *self.devices, *self.certificates):
            found[key.kid] = (*found.get(key.kid, ()), key)
        object.__setattr__(self, "by_kid", MappingProxyType(found))

    @property
    def not_before(self) -> int:
        """No right clock tells an earlier time: the newest list at hand was made then."""
        lists = (self.issuers, self.revocations)
        return max((one.issued_at for one in lists if one is not None), default=0)

    def at_site(self, site: str) -> "Trust":
        """The same trust at ``site``."""
        return replace(self, site=site)


def device_key(
    device: str, key: PublicKey, *, valid_from: int = 0, valid_until: int | None = None
) -> TrustedKey:
    """A desk's or hub's key as the device document names it; it signs slips and nothing else."""
    return TrustedKey(key.kid, key, device, device, frozenset({Purpose.SLIP}), valid_from, valid_until)


def trust_certificates(certificates: Iterable[bytes]) -> Trust:
    """Trust X.509 certificates (DER) as they are.

    Those that hold no key we can use are told by position in ``unread``, so that one of them does not void the rest.
    Raises ``AppError("codes.certificates")`` if none can be used.
    """
    keys, unread = [], []
    for position, der in enumerate(certificates, start=1):
        try:
            key = PublicKey.from_certificate(der)
        except KeyFormatError:
            unread.append(position)
            continue
        kid = kid_of(der)
        keys.append(TrustedKey(kid, key, kid.hex(), "", frozenset({Purpose.FOREIGN})))
    if not keys:
        raise AppError("codes.certificates")
    return Trust(certificates=tuple(keys), unread=tuple(unread))


def sign_trust_list(trusted: TrustList, root: Signer) -> dict[str, Any]:
    """The list as a signed document."""
    document = {
        "kind": KIND,
        "number": trusted.number,
        "issued_at": trusted.issued_at,
        "next_update": trusted.next_update,
        "entries": [_entry(key) for key in trusted.keys],
    }
    return sign_document(document, root)


def open_trust_list(signed: Any, root: PublicKey, held: TrustList | None = None) -> TrustList:
    """Read a published list; ``held`` is the one at hand.

    Raises ``AppError``: ``codes.list_malformed``, ``codes.list_signature``, ``codes.list_older``.
    """
    document = open_document(signed, root, KIND)
    entries = document.get("entries")
    if not isinstance(entries, list):
        raise AppError("codes.list_malformed", kind=KIND)
    number, issued_at, next_update = (
        number_in(document, name, KIND) for name in ("number", "issued_at", "next_update")
    )
    if held is not None:
        require_newer(KIND, held.number, number)
    return TrustList(number, issued_at, next_update, tuple(_read_entry(entry) for entry in entries))


def _entry(trusted: TrustedKey) -> dict[str, Any]:
    return {
        "public_key": base64.b64encode(trusted.key.raw).decode("ascii"),
        "issuer": trusted.issuer,
        "name": trusted.name,
        "purposes": sorted(trusted.purposes),
        "valid_from": trusted.valid_from,
        "valid_until": trusted.valid_until,
    }


def _read_entry(entry: Any) -> TrustedKey:
    if not isinstance(entry, Mapping):
        raise AppError("codes.list_malformed", kind=KIND)
    key, kid = _entry_key(entry)
    issuer, name, purposes = entry.get("issuer"), entry.get("name", ""), entry.get("purposes")
    if not (isinstance(issuer, str) and isinstance(name, str) and isinstance(purposes, list)):
        raise AppError("codes.list_malformed", kind=KIND)
    until = None if entry.get("valid_until") is None else number_in(entry, "valid_until", KIND)
    valid_from = number_in(entry, "valid_from", KIND)
    return TrustedKey(kid, key, issuer, name, frozenset(map(str, purposes)), valid_from, until)


def _entry_key(entry: Mapping[str, Any]) -> tuple[PublicKey, bytes]:
    """The key of an entry, given as a certificate or raw, and its identifier."""
    try:
        if "certificate" in entry:
            der = bytes_in(entry, "certificate", KIND)
            return PublicKey.from_certificate(der), kid_of(der)
        key = PublicKey.from_raw(bytes_in(entry, "public_key", KIND))
    except KeyFormatError as error:
        raise AppError("codes.list_malformed", kind=KIND) from error
    return key, key.kid
