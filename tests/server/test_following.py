"""Keeping in step with the node above: what goes wrong once does not end it."""

from typing import Any

import pytest
import sqlalchemy as sa

from db.files.file_transfers import NamedFile
from db.schema.sync import upstream
from server import following
from server.files import desk
from server.following import Follower
from server.nodes import ServerNode
from sync.engine.run import Outcome
from sync.transport_errors import Refused


def test_a_run_that_breaks_is_followed_by_another(
    hub: ServerNode, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    follower, runs = Follower(hub), 0

    def synchronise(*_: Any, **__: Any) -> Outcome:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise RuntimeError("broken")
        follower.stop()
        return Outcome(failure="sync.link_down")

    monkeypatch.setattr(following, "synchronise", synchronise)
    monkeypatch.setattr(following, "wait_s", lambda *_: 0.0)
    follower.run()
    assert runs == 2
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == ["following failed"]


@pytest.fixture
def follower(hub: ServerNode, monkeypatch: pytest.MonkeyPatch) -> Follower:
    """Waits are as long as they may be, and nothing is asked of anybody."""
    monkeypatch.setattr(following, "wait_s", lambda failures, _, asked_s=0: max(2.0**failures, asked_s))
    return Follower(hub)


def _ends_with(monkeypatch: pytest.MonkeyPatch, outcome: Outcome) -> list[int]:
    """Every run ends with ``outcome``; how long was listened after each, seconds."""
    listened: list[int] = []
    monkeypatch.setattr(following, "synchronise", lambda *_, **__: outcome)
    monkeypatch.setattr(following, "await_news", lambda _, seconds, __: listened.append(seconds))
    return listened


def test_a_busy_upstream_is_left_alone_as_long_as_it_asks(
    follower: Follower, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _ends_with(monkeypatch, Outcome(failure="sync.busy", retry_s=300))
    assert follower._step() == 300


@pytest.mark.parametrize("left", [{"files": 3}, {"waiting": 2}])
def test_what_does_not_move_is_tried_ever_more_seldom(
    follower: Follower, monkeypatch: pytest.MonkeyPatch, left: dict[str, int]
) -> None:
    listened = _ends_with(monkeypatch, Outcome(**left))
    for _ in range(6):
        assert follower._step() == following.SETTLE_S
    assert listened == [2, 4, 8, 16, following.WAIT_S, following.WAIT_S]


def test_files_that_move_are_gone_on_with_at_once(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends_with(monkeypatch, Outcome(files=3))
    follower._step()
    listened = _ends_with(monkeypatch, Outcome(files=3, moved=True))
    assert (follower._step(), follower._step()) == (following.FILES_S, following.FILES_S)
    assert listened == []
    assert follower._stuck == 0


def test_a_wait_that_is_refused_is_repeated_when_the_upstream_wishes(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise Refused("http.429", status=429, retry_s=45)

    _ends_with(monkeypatch, Outcome())
    monkeypatch.setattr(following, "await_news", refuse)
    assert follower._step() == 45


def test_who_asks_for_a_file_twice_stirs_the_hub_once(hub: ServerNode) -> None:
    values = {"url": "http://127.0.0.1", "site": "city", "device": "00aa", "public_key": b"", "epoch": ""}
    hub.call(
        lambda uow, *_: uow.connection.execute(sa.insert(upstream), {"one": 1, **values, "enrolled_at": 0})
    )
    follower = Follower(hub)
    hub.add_listener(follower._on_changes)
    file = NamedFile("ab" * 32, "stream", 10, "application/pdf")
    stirred = []
    for _ in range(3):
        follower._news.clear()
        assert hub.call(desk._want, file)
        stirred.append(follower._news.is_set())
    assert stirred == [True, False, False]
