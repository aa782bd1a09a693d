"""Encrypted stores for the tests: one is migrated for the whole run and copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import migrate
from db.store import keys
from db.store.engine import open_engine
from domain.errors import AppError
from server.making import make_node
from server.nodes import ServerNode, open_node
from tests.fixed import FixedClock


@pytest.fixture(autouse=True)
def _no_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the key store, the keys or the witnesses of the person who runs it."""
    for name in ("QIFU_KEY_FILE", "QIFU_PASSPHRASE", "QIFU_HOME", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QIFU_WITNESS_DIR", str(tmp_path / "witness"))


@pytest.fixture(scope="session")
def store_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with ``store.key``, ``key.json`` and a migrated ``store.db`` without rows. Not to be written to."""
    home = tmp_path_factory.mktemp("template") / "home"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("QIFU_KEY_FILE", "QIFU_PASSPHRASE", "DBUS_SESSION_BUS_ADDRESS"):
            patch.delenv(name, raising=False)
        keys.create_key(home)
        migrate.migrate_store(home / "store.db", keys.find_key(home)[0])
    return home


@pytest.fixture
def home(store_template: Path, tmp_path: Path) -> Path:
    """A home of this test's own."""
    return Path(shutil.copytree(store_template, tmp_path / "home"))


@pytest.fixture
def key(home: Path) -> bytes:
    """The raw key of ``home``."""
    return keys.find_key(home)[0]


@pytest.fixture
def engine(home: Path, key: bytes) -> Iterator[sa.Engine]:
    """An engine over the store of ``home``."""
    opened = open_engine(home / "store.db", key)
    yield opened
    opened.dispose()


@pytest.fixture(params=["hub", "centre"])
def node(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[ServerNode]:
    """A hub or centre."""
    url = request.getfixturevalue("pg_url") if request.param == "centre" else ""
    make_node(tmp_path / "node", "hall", "河畔大厅", "HP", database=url, hub=not url, clock=clock)
    opened = open_node(tmp_path / "node", clock)
    yield opened
    opened.close()


@pytest.fixture
def refused() -> Callable[..., AppError]:
    """``refused("area.what", call, …)``: the call is refused with that code; gives the error."""

    def check(code: str, call: Callable[..., object], *args: object, **named: object) -> AppError:
        with pytest.raises(AppError) as caught:
            call(*args, **named)
        assert caught.value.code == code
        return caught.value

    return check
