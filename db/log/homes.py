"""Where a device's records count: a station that joined keeps its old site in the bytes of earlier events."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema.sync import device
from domain.events.event import Event

_HOME = sa.select(device.c.site, device.c.sites).where(device.c.device == sa.bindparam("of_device"))


class Homes:
    """Asks once for each device in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[str, frozenset[str]]] = {}

    def placed(self, one: Event) -> Event:
        """``one``, at the site where it counts."""
        site = self.site_of(one)
        return one if site == one.site else replace(one, site=site)

    def site_of(self, one: Event) -> str:
        """The site where its device is now if it was recorded at an earlier one of that device."""
        home, earlier = self._of(one.device)
        return home if one.site in earlier else one.site

    def forget(self) -> None:
        """A device has moved in this transaction."""
        self._known.clear()

    def _of(self, wanted: str) -> tuple[str, frozenset[str]]:
        if wanted not in self._known:
            row = self._connection.execute(_HOME, {"of_device": wanted}).one_or_none()
            earlier = frozenset() if row is None else frozenset(row.sites.split())
            self._known[wanted] = ("", earlier) if row is None else (row.site, earlier)
        return self._known[wanted]
