"""Keeping a hub or centre in step with the node above it, if there is one: by waiting there, and on its own changes."""

import logging
import random
import threading
from functools import partial

from db.changes import Changes
from domain.errors import AppError
from server.nodes import ServerNode
from services.upstream_documents import take_in
from sync.engine.extras import usual_extras
from sync.engine.pace import wait_s
from sync.engine.synchronise import await_news, synchronise
from sync.transport_errors import Refused, TransportError

WAIT_S = 25
ALONE_S = 5.0
FILES_S = 2.0
"""Between two runs that carry files, so that somebody else has the line."""
SETTLE_S = 0.2
"""Changes come in bursts: a run waits this long for the rest of one."""
_log = logging.getLogger("qifu.server.following")


class Follower:
    """Runs until it is told to stop; ``run`` blocks. A node without an upstream looks for one from time to time."""

    def __init__(self, node: ServerNode) -> None:
        self._node = node
        self._stopped = threading.Event()
        self._news = threading.Event()
        self._chance = random.Random()  # noqa: S311
        self._failures = self._stuck = 0
        self._said = ""
        self._deaf = threading.Event()

    def stop(self) -> None:
        """End now; a run under way loses at most one batch."""
        self._stopped.set()
        self._news.set()
        self._deaf.set()

    def run(self) -> None:
        """Until ``stop``."""
        forget = self._node.add_listener(self._on_changes)
        try:
            while not self._stopped.is_set():
                self._stopped.wait(self._safe_step())
        finally:
            forget()

    def _on_changes(self, changes: Changes) -> None:
        if changes.areas - {"sync"} or changes.elsewhere:
            self._news.set()

    def _safe_step(self) -> float:
        """``_step``; whatever goes wrong is logged and tried again, since nobody else would begin it anew."""
        try:
            return self._step()
        except Exception:
            _log.exception("following failed")
            self._failures += 1
            return wait_s(self._failures, self._chance)

    def _step(self) -> float:
        """One run; how long to rest, seconds."""
        self._news.clear()
        try:
            found = synchronise(self._node, cancel=self._stopped, extras=usual_extras(take_in))
        except AppError as error:
            if error.code != "sync.alone":
                _log.warning("cannot follow", extra={"facts": {"code": error.code}})
            return ALONE_S
        self._say(found.failure)
        if found.failure:
            self._failures += 1
            return wait_s(self._failures, self._chance, found.retry_s)
        self._failures = 0
        if found.pushed or found.pulled:
            _log.info("followed", extra={"facts": {"pushed": found.pushed, "pulled": found.pulled}})
        if (found.files or found.waiting) and not (found.pushed or found.pulled or found.moved):
            # What nobody can send or take yet is tried ever more seldom; news of it end the waiting.
            self._stuck += 1
            return self._listen(min(WAIT_S, round(wait_s(self._stuck, self._chance))))
        self._stuck = 0
        if found.waiting:
            return 0
        return FILES_S if found.files else self._listen(WAIT_S)

    def _listen(self, seconds: int) -> float:
        """Wait at the upstream, unless something happens here meanwhile."""
        self._deaf.clear()
        waker = threading.Thread(target=self._wake, name="follow-wake", daemon=True)
        waker.start()
        try:
            await_news(self._node, seconds, self._deaf)
        except TransportError as error:
            asked_s = error.retry_s if isinstance(error, Refused) else 0
            return 0 if self._news.is_set() else wait_s(0, self._chance, asked_s)
        finally:
            self._news.set()
            waker.join()
        return SETTLE_S

    def _wake(self) -> None:
        self._news.wait()
        self._deaf.set()

    def _say(self, failure: str) -> None:
        """A line in the log when the line goes or comes back, not for every try."""
        if failure != self._said:
            self._said = failure
            tell = partial(_log.warning, "upstream lost") if failure else partial(_log.info, "upstream found")
            tell(extra={"facts": {"code": failure}})
