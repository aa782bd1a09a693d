"""Two stores have gone on from the same event of a chain: the younger side is filed as a branch."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.chains import ChainId, ChainRow, Chains, branch_name, of_chain
from db.schema import event
from db.schema.sync import chain, chain_mark, held_event


def branch_off(connection: Connection, row: ChainRow, last_common: int) -> ChainId:
    """File what stands behind ``last_common`` in the chain ``row`` under a branch; events keep their bytes.

    ``cut_back`` has to follow.
    """
    chains = Chains(connection)
    device, incarnation, _ = row.id
    branch: ChainId = (device, incarnation, branch_name(_first_body(connection, row.id, last_common)))
    for table in (event, held_event, chain_mark):
        later = (*of_chain(table, row.id), table.c.seq > last_common)
        # Of both sides there may be something already: what the other side's events left here stays where it is.
        same = sa.select(table.c.seq).where(*of_chain(table, branch)).scalar_subquery()
        connection.execute(sa.update(table).where(*later, table.c.seq.not_in(same)).values(branch=branch[2]))
    chains.lock(branch, last_common, chains.hashes(row.id, [last_common])[last_common])
    chains.advance(branch, row.seq, row.head)
    return branch


def cut_back(connection: Connection, chain_id: ChainId, last_common: int) -> None:
    """The chain itself ends at ``last_common``, which the upstream has."""
    head = Chains(connection).hashes(chain_id, [last_common])[last_common]
    ends = sa.update(chain).where(*of_chain(chain, chain_id))
    connection.execute(ends.values(seq=last_common, head=head, upstream_seq=last_common))


def _first_body(connection: Connection, chain_id: ChainId, after: int) -> bytes:
    for table in (event, held_event):
        query = sa.select(table.c.body).where(*of_chain(table, chain_id), table.c.seq == after + 1)
        found = connection.execute(query).scalar()
        if found is not None:
            return bytes(found)
    raise AssertionError("a chain without its events")
