"""How PostgreSQL reads a store that has grown: by key, whatever it expects to find."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from db import refolding
from db.centre import CentreStore, open_centre
from services.setup import demo_site, demo_staff
from services.station import begin_node
from tests.fixed import FixedClock

EVENTS, LENGTH = 40_000, 20
BODY = (
    '{"actor":"a","device":"d","hlc":[1,0],"id":"x","inc":1,"kind":"of_tomorrow","payload":{},"seq":1,'
    '"site":"s","v":1}'
)
JOINED = (
    "SELECT event.stream, event.body, event_private.body, event.received_at"
    " FROM event LEFT JOIN event_private ON event_private.event = event.id WHERE event.stream"
)


@pytest.fixture
def grown(pg_url: str, clock: FixedClock) -> Iterator[CentreStore]:
    """A centre with some thousand streams, which its planner knows."""
    store = CentreStore(open_centre(pg_url), clock)
    with store.write() as uow:
        begin_node(uow, demo_site(), demo_staff(), clock.now_ms())
        uow.connection.execute(
            sa.text(
                "INSERT INTO event (id, stream, kind, kind_version, device, incarnation, seq, hlc, body)"
                " SELECT 'e' || n, 's' || n / :length, 'of_tomorrow', 1, 'd', 1, n, n, convert_to(:body, 'UTF8')"
                " FROM generate_series(1, :count) n"
            ),
            {"length": LENGTH, "count": EVENTS, "body": BODY},
        )
        uow.connection.exec_driver_sql(
            "INSERT INTO event_private SELECT id, '\\x00', '\\x7b7d' FROM event WHERE id LIKE 'e%%'"
        )
        uow.connection.exec_driver_sql("ANALYZE event, event_private")
    yield store
    store.close()


def _plans_of_folding(store: CentreStore, clock: FixedClock) -> str:
    """How what folding many streams asks of private parts is answered."""
    told: list[str] = []

    def explain(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if statement.startswith("SELECT") and "event_private" in statement:
            told.extend(row[0] for row in cursor.connection.execute(f"EXPLAIN {statement}", parameters))

    streams = [f"s{number}" for number in range(refolding.AT_ONCE)]
    with store.write() as uow:
        sa.event.listen(uow.connection, "before_cursor_execute", explain)
        uow.refold(streams, clock.now_ms())
    return "\n".join(told)


def test_folding_many_streams_reads_private_parts_by_key(grown: CentreStore, clock: FixedClock) -> None:
    plans = _plans_of_folding(grown, clock)
    assert "Index Scan using pk_event_private" in plans
    assert "Seq Scan on event_private" not in plans


def test_a_join_would_have_read_them_all(
    grown: CentreStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refolding, "_QUESTION", JOINED)
    assert "Seq Scan on event_private" in _plans_of_folding(grown, clock)
