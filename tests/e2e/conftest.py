"""A centre that is served by a process on PostgreSQL, and the way to it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from server.making import make_node
from server.nodes import node_in
from services.sites import add_site
from tests.e2e.above import Above
from tests.e2e.nursery import Nursery
from tests.faults.proxy import HOST, FaultyProxy
from tests.patient_bot import PatientBot
from tests.pg import TestServer

SITES = ("park", "lake", "hill", "mill", "dale")
"""A centre is one for all tests of a file: each of them takes a site that no other one takes."""


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["qifu-desk", "-platform", "offscreen"]


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)


@pytest.fixture(scope="module")
def centre(pg_server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Above]:
    """The centre with its sites, served by a process."""
    folder = tmp_path_factory.mktemp("centre")
    database = pg_server.migrated()
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("QIFU_WITNESS_DIR", str(folder / "witness"))
        make_node(folder / "centre", "hz", "杭州中心", "HZ", database=database)
        above = Above(folder / "centre", stack.enter_context(Nursery(folder / "said")))
        stack.enter_context(above.proxy)
        with node_in(above.home) as node:
            for at, site in enumerate(SITES):
                node.call(add_site, site, f"第{at + 1}园区站", "", f"Y{'ABCDE'[at]}", as_actor=node.operator)
        yield above.start()
        above.stop()
    pg_server.drop(database)


@pytest.fixture
def line(centre: Above, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    """The way of this test's desks to the centre."""
    with FaultyProxy(HOST, centre.port, seed=11) as line:
        monkeypatch.setenv("QIFU_SYNC_URL", line.url)
        yield line
