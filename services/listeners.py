"""Who is told of what was committed."""

import logging
import threading
from collections.abc import Callable

from db.changes import Changes

Listener = Callable[[Changes], None]
_log = logging.getLogger(__name__)


class Listeners:
    """Any thread may add, remove and tell; listeners are called in the thread that tells."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def add(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every change from now on; returns how to stop."""
        with self._lock:
            self._listeners.append(listener)

        def remove() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return remove

    def tell(self, changes: Changes) -> None:
        """Tell all of them, where there is anything to tell."""
        if not changes:
            return
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(changes)
            except Exception:
                # What was done is committed; whoever waits for it must not be told that it failed.
                _log.exception("a listener failed")
