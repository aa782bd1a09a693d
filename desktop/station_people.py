"""The people of a station over the real services. Imports: see ``gateway``."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from desktop.gateway import StaffEntry

Background = Callable[..., "Future[Any]"]


class StationPeople:
    """``background`` runs a blocking function on a thread of the desk: checking a password takes its time."""

    def __init__(self, background: Background) -> None:
        self._background = background

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

    def save_member(self, station: Any, entry: StaffEntry, password: str) -> "Future[None]":
        """Add a member of staff or change one."""
        from domain.staff import Role
        from services.staff import save_member

        role, board = Role(entry.role), entry.board_code or None
        future: Future[None] = station.submit(
            save_member, entry.id, entry.name, role, board, password or None, active=entry.active
        )
        return future

    def change_password(self, station: Any, present: str, fresh: str) -> "Future[None]":
        """The one who is signed in takes another password."""
        from services.staff import change_password

        return self._background(change_password, station, present, fresh)
