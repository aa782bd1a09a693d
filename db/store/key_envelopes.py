"""The store's key wrapped by a passphrase or by a recovery code for paper.

An envelope is a JSON object; the key lies in it under AES-256-GCM. A passphrase goes through Argon2id (RFC
9106, second recommended option: 64 MiB, 3 passes, 4 lanes); a recovery code holds 138 random bits and needs
only HKDF.
"""

import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import AppError

# The alphabet of GB 32100 has no I O Z S V, so that nothing read aloud or copied by hand is mistaken.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GROUPS = 7
GROUP_LENGTH = 5  # four characters and their check character
_PURPOSE = b"qifu store key"
_ARGON2 = {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}


def wrap_by_passphrase(key: bytes, passphrase: str) -> dict[str, Any]:
    """An envelope that ``passphrase`` opens."""
    salt = secrets.token_bytes(16)
    return {**_ARGON2, "salt": salt.hex(), **_seal(_stretch(passphrase, salt, _ARGON2), key)}


def unwrap_by_passphrase(envelope: dict[str, Any], passphrase: str) -> bytes:
    """The key; ``storage.passphrase_wrong`` when the passphrase does not open the envelope."""
    cost = {name: int(envelope[name]) for name in _ARGON2}
    wrapping_key = _stretch(passphrase, bytes.fromhex(envelope["salt"]), cost)
    return _open(wrapping_key, envelope, "storage.passphrase_wrong")


def new_code() -> str:
    """A random recovery code: seven groups of four characters and a check character."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH - 1)) for _ in range(GROUPS)]
    return "-".join(group + _check_character(group, place) for place, group in enumerate(groups))


def wrap_by_code(key: bytes, code: str) -> dict[str, Any]:
    """An envelope that ``code`` opens."""
    return _seal(_derive(read_code(code)), key)


def unwrap_by_code(envelope: dict[str, Any], code: str) -> bytes:
    """The key; ``storage.recovery_code_mistyped`` or ``storage.recovery_code_wrong``."""
    return _open(_derive(read_code(code)), envelope, "storage.recovery_code_wrong")


def read_code(typed: str) -> str:
    """The code as typed by a person, without separators, full-width forms and look-alike letters.

    ``storage.recovery_code_mistyped`` names the first group (from 1) whose check character does not agree, or
    0 when the length is wrong.
    """
    text = typed.translate(_FULL_WIDTH).upper().translate(_LOOK_ALIKE)
    text = "".join(character for character in text if character in ALPHABET)
    if len(text) != GROUPS * GROUP_LENGTH:
        raise AppError("storage.recovery_code_mistyped", group=0)
    for place in range(GROUPS):
        group = text[place * GROUP_LENGTH : (place + 1) * GROUP_LENGTH]
        if _check_character(group[:-1], place) != group[-1]:
            raise AppError("storage.recovery_code_mistyped", group=place + 1)
    return text


_FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
_LOOK_ALIKE = str.maketrans("IOZSV", "1025U")


def _check_character(group: str, place: int) -> str:
    """Weighted sum modulo the prime 31: finds a wrong character, a swap, and groups in the wrong order."""
    total = 7 * (place + 1) + sum((index + 1) * ALPHABET.index(c) for index, c in enumerate(group))
    return ALPHABET[total % len(ALPHABET)]


def _stretch(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(passphrase.encode(), salt, hash_len=32, type=Type.ID, **cost)


def _derive(code: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(code.encode())


def _seal(wrapping_key: bytes, key: bytes) -> dict[str, str]:
    nonce = secrets.token_bytes(12)
    return {"nonce": nonce.hex(), "wrapped": AESGCM(wrapping_key).encrypt(nonce, key, _PURPOSE).hex()}


def _open(wrapping_key: bytes, envelope: dict[str, Any], code: str) -> bytes:
    nonce, wrapped = bytes.fromhex(envelope["nonce"]), bytes.fromhex(envelope["wrapped"])
    try:
        return AESGCM(wrapping_key).decrypt(nonce, wrapped, _PURPOSE)
    except InvalidTag:
        raise AppError(code) from None
