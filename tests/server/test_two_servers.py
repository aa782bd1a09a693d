"""Two servers with several processes each, one database, one address: whom a request meets makes no difference."""

import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.nodes import ServerNode, node_in
from services.publishing import digest_for
from services.station import reads
from sync.enrol_code import shown
from sync.protocol import ScopeHead, Wait, WaitAnswer
from sync.protocol_access import Challenge, ChallengeAnswer, SessionAnswer
from tests.e2e.above import Above, head_of, until
from tests.e2e.nursery import QIFU, Nursery
from tests.faults.proxy import HOST, FaultyProxy
from tests.patience import PATIENCE_S
from tests.server.nodes import Pc, Seconds, Served

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class Balancer(FaultyProxy):
    """Leads one connection to the first server, the next to the second."""

    @property
    def target(self) -> tuple[str, int]:
        return next(self._targets)

    @target.setter
    def target(self, first: tuple[str, int]) -> None:
        self._targets = itertools.cycle([first])

    def alternate(self, *ports: int) -> "Balancer":
        """Lead to these in turn."""
        self._targets = itertools.cycle([(HOST, port) for port in ports])
        return self


@pytest.fixture
def both(centre: ServerNode, tmp_path: Path) -> Iterator[tuple[Served, Nursery]]:
    """The centre, served twice; every request is a connection of its own."""
    with Nursery(tmp_path / "said") as nursery:
        servers = [Above(centre.home, nursery), Above(centre.home, nursery)]
        with servers[0].proxy, servers[1].proxy, Balancer(HOST, 1) as balancer:
            ports = [one.start("--workers", "2").port for one in servers]
            for port in ports:
                until(lambda port=port: _answers(port))
            balancer.alternate(*ports)
            limits = httpx.Limits(max_keepalive_connections=0)
            with (
                httpx.Client(trust_env=False, timeout=PATIENCE_S, limits=limits) as client,
                node_in(centre.home) as node,  # by the machine's clock, as the servers
            ):
                yield Served(node, balancer.url, client, Seconds()), nursery
            for one in servers:
                one.stop()


def _answers(port: int) -> bool:
    """Whether a worker has come up: a server listens before it has any."""
    try:
        return httpx.get(f"http://{HOST}:{port}/health", trust_env=False, timeout=PATIENCE_S).is_success
    except httpx.TimeoutException:
        return False


def test_who_is_let_in_by_one_is_let_in_by_the_other(both: tuple[Served, Nursery]) -> None:
    served, _ = both
    pc = Pc()
    pc.enrol(served, served.code("hall"))
    assert [served.get("/v1/documents", pc.token).status_code for _ in range(8)] == [200] * 8
    for _ in range(3):
        pc.begin(served)  # the challenge comes from one, the answer goes to the other
        assert served.get("/v1/documents", pc.token).status_code == 200
    request = pc.request(served)
    served.answer("/v1/session", request, SessionAnswer)
    assert [served.refused("/v1/session", request) for _ in range(3)] == [(401, "access.nonce")] * 3
    told = [served.answer("/v1/challenge", Challenge(device=pc.device), ChallengeAnswer) for _ in range(4)]
    assert len({one.epoch for one in told}) == 1


def test_what_one_takes_in_the_other_tells_of(
    both: tuple[Served, Nursery], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, nursery = both
    environment = {"QIFU_WITNESS_DIR": os.environ["QIFU_WITNESS_DIR"]}
    homes = [tmp_path / "w1", tmp_path / "w2"]
    for home in homes:
        command = ("enrol", shown(served.code("hall")), "--url", served.url, "--home", home, "--json")
        nursery.run(QIFU, *command, **environment)
        nursery.run(QIFU, "sync", "now", "--home", home, "--json", **environment)
    waiters = [Pc(), Pc()]  # one after the other, so that one waits at either server
    for one in waiters:
        one.enrol(served, served.code("hall"))
    head = served.node.call(head_of, "hall")
    heads = (ScopeHead(scope="hall", pos=head.pos, digest=head.digest),)
    documents = served.node.call(reads(lambda uow, *_: digest_for(uow, "hall")))
    asked = Wait(scopes=heads, s=60, documents=documents)
    heard: list[Any] = []
    threads = [
        threading.Thread(target=lambda one=one: heard.append(_waited(served, one, asked))) for one in waiters
    ]
    for thread in threads:
        thread.start()
    told = []
    for home in homes:
        case = (
            "case",
            "accept",
            "--name",
            "河畔科技有限公司",
            "--text",
            "两台服务器",
            "--home",
            home,
            "--json",
        )
        told.append(nursery.run(QIFU, *case, **environment)["number"])
        nursery.run(QIFU, "sync", "now", "--home", home, "--json", **environment)
    for thread in threads:
        thread.join(2 * PATIENCE_S)
    assert heard == [True, True]
    assert len(set(told)) == 2
    until(
        lambda: nursery.run(QIFU, "sync", "now", "--home", homes[0], "--json", **environment)["waiting"] == 0
    )
    listed = nursery.run(QIFU, "case", "list", "--home", homes[0], "--json", **environment)
    assert {one["number"] for one in listed} == set(told)


def _waited(served: Served, pc: Pc, asked: Wait) -> bool:
    """Longer than the client would wait for an answer, unless it is news."""
    return served.answer("/v1/wait", asked, WaitAnswer, pc.token).news
