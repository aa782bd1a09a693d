"""The order of places for the key, the passphrase, the recovery code."""

import json
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.store import key_envelopes, keys, os_key_store
from db.store.keys import KeyKind
from domain.errors import AppError


class _FakeKeyring:
    """Stands in for the module ``keyring``; a desktop session is not part of a test."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))


@pytest.fixture
def key_store(monkeypatch: pytest.MonkeyPatch) -> _FakeKeyring:
    fake = _FakeKeyring()
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setattr(os_key_store, "has_session", lambda: True)
    return fake


@pytest.fixture
def cheap_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_envelopes, "_ARGON2", {"time_cost": 1, "memory_cost": 64, "parallelism": 1})


def test_without_anything_the_key_lies_in_the_home(tmp_path: Path) -> None:
    place = keys.create_key(tmp_path)
    assert place.kind is KeyKind.HOME_FILE
    assert place.is_weak
    assert stat.S_IMODE((tmp_path / "store.key").stat().st_mode) == 0o600
    key, found = keys.find_key(tmp_path)
    assert (len(key), found) == (32, place)


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    keys.create_key(tmp_path / "a")
    keys.create_key(tmp_path / "b")
    assert keys.find_key(tmp_path / "a")[0] != keys.find_key(tmp_path / "b")[0]


def test_key_file_comes_first(tmp_path: Path, monkeypatch, key_store, cheap_argon, refused) -> None:
    monkeypatch.setenv("QIFU_PASSPHRASE", "words")
    monkeypatch.setenv("QIFU_KEY_FILE", str(tmp_path / "stick" / "key"))
    place = keys.create_key(tmp_path / "home")
    assert place.kind is KeyKind.KEY_FILE
    assert not place.is_weak
    assert not key_store.kept
    assert not (tmp_path / "home" / "store.key").exists()
    key, _ = keys.find_key(tmp_path / "home")
    assert (tmp_path / "stick" / "key").read_text().strip() == key.hex()
    (tmp_path / "stick" / "key").unlink()
    refused("storage.key_missing", keys.find_key, tmp_path / "home")


def test_one_key_file_may_serve_a_second_home(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("QIFU_KEY_FILE", str(tmp_path / "key"))
    keys.create_key(tmp_path / "a")
    keys.create_key(tmp_path / "b")
    assert keys.find_key(tmp_path / "a")[0] == keys.find_key(tmp_path / "b")[0]


def test_then_the_key_store_then_the_passphrase(
    tmp_path: Path, monkeypatch, key_store, cheap_argon, refused
) -> None:
    monkeypatch.setenv("QIFU_PASSPHRASE", "words")
    place = keys.create_key(tmp_path)
    assert place.kind is KeyKind.KEY_STORE
    key, found = keys.find_key(tmp_path)
    assert found == place
    assert key_store.kept == {("qifu-desk", place.where): key.hex()}
    key_store.kept.clear()
    refused("storage.key_store_unavailable", keys.find_key, tmp_path)


def test_passphrase(tmp_path: Path, monkeypatch, cheap_argon, refused) -> None:
    monkeypatch.setenv("QIFU_PASSPHRASE", "正确 horse")
    assert keys.create_key(tmp_path).kind is KeyKind.PASSPHRASE
    key, _ = keys.find_key(tmp_path)
    assert key.hex() not in (tmp_path / "key.json").read_text()
    assert not (tmp_path / "store.key").exists()
    monkeypatch.setenv("QIFU_PASSPHRASE", "wrong")
    refused("storage.passphrase_wrong", keys.find_key, tmp_path)
    monkeypatch.delenv("QIFU_PASSPHRASE")
    refused("storage.passphrase_needed", keys.find_key, tmp_path)


def test_argon2_costs_are_those_of_rfc_9106() -> None:
    assert key_envelopes._ARGON2 == {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}


def test_asks_on_a_terminal_only(tmp_path: Path, monkeypatch, cheap_argon, refused) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("asked")
        return "words"

    class _Stdin:
        def __init__(self, terminal: bool) -> None:
            self.isatty = lambda: terminal

    monkeypatch.setattr(sys, "stdin", _Stdin(True))
    assert keys.create_key(tmp_path, ask=ask).kind is KeyKind.PASSPHRASE
    assert len(keys.find_key(tmp_path, ask=ask)[0]) == 32
    assert len(asked) == 2
    monkeypatch.setattr(sys, "stdin", _Stdin(False))
    refused("storage.passphrase_needed", keys.find_key, tmp_path, ask=ask)
    monkeypatch.setattr(sys, "stdin", None)
    refused("storage.passphrase_needed", keys.find_key, tmp_path, ask=ask)
    assert len(asked) == 2


def test_key_store_is_not_touched_without_a_desktop_session(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # importing it would raise
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert not os_key_store.has_session()
    assert os_key_store.get("service", "name", 1.0) is None


def test_key_store_that_raises_or_hangs_is_passed_over(monkeypatch, tmp_path: Path) -> None:
    import threading

    release = threading.Event()

    class _Stuck:
        @staticmethod
        def set_password(*_: str) -> None:
            release.wait(30)

        @staticmethod
        def get_password(*_: str) -> str:
            raise RuntimeError("no backend")

    monkeypatch.setitem(sys.modules, "keyring", _Stuck)
    monkeypatch.setattr(os_key_store, "has_session", lambda: True)
    monkeypatch.setattr(keys, "OS_KEY_STORE_PATIENCE_S", 0.05)
    assert keys.create_key(tmp_path).kind is KeyKind.HOME_FILE
    assert os_key_store.get("service", "name", 1.0) is None
    release.set()


def test_a_second_key_is_refused(tmp_path: Path, refused) -> None:
    keys.create_key(tmp_path)
    before = (tmp_path / "store.key").read_bytes()
    refused("storage.key_exists", keys.create_key, tmp_path)
    assert (tmp_path / "store.key").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"12", b"zz" * 32, b"ab" * 33, b"\xff\xfe"])
def test_bad_key_file(tmp_path: Path, content: bytes, refused) -> None:
    keys.create_key(tmp_path)
    (tmp_path / "store.key").write_bytes(content)
    refused("storage.key_file_bad", keys.find_key, tmp_path)


def test_another_key_is_noticed_before_the_store_is_touched(tmp_path: Path, refused) -> None:
    keys.create_key(tmp_path)
    (tmp_path / "store.key").write_text("ab" * 32)
    refused("storage.wrong_key", keys.find_key, tmp_path)
    assert keys.key_fits(tmp_path, bytes.fromhex("ab" * 32)) is False
    assert keys.key_fits(tmp_path / "elsewhere", bytes(32)) is None


def test_damaged_description(tmp_path: Path, refused) -> None:
    keys.create_key(tmp_path)
    (tmp_path / "key.json").write_text("{")
    refused("storage.key_file_bad", keys.find_key, tmp_path)


def test_recovery_code_brings_the_key_back(tmp_path: Path, monkeypatch, cheap_argon, refused) -> None:
    monkeypatch.setenv("QIFU_PASSPHRASE", "words")
    keys.create_key(tmp_path)
    key, _ = keys.find_key(tmp_path)
    refused("storage.recovery_none", keys.recover, tmp_path, key_envelopes.new_code())
    code = keys.create_recovery_code(tmp_path, key)
    monkeypatch.delenv("QIFU_PASSPHRASE")
    refused("storage.recovery_code_wrong", keys.recover, tmp_path, key_envelopes.new_code())
    assert keys.recover(tmp_path, code.lower().replace("-", " ")).kind is KeyKind.HOME_FILE
    assert keys.find_key(tmp_path)[0] == key
    assert keys.has_recovery_code(tmp_path)
    assert key.hex() not in json.dumps(json.loads((tmp_path / "key.json").read_text()))


def test_a_new_recovery_code_ends_the_old_one(tmp_path: Path, refused) -> None:
    keys.create_key(tmp_path)
    key, _ = keys.find_key(tmp_path)
    old = keys.create_recovery_code(tmp_path, key)
    keys.create_recovery_code(tmp_path, key)
    refused("storage.recovery_code_wrong", keys.recover, tmp_path, old)
    refused("storage.wrong_key", keys.create_recovery_code, tmp_path, bytes(32))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_wrong_character_or_swap_is_found_in_its_group(data: st.DataObject) -> None:
    code = key_envelopes.new_code().replace("-", "")
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(key_envelopes.ALPHABET.replace(code[place], "")))
    with pytest.raises(AppError) as caught:
        key_envelopes.read_code(code[:place] + other + code[place + 1 :])
    assert caught.value.params["group"] == place // key_envelopes.GROUP_LENGTH + 1
    group = place // 5 * 5
    swapped = code[:group] + code[group + 1] + code[group] + code[group + 2 :]
    if swapped != code:
        with pytest.raises(AppError):
            key_envelopes.read_code(swapped)


def test_code_as_people_type_it() -> None:
    code = key_envelopes.new_code()
    plain = code.replace("-", "")
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code)
    look_alike = code.replace("0", "o").replace("1", "i").replace("2", "Z").replace("5", "s")
    for typed in (code, plain, code.lower(), f" {code} \n", full_width, look_alike):
        assert key_envelopes.read_code(typed) == plain
    for typed in ("", code[:-1], code + "A"):
        with pytest.raises(AppError) as caught:
            key_envelopes.read_code(typed)
        assert caught.value.params == {"group": 0}


def test_an_envelope_that_was_changed_does_not_open() -> None:
    code = key_envelopes.new_code()
    envelope = key_envelopes.wrap_by_code(bytes(32), code)
    envelope["wrapped"] = ("0" if envelope["wrapped"][0] != "0" else "1") + envelope["wrapped"][1:]
    with pytest.raises(AppError, match="recovery_code_wrong"):
        key_envelopes.unwrap_by_code(envelope, code)
