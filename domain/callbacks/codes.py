"""The code on a row of the callback form (``QYC1``): which task it is, and that this centre printed it.

16 bytes in Base32: 2 name the key, 8 the task, 6 are a keyed check over both. It holds nothing else, and at 31
characters it is read from a square of 14 mm on paper.
"""

import hashlib
import hmac
from base64 import b32decode, b32encode
from binascii import Error
from dataclasses import dataclass

from domain.errors import AppError

PREFIX = "QYC1:"
_KEY_ID, _REF, _MAC = 2, 8, 6
_CHARS = 26


@dataclass(frozen=True, slots=True)
class TaskCode:
    """What was read: ``ref`` is the task's, 16 hexadecimal digits."""

    key_id: bytes
    ref: str
    mac: bytes


def task_ref(case_id: str, round_: int) -> str:
    """The opaque name of a task."""
    return hashlib.sha256(f"qifu:callback-task:1:{case_id}:{round_}".encode()).digest()[:_REF].hex()


def code_text(ref: str, key: bytes) -> str:
    """The text of the QR code of the task ``ref``."""
    raw = bytes.fromhex(ref)
    return PREFIX + b32encode(_key_id(key) + raw + _mac(key, raw)).decode("ascii").rstrip("=")


def is_task_code(text: str) -> bool:
    """Whether ``text`` claims to be one."""
    return text.strip().upper().startswith(PREFIX)


def read_code(text: str) -> TaskCode:
    """``callbacks.code_unreadable`` where it is none."""
    body = text.strip().upper().removeprefix(PREFIX)
    try:
        raw = b32decode(body + "=" * (-len(body) % 8))
    except (Error, ValueError) as error:
        raise AppError("callbacks.code_unreadable") from error
    if not is_task_code(text) or len(body) != _CHARS or len(raw) != _KEY_ID + _REF + _MAC:
        raise AppError("callbacks.code_unreadable")
    return TaskCode(raw[:_KEY_ID], raw[_KEY_ID : _KEY_ID + _REF].hex(), raw[_KEY_ID + _REF :])


def is_forged(code: TaskCode, key: bytes) -> bool:
    """Whether ``code`` names ``key`` without having been made with it; another centre's key cannot be checked here."""
    return code.key_id == _key_id(key) and not hmac.compare_digest(
        code.mac, _mac(key, bytes.fromhex(code.ref))
    )


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"qifu:callback-key:1:" + key).digest()[:_KEY_ID]


def _mac(key: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, b"qifu:callback-code:1:" + raw, "sha256")[:_MAC]
