"""What is hashed, signed and kept for good names nobody: names, numbers and words of people stand in private parts."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from db.schema import event, event_private
from services.demo import demo_forms, fill_demo
from services.demo_loop import fill_demo_loop
from services.demo_queue import fill_demo_queue
from services.station import Station

_PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
_MAIL = re.compile(r"\S+@\S+\.\S+")
# The random digits of an id or a hash may look like a telephone number.
_RANDOM = re.compile(r"\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,})\b")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _parts(station: Station) -> list[tuple[str, str, Any, Any]]:
    """(kind, id, payload, private) of every event."""

    def read(uow: Any, *_: Any) -> Any:
        query = sa.select(event.c.kind, event.c.id, event.c.body, event_private.c.body).join(
            event_private, event_private.c.event == event.c.id, isouter=True
        )
        return [
            (kind, one, json.loads(body)["payload"], json.loads(private) if private else {})
            for kind, one, body, private in uow.connection.execute(query)
        ]

    found: list[tuple[str, str, Any, Any]] = station.call(read)
    return found


def test_no_payload_holds_what_belongs_to_a_person(station: Station) -> None:
    for fill in (fill_demo, fill_demo_loop, fill_demo_queue):
        station.call(fill)
    people = {form.contact.name for form in demo_forms() if form.contact.name}
    seen: defaultdict[str, int] = defaultdict(int)
    for kind, _, payload, private in _parts(station):
        seen[kind] += 1
        told = _RANDOM.sub("", "\n".join(_texts(payload)))
        assert not _PHONE.search(told), (kind, told)
        assert not _MAIL.search(told), (kind, told)
        for word in {*people, *(one for one in _texts(private) if len(one) > 1)}:
            assert word not in told, (kind, word)
    assert people
    assert len(seen) > 25, sorted(seen)
