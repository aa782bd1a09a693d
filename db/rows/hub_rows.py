"""The read model of the hall's hub: one row a site, holding the one that stands over all others known here."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.prepared import Prepared
from db.schema import event, reference_document
from db.schema.sync import hub_term, unfolded
from db.upsert import upsert
from domain.events.event import Event
from domain.queue.hub import BIRTH, MAX_LEAP, Hub, hub_of

_HUB = Prepared(
    sa.select(hub_term.c.site, hub_term.c.term, hub_term.c.device, hub_term.c.url, hub_term.c.since).where(
        hub_term.c.site == sa.bindparam("of_site")
    )
)
_MARK = Prepared(
    sa.select(
        sa.select(sa.func.coalesce(sa.func.max(event.c.pos), 0)).scalar_subquery(),
        sa.select(sa.func.count()).select_from(unfolded).scalar_subquery(),
        sa.select(sa.func.coalesce(sa.func.sum(reference_document.c.version), 0)).scalar_subquery(),
    )
)


class Hubs:
    """Reads and keeps who decides, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, site: str) -> Hub | None:
        """Who decides at ``site``; None where nothing is known of it."""
        row = _HUB.ask(self._connection, of_site=site).one_or_none()
        return None if row is None else Hub(*row)

    def keep(self, hub: Hub) -> bool:
        """Note ``hub`` where it stands over the one that is known; whether it does."""
        known = self.get(hub.site)
        if known is not None and (known == hub or not hub.stands_over(known)):
            return False
        if hub.term - (known.term if known is not None else 0) > MAX_LEAP:
            return False
        values = {
            "site": hub.site,
            "term": hub.term,
            "device": hub.device,
            "url": hub.url,
            "since": hub.since,
        }
        upsert(self._connection, hub_term, "site", values)
        return True

    def hall_mark(self) -> str:
        """Another text whenever something was recorded, folded or published, by whichever process.

        ``PRAGMA data_version`` would also move for what a server writes down of every call it gets.
        """
        return ".".join(str(int(part)) for part in _MARK.ask(self._connection).one())


def refresh(connection: Connection, stream: str, events: Sequence[Event]) -> bool:
    """Take in a move of the hub; False for every other stream."""
    birth = next((one for one in events if one.id == stream), None)
    if birth is None or birth.kind != BIRTH:
        return False
    hub = hub_of(birth)
    if hub is not None:
        Hubs(connection).keep(hub)
    return True
