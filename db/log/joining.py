"""A store becomes that of another site: its node, its row among the devices, its read models."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.node import Node, move_node
from db.schema import case_row, event, hall_day, ticket_row
from db.schema.asking import callback_row, rating_row
from db.schema.supervision import problem_row, supervision_row
from db.schema.sync import device, unfolded
from db.upsert import upsert

_WITH_A_SITE = (case_row, callback_row, hall_day, problem_row, rating_row, supervision_row, ticket_row)


def enter_itself(
    connection: Connection, node: Node, values: dict[str, str | bytes], letters: Sequence[str]
) -> None:
    """Enter the node among the devices, as its server did; ``values``: site, role, name, public_key, parent.

    The event of its enrolment, which comes down later, says the same and takes the row's place.
    """
    known = connection.execute(sa.select(device.c.sites).where(device.c.device == node.device)).scalar()
    earlier = dict.fromkeys([*(known or "").split(), node.site])
    earlier.pop(str(values["site"]), None)
    row = {**values, "device": node.device, "letters": " ".join(letters), "sites": " ".join(earlier)}
    upsert(connection, device, "device", {**row, "enrolled_at": 0, "revoked_at": None, "revoked_seq": None})


def move_site(connection: Connection, node: Node, site: str, letters: str, *, alone: bool) -> None:
    """Make ``node`` one of ``site``. A station that was ``alone`` has nobody else's records: all rows move at once.

    Otherwise what this device recorded is folded anew.
    """
    used = node.letters_used if letters in node.letters_used.split() else f"{node.letters_used} {letters}"
    move_node(connection, site, letters, used)
    if site == node.site:
        return
    if alone:
        for table in _WITH_A_SITE:
            connection.execute(sa.update(table).where(table.c.site == node.site).values(site=site))
        return
    fold_anew(connection, node.device)


def fold_anew(connection: Connection, of_device: str) -> None:
    """Note that all streams in which the device recorded something lag: its site has become another."""
    mine = sa.select(event.c.stream).where(event.c.device == of_device).distinct()
    known = sa.select(unfolded.c.stream)
    connection.execute(sa.insert(unfolded).from_select(["stream"], mine.where(event.c.stream.not_in(known))))
