"""What holds for every test: no network, no one's own keys, no unexpected log line; and a station to work with."""

import logging
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from services.setup import init_station
from services.station import Station, open_station
from tests.fixed import FixedClock
from tests.pg import TestServer, server_of_run

_PRIVATE = ("QIFU_KEY_FILE", "QIFU_PASSPHRASE", "QIFU_HOME", "QIFU_SYNC_URL", "DBUS_SESSION_BUS_ADDRESS")
_LOOPBACK = ("127.", "::1", "localhost")

# How long it takes to draw an example or to look at it tells of the machine alone.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _on_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the keys or witnesses of the person who runs it, nor the network beyond this machine."""
    for name in _PRIVATE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QIFU_WITNESS_DIR", str(tmp_path / "witness"))
    monkeypatch.setattr(socket.socket, "connect", _loopback_only(socket.socket.connect))


def _loopback_only(connect: Any) -> Any:
    def checked(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test reaches for the network: {address}")
        return connect(self, address)

    return checked


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log_line(request: pytest.FixtureRequest) -> Iterator[None]:
    """A line of WARNING or above fails the test, unless the test looks at the log itself (``caplog``)."""
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if "caplog" not in request.fixturenames:
        assert handler.lines == []


@pytest.fixture
def clock() -> FixedClock:
    """Wednesday, 18 November 2026, 10:00 at the site."""
    return FixedClock()


@pytest.fixture(scope="session")
def station_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration centre in ``station`` and its witness in ``witness``. Not to be written to."""
    folder = tmp_path_factory.mktemp("station-template")
    with pytest.MonkeyPatch.context() as patch:
        for name in _PRIVATE:
            patch.delenv(name, raising=False)
        patch.setenv("QIFU_WITNESS_DIR", str(folder / "witness"))
        init_station(folder / "station", demo=True, clock=FixedClock())
    return folder


@pytest.fixture
def station_home(station_template: Path, tmp_path: Path) -> Path:
    """The home of a demonstration centre of this test's own."""
    shutil.copytree(station_template / "witness", tmp_path / "witness")
    return Path(shutil.copytree(station_template / "station", tmp_path / "station"))


@pytest.fixture
def station(station_home: Path, clock: FixedClock) -> Iterator[Station]:
    """That centre, open."""
    opened = open_station(station_home, clock=clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pg_server() -> Iterator[TestServer]:
    """A PostgreSQL server, shared by all workers of this run."""
    with server_of_run(os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))) as server:
        yield server


@pytest.fixture
def pg_url(pg_server: TestServer) -> Iterator[str]:
    """The URL of a database of this test's own, with all tables and nothing in them."""
    url = pg_server.migrated()
    yield url
    pg_server.drop(url)
