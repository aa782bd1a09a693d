"""The gateway over the real services. Every import of ``services`` stands inside a function: see ``gateway``."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from desktop.gateway import StaffEntry, StationFacts, StationPlan

Background = Callable[..., "Future[Any]"]


class StationGateway:
    """``background`` runs a blocking function on a thread of the desk (``TaskRunner.in_background``)."""

    def __init__(self, home: Path, background: Background) -> None:
        self.home = home
        self._background = background

    def exists(self) -> bool:
        """Whether a station was made in the home."""
        from services.station import station_exists

        return station_exists(self.home)

    def make(self, plan: StationPlan) -> None:
        """Make the station."""
        from services.setup import init_station

        name, letters = plan.site_name or None, plan.site_letters or None
        init_station(self.home, demo=plan.demo, site_name=name, site_letters=letters)

    def open(self) -> Any:
        """Open it."""
        from services.station import open_station

        return open_station(self.home)

    def facts(self, station: Any) -> "Future[StationFacts]":
        """Name, staff, key place."""
        return station.submit(_facts, station.key_place)

    def sign_in(self, station: Any, staff_id: str, password: str) -> "Future[Any]":
        """The actor; from then on the station acts as this person."""
        from services.staff import sign_in

        return self._background(sign_in, station, staff_id, password)

    def sign_out(self, station: Any) -> None:
        """The device itself acts again."""
        from services.staff import sign_out

        sign_out(station)

    def check_password(self, station: Any, staff_id: str, password: str) -> "Future[Any]":
        """For the lock: signing in once more as the same person."""
        return self.sign_in(station, staff_id, password)


def _facts(uow: Any, clock: Any, actor: Any, key_place: Any) -> StationFacts:
    from services.rulebook import rulebook

    book = rulebook(uow)
    return StationFacts(
        site_name=book.site.name,
        site_letters=book.site.letters,
        demo=book.site.demo,
        staff=tuple(_entry(member, book.boards) for member in book.staff.values()),
        address=book.site.address,
        phone=book.site.phone,
        key_kind=str(key_place.kind),
        key_where=key_place.where,
    )


def _entry(member: Any, boards: Any) -> StaffEntry:
    board = boards[member.board].name if member.board in boards else ""
    return StaffEntry(member.id, member.name, str(member.role), board, member.password is not None)


_facts.reads = True
