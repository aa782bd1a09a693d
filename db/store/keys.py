"""Where the store's key lives, and the way back when that place is lost.

The key is 32 random bytes. It is looked for, in order, in the file named by ``QIFU_KEY_FILE``; in the key
store of the operating system; behind a passphrase (``QIFU_PASSPHRASE``, or asked for); in ``store.key`` in
the home, which only keeps out who does not have the whole folder. ``key.json`` in the home says which place
was taken, holds a check value of the key (so that a wrong key and a damaged store are told apart) and the
wrapped copies of the key.
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from db.errors import known
from db.store import key_envelopes
from db.store.atomic import write_file
from domain.errors import AppError

KEY_FILE_NAME = "store.key"
DESCRIPTION_NAME = "key.json"
KEY_BYTES = 32
SERVICE = "qifu-desk"
OS_KEY_STORE_PATIENCE_S = 10.0

Ask = Callable[[], str | None]


class KeyKind(StrEnum):
    """Kinds of places a key can live in."""

    KEY_FILE = "key_file"
    KEY_STORE = "key_store"
    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind
    HOME_FILE = "home_file"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the key is kept. ``where`` is a path, or the name of the entry in the key store."""

    kind: KeyKind
    where: str

    @property
    def is_weak(self) -> bool:
        """The key lies beside the store: whoever copies the folder can read it."""
        return self.kind is KeyKind.HOME_FILE


def create_key(home: Path, *, ask: Ask | None = None) -> KeyPlace:
    """Make the key of a new store and keep it in the first place that works.

    ``ask`` gives a new passphrase or ``None``; it is called only on a terminal. Errors:
    ``storage.key_exists``, ``storage.key_file_bad``, ``storage.read_only``, ``storage.disk_full``.
    """
    if (home / DESCRIPTION_NAME).exists() or (home / KEY_FILE_NAME).exists():
        raise AppError("storage.key_exists", path=str(home))
    home.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(8)
    key, place, envelope = _keep_somewhere(home, name, ask)
    _write_description(home, {"name": name, "place": place.kind, "check": _check_value(key), **envelope})
    return place


def find_key(home: Path, *, ask: Ask | None = None, passphrase: str | None = None) -> tuple[bytes, KeyPlace]:
    """The key of the store in ``home`` and where it was found. Nothing is asked when stdin is no terminal.

    ``passphrase`` is what a window asked for already.

    Errors: ``storage.key_missing``, ``storage.key_file_bad``, ``storage.key_store_unavailable``,
    ``storage.passphrase_needed``, ``storage.passphrase_wrong``, ``storage.wrong_key``.
    """
    description = _read_description(home)
    key, place = _look_up(home, description, ask, passphrase)
    if key_fits(home, key) is False:
        raise AppError("storage.wrong_key")
    return key, place


def key_fits(home: Path, key: bytes) -> bool | None:
    """Whether ``key`` is the key of the store in ``home``; ``None`` when the home does not say."""
    check = _read_description(home).get("check")
    return None if check is None else hmac.compare_digest(str(check), _check_value(key))


def create_recovery_code(home: Path, key: bytes) -> str:
    """A new code for paper that opens the store when the key's place is lost; an earlier one ends."""
    if key_fits(home, key) is not True:
        raise AppError("storage.wrong_key")
    code = key_envelopes.new_code()
    _write_description(home, {**_read_description(home), "recovery": key_envelopes.wrap_by_code(key, code)})
    return code


def has_recovery_code(home: Path) -> bool:
    """Whether a recovery code was ever printed for this store."""
    return "recovery" in _read_description(home)


def recover(home: Path, code: str) -> KeyPlace:
    """Open the store by its recovery code and keep the key in ``store.key`` again.

    Errors: ``storage.recovery_code_mistyped`` (with the group that is wrong),
    ``storage.recovery_code_wrong``, ``storage.recovery_none``.
    """
    description = _read_description(home)
    if "recovery" not in description:
        raise AppError("storage.recovery_none")
    key = key_envelopes.unwrap_by_code(description["recovery"], code)
    place = _keep_in_home(home, key)
    kept = {name: value for name, value in description.items() if name != "passphrase"}
    _write_description(home, {**kept, "place": place.kind})
    return place


