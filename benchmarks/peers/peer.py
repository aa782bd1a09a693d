"""What the harness asks of a sync engine: a server, and devices that write, push and pull."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.sync_content import SyncCase


class NotInstalled(Exception):
    """The engine is not to be had here; the text says why in a few words."""


class SyncFailed(Exception):
    """A push or pull came to no good end; it may be tried again unless ``lost``, when the device's process is gone."""

    def __init__(self, reason: str, *, lost: bool = False) -> None:
        super().__init__(reason)
        self.lost = lost


@dataclass(frozen=True, slots=True)
class Server:
    """A running server on loopback: where it listens, its process, and the file or folder that holds its data."""

    port: int
    pid: int
    store: Path


class Device(Protocol):
    """One device of an engine. ``push``, ``pull`` and ``sync`` raise SyncFailed; one of them is one attempt."""

    pid: int
    store: Path

    def within(self, seconds: float) -> None:
        """How long a call to come may take; longer is SyncFailed, and ``lost``."""

    def join(self) -> None:
        """Make itself known to the server, and do what is done once in a device's life. Not measured."""

    def write(self, cases: Sequence[SyncCase]) -> None:
        """Keep ``cases`` locally, over those of the same id. Not measured."""

    def push(self) -> None:
        """Bring to the server what it lacks."""

    def pull(self) -> None:
        """Fetch from the server what is not here."""

    def sync(self) -> None:
        """Both, as a program does that does not know whether there is anything to do."""

    def count(self) -> int:
        """Cases that this device holds."""


class Peer(Protocol):
    """An engine. Everything that it installs or writes lies in the folders it is given."""

    name: str

    def prepare(self, cache: Path) -> str:
        """Install what is needed below ``cache``, once; the version. Raises NotInstalled."""

    def serve(self, folder: Path) -> AbstractContextManager[Server]:
        """A new, empty server with its data in ``folder``."""

    def device(self, folder: Path, url: str) -> AbstractContextManager[Device]:
        """A new, empty device with its data in ``folder``, which reaches the server by ``url``."""
