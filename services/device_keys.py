"""Keys of devices (设备密钥): this one's own, which signs slips, and the public halves of the site's other windows.

The private half is made with the station and stays in its encrypted store. The reference document ``device_keys``
holds public halves only, ``{"entries": [{"device", "site", "public_key": base64 of 32 bytes}, …]}``; a device may have
several. Devices that were enrolled with a hub or centre stand in its register, which every node of the site has.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from db.unit_of_work import UnitOfWork
from domain.errors import AppError
from services.documents import publish_own

if TYPE_CHECKING:
    from domain.codes.keys import Ed25519Signer
    from domain.codes.trust import TrustedKey
    from domain.enrolment import Device

# What signs and verifies is imported where it does so: a station opens without it, a tenth of a second sooner.

KIND = "device_keys"
Entry = dict[str, Any]


def has_key(uow: UnitOfWork) -> bool:
    """Whether this device has its key; stations of early programs have none."""
    return uow.device_secrets.get(uow.events.node.device) is not None


def ensure_key(uow: UnitOfWork, now_ms: int) -> None:
    """Make this device's key if there is none, and publish its public half unless it is enrolled with it."""
    node = uow.events.node
    seed = uow.device_secrets.get(node.device)
    if seed is not None and own_entries(uow):
        return
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if seed is None:
        seed = secrets.token_bytes(32)
        uow.device_secrets.keep(node.device, seed, now_ms)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    _publish(uow, [_entry(node.device, node.site, public)], now_ms)


def own_signer(uow: UnitOfWork) -> "Ed25519Signer | None":
    """What signs this device's slips."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from domain.codes.keys import Ed25519Signer

    seed = uow.device_secrets.get(uow.events.node.device)
    return None if seed is None else Ed25519Signer(Ed25519PrivateKey.from_private_bytes(seed))


def known_keys(uow: UnitOfWork) -> "tuple[TrustedKey, ...]":
    """The keys whose slips this station can check.

    They count for any time, since a case may be older than the key; those of a revoked device until it was revoked.
    """
    place = (KIND, "read", *keys_mark(uow))
    if place not in uow.cache:
        registered = [_registered(one) for one in uow.devices.all()]
        known = {one.kid for one in registered}
        told = (one for one in map(_trusted, _entries(uow)) if one.kid not in known)
        uow.cache[place] = (*told, *registered)
    found: tuple[Any, ...] = uow.cache[place]
    return found


def keys_mark(uow: UnitOfWork) -> tuple[int, ...]:
    """What is another when ``known_keys`` are others."""
    return (uow.reference.version(KIND), *uow.devices.mark())


def own_entries(uow: UnitOfWork) -> tuple[Entry, ...]:
    """What another window needs to know to check this one's slips."""
    node = uow.events.node
    told = tuple(entry for entry in _entries(uow) if entry["device"] == node.device)
    own = None if told else uow.devices.get(node.device)
    return told if own is None else (_entry(own.device, own.site, own.public_key),)


def add_keys(uow: UnitOfWork, entries: Sequence[Any], now_ms: int) -> int:
    """Trust the slips of further devices; how many keys were new. ``codes.trust_malformed``."""
    known = {(entry["device"], entry["public_key"]) for entry in _entries(uow)}
    checked = [_checked(entry) for entry in entries]
    fresh = [entry for entry in checked if (entry["device"], entry["public_key"]) not in known]
    if fresh:
        _publish(uow, fresh, now_ms)
    return len(fresh)


def _entries(uow: UnitOfWork) -> list[Entry]:
    document = uow.reference.get(KIND) or {}
    entries: list[Entry] = document.get("entries", [])
    return entries


def _publish(uow: UnitOfWork, fresh: list[Entry], now_ms: int) -> None:
    publish_own(uow, KIND, {"entries": [*_entries(uow), *fresh]}, now_ms)


def _checked(entry: Any) -> Entry:
    from domain.codes.keys import KeyFormatError, PublicKey

    if not isinstance(entry, Mapping):
        raise AppError("codes.trust_malformed")
    device, site = str(entry.get("device", ""))[:64], str(entry.get("site", ""))[:24]
    try:
        public = base64.b64decode(str(entry.get("public_key")), validate=True)
        if not device or len(public) != 32:
            raise AppError("codes.trust_malformed")
        PublicKey.from_raw(public)
    except (binascii.Error, KeyFormatError) as error:
        raise AppError("codes.trust_malformed") from error
    return _entry(device, site, public)


def _entry(device: str, site: str, public: bytes) -> Entry:
    return {"device": device, "site": site, "public_key": base64.b64encode(public).decode("ascii")}


def _registered(one: "Device") -> "TrustedKey":
    from domain.codes.keys import PublicKey
    from domain.codes.trust import device_key

    return device_key(one.device, PublicKey.from_raw(one.public_key), valid_until=one.revoked_at)


def _trusted(entry: Entry) -> "TrustedKey":
    from domain.codes.keys import PublicKey
    from domain.codes.trust import device_key

    return device_key(entry["device"], PublicKey.from_raw(base64.b64decode(entry["public_key"])))
