"""Keeping in step with the node above: what goes wrong once does not end it."""

from typing import Any

import pytest

from server import following
from server.following import Follower
from server.nodes import ServerNode
from sync.engine.run import Outcome


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
