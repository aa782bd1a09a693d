"""A server that is busy, or recovers, is asked again when it wishes to be, and named as what it is."""

import threading
from typing import Any

import pytest

from sync.engine import synchronise as module
from sync.engine.run import Outcome
from sync.engine.synchronise import Persistence, synchronise_fully
from sync.transport_errors import Refused


@pytest.mark.parametrize(
    ("status", "code"), [(503, "sync.busy"), (429, "sync.busy"), (500, "sync.refused"), (409, "sync.refused")]
)
def test_busy_is_not_refused(status: int, code: str) -> None:
    assert Refused("storage.unreachable", status=status).for_people().code == code


@pytest.mark.parametrize("retry_s", [0, 5])
def test_it_is_asked_again_when_it_wishes(monkeypatch: pytest.MonkeyPatch, retry_s: int) -> None:
    answers = [Outcome(waiting=2, failure="sync.busy", retry_s=retry_s), Outcome(pushed=2)]
    pauses: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            return False

    monkeypatch.setattr(module, "synchronise", lambda *_, **__: answers.pop(0))
    monkeypatch.setattr(module, "_limited", lambda *_: _Given(Stop()))
    done = synchronise_fully(None, patience=Persistence(pause_s=0.5))  # type: ignore[arg-type]
    assert (done.pushed, done.waiting, done.failure) == (2, 0, "")
    assert pauses == [max(retry_s, 0.5)]


class _Given:
    def __init__(self, value: Any) -> None:
        self._value = value

    def __enter__(self) -> Any:
        return self._value

    def __exit__(self, *_: object) -> None:
        pass
