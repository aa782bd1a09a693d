"""Services that only read are marked where they are written: whoever runs one takes no lock for it."""

from collections.abc import Callable
from typing import Any, TypeVar

Service = TypeVar("Service", bound=Callable[..., Any])


def reads(service: Service) -> Service:
    """Mark ``service(uow, clock, actor, …)`` as one that only reads."""
    service.reads = True  # type: ignore[attr-defined]
    return service


def only_reads(service: Callable[..., Any]) -> bool:
    """Whether ``service`` was marked as one that only reads."""
    return bool(getattr(service, "reads", False))
