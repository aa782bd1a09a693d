"""日终核对单: what a window accepted on a day and what of it the node above has confirmed. Times are local text.

It is drawn from what the store says now, at any later time again, and so is kept nowhere.
"""

from dataclasses import dataclass

from domain.printing.snapshots import SitePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEndSlip:
    """One day. ``number`` is the day (``2026-11-18``); ``open_numbers`` are the cases that are not confirmed.

    ``digest`` is the hex SHA-256 over what is confirmed, empty where nothing is; ``heard_at`` when the node above was
    last heard. A lone station (not ``joined``) has nobody to confirm.
    """

    site: SitePlace
    number: str
    printed_at: str
    joined: bool
    upstream: str
    heard_at: str
    accepted: int
    confirmed: int
    digest: str = ""
    first_number: str = ""
    last_number: str = ""
    open_numbers: tuple[str, ...] = ()
    window: str = ""
    printed_by: str = ""

    @property
    def waiting(self) -> int:
        """Accepted and not confirmed."""
        return self.accepted - self.confirmed
