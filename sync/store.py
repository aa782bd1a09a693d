"""What sync needs of a store: a window's station and an open server node have it both, and so may a test's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from domain.clock import Clock

Result = TypeVar("Result")


class Store(Protocol):
    """Runs ``service(uow, clock, actor, …)`` where the store is."""

    def call(self, service: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """Run it in one unit of work and wait."""
        ...


class Station(Store, Protocol):
    """A store with its home."""

    @property
    def home(self) -> Path:
        """Where its files lie."""
        ...

    @property
    def clock(self) -> Clock:
        """Its clock."""
        ...
