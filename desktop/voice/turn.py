"""Whose turn it is to speak: a process has one mouth, however many announcers stand in it."""

from collections.abc import Callable


class Turn:
    """Held by one announcer at a time; those that came in vain are told when it is free."""

    def __init__(self) -> None:
        self._holder: object = None
        self._waiting: dict[object, Callable[[], None]] = {}

    def take(self, who: object, when_free: Callable[[], None]) -> bool:
        """Whether ``who`` may speak now; if not, ``when_free`` is called once when it is worth asking again."""
        if self._holder is None or self._holder is who:
            self._holder = who
            return True
        self._waiting[who] = when_free
        return False

    def give_back(self, who: object) -> None:
        """``who`` has spoken, or will not speak."""
        self._waiting.pop(who, None)
        if self._holder is not who:
            return
        self._holder = None
        waiting, self._waiting = self._waiting, {}
        for tell in waiting.values():
            tell()


MOUTH = Turn()
"""The one of this process."""
