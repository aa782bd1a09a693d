"""The key store of the operating system, through ``keyring``, kept from hanging or asking.

Without a desktop session there is nothing to ask; with one, the service may be stuck or show a dialog of its
own, so the call runs on a thread that is waited for only so long.
"""

import os
import sys
import threading
from collections.abc import Callable


def put(service: str, name: str, secret: str, patience_s: float) -> bool:
    """Keep a secret and read it back; ``False`` when the key store cannot be used."""

    def work() -> str | None:
        import keyring

        keyring.set_password(service, name, secret)
        return keyring.get_password(service, name)

    return _within(patience_s, work) == secret


def get(service: str, name: str, patience_s: float) -> str | None:
    """The secret, or ``None`` when it is not there or the key store cannot be used."""

    def work() -> str | None:
        import keyring

        return keyring.get_password(service, name)

    return _within(patience_s, work)


def has_session() -> bool:
    """Whether a desktop session can be there at all: on Linux the key store speaks over the session bus."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) and bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _within(patience_s: float, work: Callable[[], str | None]) -> str | None:
    if not has_session():
        return None
    answers: list[str | None] = []
    thread = threading.Thread(target=_answer, args=(work, answers), daemon=True)
    thread.start()
    thread.join(patience_s)
    return answers[0] if answers else None


def _answer(work: Callable[[], str | None], answers: list[str | None]) -> None:
    try:
        answers.append(work())
    except Exception:  # whatever a backend raises means the same: this key store cannot be used
        answers.append(None)