def _keep_somewhere(home: Path, name: str, ask: Ask | None) -> tuple[bytes, KeyPlace, dict[str, Any]]:
    given = os.environ.get("QIFU_KEY_FILE")
    if given:
        path = Path(given)
        key = _read_key_file(path) if path.exists() else _write_key_file(path, secrets.token_bytes(KEY_BYTES))
        return key, KeyPlace(KeyKind.KEY_FILE, str(path)), {}
    key = secrets.token_bytes(KEY_BYTES)
    if _put_in_key_store(name, key):
        return key, KeyPlace(KeyKind.KEY_STORE, name), {}
    passphrase = _passphrase(ask)
    if passphrase:
        envelope = key_envelopes.wrap_by_passphrase(key, passphrase)
        return key, KeyPlace(KeyKind.PASSPHRASE, str(home / DESCRIPTION_NAME)), {"passphrase": envelope}
    return key, _keep_in_home(home, key), {}


def _look_up(
    home: Path, description: dict[str, Any], ask: Ask | None, typed: str | None
) -> tuple[bytes, KeyPlace]:
    given = os.environ.get("QIFU_KEY_FILE")
    if given:
        return _read_key_file(Path(given)), KeyPlace(KeyKind.KEY_FILE, given)
    kind = description.get("place")
    if kind == KeyKind.KEY_STORE:
        return _from_key_store(description["name"]), KeyPlace(KeyKind.KEY_STORE, description["name"])
    if kind == KeyKind.PASSPHRASE:
        passphrase = typed or _passphrase(ask)
        if not passphrase:
            raise AppError("storage.passphrase_needed")
        key = key_envelopes.unwrap_by_passphrase(description["passphrase"], passphrase)
        return key, KeyPlace(KeyKind.PASSPHRASE, str(home / DESCRIPTION_NAME))
    path = home / KEY_FILE_NAME
    if not path.exists():
        raise AppError("storage.key_missing", path=str(path))
    return _read_key_file(path), KeyPlace(KeyKind.HOME_FILE, str(path))


def _passphrase(ask: Ask | None) -> str | None:
    given = os.environ.get("QIFU_PASSPHRASE")
    if given:
        return given
    if ask is None or not sys.stdin or not sys.stdin.isatty():
        return None
    return ask()


def _keep_in_home(home: Path, key: bytes) -> KeyPlace:
    path = home / KEY_FILE_NAME
    _write_key_file(path, key)
    return KeyPlace(KeyKind.HOME_FILE, str(path))


def _read_key_file(path: Path) -> bytes:
    """A key file is one line of 64 hexadecimal digits."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise AppError("storage.key_missing", path=str(path)) from None
    except (OSError, ValueError):
        raise AppError("storage.key_file_bad", path=str(path)) from None
    if len(key) != KEY_BYTES:
        raise AppError("storage.key_file_bad", path=str(path))
    return key


def _write_key_file(path: Path, key: bytes) -> bytes:
    try:
        write_file(path, key.hex().encode() + b"\n", mode=0o600)
    except OSError as error:
        raise known(error) from None
    return key


def _check_value(key: bytes) -> str:
    """Eight bytes tell keys apart and say nothing about a random key."""
    return hmac.new(key, b"qifu key check", hashlib.sha256).digest()[:8].hex()


def _read_description(home: Path) -> dict[str, Any]:
    try:
        description: dict[str, Any] = json.loads((home / DESCRIPTION_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise AppError("storage.key_file_bad", path=str(home / DESCRIPTION_NAME)) from None
    return description


def _write_description(home: Path, description: dict[str, Any]) -> None:
    text = json.dumps({"version": 1, **description}, ensure_ascii=False, indent=1)
    try:
        write_file(home / DESCRIPTION_NAME, text.encode(), mode=0o600)
    except OSError as error:
        raise known(error) from None


def _put_in_key_store(name: str, key: bytes) -> bool:
    from db.store import os_key_store

    return os_key_store.put(SERVICE, name, key.hex(), OS_KEY_STORE_PATIENCE_S)


def _from_key_store(name: str) -> bytes:
    from db.store import os_key_store

    found = os_key_store.get(SERVICE, name, OS_KEY_STORE_PATIENCE_S)
    if found is None:
        raise AppError("storage.key_store_unavailable")
    return bytes.fromhex(found)
