"""Trust handed over as a file: to the command line, on a stick, by the issuing authority.

A JSON object ``{"root": base64 of the root's raw public key, "trust_list": signed, "revocation_list": signed,
"revocation_deltas": [signed, …], "devices": [{"device", "public_key"}, …]}``, of which ``root`` and ``trust_list`` must
be there; or a JSON list of base64 DER certificates, which are trusted as they are (profile ``HC1``).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from domain.codes.keys import KeyFormatError, PublicKey
from domain.codes.revocation import apply_delta, open_revocation_list
from domain.codes.trust import Trust, TrustedKey, device_key, open_trust_list, trust_certificates
from domain.errors import AppError

MAX_BYTES = 32 * 1024 * 1024
_MALFORMED = "codes.trust_malformed"


def read_trust(body: bytes) -> Trust:
    """Trust as told by a file that the person chose, root included.

    Raises ``AppError``: ``codes.trust_malformed``, ``codes.certificates`` and what the lists raise.
    """
    document = _json(body)
    if isinstance(document, list):
        return trust_certificates(_base64(one) for one in document)
    if not isinstance(document, Mapping):
        raise AppError(_MALFORMED)
    root = _key(document.get("root"))
    return assemble(document, root)


def assemble(document: Mapping[str, Any], root: PublicKey) -> Trust:
    """Trust from the lists of ``document``, each signed by ``root``, which was learnt another way."""
    revocations = None
    if document.get("revocation_list") is not None:
        revocations = open_revocation_list(document["revocation_list"], root)
        for delta in _list(document, "revocation_deltas"):
            revocations = apply_delta(delta, root, revocations)
    issuers = open_trust_list(document.get("trust_list"), root)
    devices = tuple(_device(one) for one in _list(document, "devices"))
    return Trust(issuers, revocations, devices)


def _json(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise AppError(_MALFORMED)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AppError(_MALFORMED) from error


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    found = document.get(name, [])
    if not isinstance(found, list):
        raise AppError(_MALFORMED)
    return found


def _device(entry: Any) -> TrustedKey:
    if not isinstance(entry, Mapping):
        raise AppError(_MALFORMED)
    return device_key(str(entry.get("device")), _key(entry.get("public_key")))


def _key(text: Any) -> PublicKey:
    try:
        return PublicKey.from_raw(_base64(text))
    except KeyFormatError as error:
        raise AppError(_MALFORMED) from error


def _base64(text: Any) -> bytes:
    try:
        return base64.b64decode("".join(str(text).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AppError(_MALFORMED) from error
