"""Challenges and tokens. Both are authenticated by the node's own secret, so that no process has to remember any."""

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass

import cbor2

from sync.protocol_access import CHALLENGE_S, TOKEN_S

_MAC_BYTES = 32
_TIME_BYTES = 8
_RANDOM_BYTES = 8
_NONCE_MAC_BYTES = 24


@dataclass(frozen=True, slots=True)
class Session:
    """Whose token it is, and until when (UTC ms)."""

    device: str
    until: int


def make_token(key: bytes, device: str, now_ms: int) -> tuple[str, int]:
    """A token for ``device`` and its end."""
    until = now_ms + TOKEN_S * 1000
    body = cbor2.dumps([device, until])
    return base64.urlsafe_b64encode(body + _mac(key, b"token", body)).rstrip(b"=").decode(), until


def read_token(key: bytes, token: str, now_ms: int) -> Session | None:
    """The session of ``token``; None where it is over or none of ours."""
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = whole[:-_MAC_BYTES], whole[-_MAC_BYTES:]
    if not body or not hmac.compare_digest(mac, _mac(key, b"token", body)):
        return None
    device, until = cbor2.loads(body)
    return Session(device, until) if now_ms < until else None


def make_nonce(key: bytes, device: str, now_ms: int) -> bytes:
    """A challenge for ``device``: time, chance, and that it is ours."""
    stem = now_ms.to_bytes(_TIME_BYTES, "big") + os.urandom(_RANDOM_BYTES)
    return stem + _mac(key, b"nonce", stem + device.encode())[:_NONCE_MAC_BYTES]


def nonce_until(key: bytes, device: str, nonce: bytes, now_ms: int) -> int | None:
    """Until when (UTC ms) the challenge counts; None where it is over, or none of ours for ``device``."""
    stem, mac = nonce[: _TIME_BYTES + _RANDOM_BYTES], nonce[_TIME_BYTES + _RANDOM_BYTES :]
    if not hmac.compare_digest(mac, _mac(key, b"nonce", stem + device.encode())[:_NONCE_MAC_BYTES]):
        return None
    made = int.from_bytes(stem[:_TIME_BYTES], "big")
    until = made + CHALLENGE_S * 1000
    return until if made - 5_000 <= now_ms < until else None


def nonce_mark(nonce: bytes) -> bytes:
    """What is kept of a challenge that was answered."""
    return hashlib.sha256(b"qifu:nonce:1:" + nonce).digest()


def _mac(key: bytes, purpose: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"qifu:" + purpose + b":1:" + body, "sha256")
