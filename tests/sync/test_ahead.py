"""While a batch is under way the next is made and the last answer written down: nothing of that may be lost."""

from pathlib import Path
from typing import Any

import pytest

from db.log.chains import Chains
from domain.clock import Clock
from services.cases import accept_case
from services.device_keys import own_signer
from sync.engine import upward
from sync.engine.run import Run, _nothing
from sync.protocol import Push
from sync.transport_errors import LinkDown
from tests.fixed import FixedClock, form
from tests.sync.world import DirectLink, Node

CASES = 60


@pytest.fixture
def pair(tmp_path: Path, clock: FixedClock) -> Any:
    window, centre = Node(tmp_path / "window", clock), Node(tmp_path / "centre", clock).serve()
    centre.enrol(window)
    for number in range(CASES):
        window.call(accept_case, form(text=f"第{number}件，" + "材料" * 40))
    yield window, centre
    window.close()
    centre.close()


class CutAfter(DirectLink):
    """A line that takes so many batches and is gone then."""

    def __init__(self, centre: Node, window: Node, batches: int) -> None:
        super().__init__(centre, window)
        self.left = batches
        self.answered = 0

    def push(self, frame: bytes) -> Any:
        if not self.left:
            raise LinkDown("cut")
        self.left -= 1
        answer = super().push(frame)
        self.answered = answer.seq
        return answer


def run_over(window: Node, link: DirectLink) -> Run:
    signer = window.call(lambda uow, *_: own_signer(uow))
    run = Run(window.station, link, signer.sign, ahead=True)
    run._pace.size = run._pace.ceiling = 1_000
    return run


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few events, however good the line is."""
    monkeypatch.setattr(upward, "_unpacked", lambda _: 4_000)


def confirmed(window: Node) -> int:
    def read(uow: Any, _: Clock, __: Any) -> int:
        node = uow.events.node
        row = Chains(uow.connection).get((node.device, node.incarnation, 0))
        assert row is not None
        return row.upstream_seq

    return window.call(read)


def cut_late(window: Node, centre: Node) -> CutAfter:
    link = CutAfter(centre, window, 3)
    with pytest.raises(LinkDown):
        run_over(window, link).go()
    return link


def test_what_was_answered_before_a_cut_is_written_down(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    link = cut_late(*pair)
    assert confirmed(pair[0]) == link.answered > 3


def test_without_it_the_next_run_would_send_it_again(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation."""
    small(monkeypatch)
    monkeypatch.setattr(Run, "_noting", lambda *_: _nothing)
    link = cut_late(*pair)
    assert confirmed(pair[0]) < link.answered


def test_all_arrives_in_order(pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    window, centre = pair
    link = CutAfter(centre, window, 1_000)
    run = run_over(window, link)
    run.go()
    assert run.pushed == link.answered == confirmed(window)
    assert 1_000 - link.left > 10


def test_an_answer_that_cannot_be_written_down_ends_the_run(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(uow: Any, clock: Clock, actor: Any, sent: Push, answer: Any) -> None:
        raise OSError("full")

    monkeypatch.setattr(upward, "confirm", full)
    with pytest.raises(OSError, match="full"):
        run_over(pair[0], CutAfter(pair[1], pair[0], 1_000)).go()
