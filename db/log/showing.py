"""Letting sites see events: which logs of scopes an event enters, and what of its stream a new scope is shown first."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import each_of, insert_rows
from db.log.homes import Homes
from db.log.scope_log import Entry, ScopeLog
from db.schema import event
from db.schema.sync import event_review, unfolded
from domain.events.event import Event, read_body
from domain.events.visibility import names_others, sites_named, streams_named

NOT_VISIBLE = "not_visible"

Audience = Callable[[str], tuple[str, ...]]
"""Site → those of its scopes (itself and all above it) whose logs this node keeps, the nearest first."""
Doubts = Callable[[Event], str]
"""Why whoever recorded an event had no right to; "" is consent."""

_LOGS = 0x71666C67
"""The advisory lock under which logs are written on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A stored event: its row, the SHA-256 of its body, when it was first seen."""

    event: Event
    row: int
    body_hash: bytes
    stamp: int


@dataclass(slots=True)
class _Page:
    """What one call will write."""

    placed: Sequence[Placed]
    rows: set[int]
    seen: dict[str, set[str]]
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    shown: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[tuple[str, str, str]] = field(default_factory=list)
    widened: set[str] = field(default_factory=set)


class Showing:
    """Writes the logs of scopes within one transaction."""

    def __init__(self, connection: Connection, audience: Audience, now_ms: int) -> None:
        self._connection = connection
        self._audience = audience
        self._now_ms = now_ms
        self._homes = Homes(connection)
        self._seen: dict[tuple[str, str], tuple[str, ...]] = {}
        self.log = ScopeLog(connection)

    def enter(
        self, placed: Sequence[Placed], doubts: Doubts | None = None, *, also: Sequence[str] = ()
    ) -> set[str]:
        """Append stored events to the logs of all scopes that see them; those scopes.

        ``also`` are scopes that see them in any case: the one in whose log at the upstream they stood.
        """
        self._hold_logs()
        page = _Page(
            placed, {one.row for one in placed}, self.log.scopes_of(sorted({one.event.stream for one in placed}))
        )  # fmt: skip
        for one in placed:
            self._enter(page, one, doubts, also)
        self.log.show(page.shown)
        self._flag(page.doubts)
        for scope in sorted(page.entries):
            self.log.append(scope, page.entries[scope])
        for stream in sorted(page.widened):
            self._forgive(stream, page.seen[stream])
        return set(page.entries)

    def _enter(self, page: _Page, one: Placed, doubts: Doubts | None, also: Sequence[str]) -> None:
        what = one.event
        scopes = page.seen.setdefault(what.stream, set())
        own, is_birth = self._seen_from(what), what.id == what.stream
        if is_birth and not scopes and not also and not names_others(what.kind):
            self._enter_new(page, one, own, doubts)
            return
        # The site where a stream began sees it, whichever of its events came first; others have to be named.
        stranger = bool(scopes) and bool(own) and own[0] not in scopes and not is_birth
        if is_birth and scopes:
            self._put_out(page, one, {*own, *also}, flag=doubts is not None)
        wanted = set(also)
        if not stranger:
            wanted |= {*own, *(scope for site in sites_named(what.kind, what.payload)
                               for scope in self._audience(site))}  # fmt: skip
        named = streams_named(what.kind, what.payload)
        if named:
            wanted |= {scope for scopes_of in self.log.scopes_of(named).values() for scope in scopes_of}
        fresh = sorted(wanted - scopes)
        if fresh and (scopes or not is_birth):
            history = self._history(page, one)
            for scope in fresh:
                page.entries.setdefault(scope, []).extend(history)
            page.widened.add(what.stream)
        page.shown += [(what.stream, scope) for scope in fresh]
        scopes |= wanted
        for scope in scopes:
            page.entries.setdefault(scope, []).append(Entry(one.row, one.body_hash, one.stamp))
        if doubts is not None:
            reason = NOT_VISIBLE if stranger else doubts(what)
            page.doubts += [(what.id, what.stream, reason)] if reason else []

    def _enter_new(self, page: _Page, one: Placed, own: Sequence[str], doubts: Doubts | None) -> None:
        """The first of a stream that only its own site sees, and those above: most of what comes."""
        what, entry = one.event, Entry(one.row, one.body_hash, one.stamp)
        page.seen[what.stream].update(own)
        for scope in own:
            page.shown.append((what.stream, scope))
            page.entries.setdefault(scope, []).append(entry)
        if doubts is not None and (reason := doubts(what)):
            page.doubts.append((what.id, what.stream, reason))

    def _put_out(self, page: _Page, birth: Placed, rightful: set[str], *, flag: bool) -> None:
        """Let nobody see a stream only since he wrote in it before it was known where it began.

        Its id stands on the paper that the applicant was given, maybe days before the window that began it has a line.
        """
        stream = birth.event.stream
        query = sa.select(event.c.body).where(event.c.stream == stream, event.c.pos < birth.row)
        earlier = [
            read_body(bytes(body)) for body in self._connection.execute(query.order_by(event.c.pos)).scalars()
        ]
        strangers, left = earlier, len(earlier) + 1
        while len(strangers) < left:
            left = len(strangers)
            for one in strangers:
                if not rightful.isdisjoint(self._seen_from(one)[:1]):
                    rightful |= {
                        scope for site in sites_named(one.kind, one.payload) for scope in self._audience(site)
                    }
            strangers = [one for one in strangers if rightful.isdisjoint(self._seen_from(one)[:1])]
        out = page.seen[stream] - rightful
        page.seen[stream] -= out
        page.shown = [pair for pair in page.shown if pair[0] != stream or pair[1] not in out]
        self.log.hide(stream, out)
        if flag:
            page.doubts += [(one.id, stream, NOT_VISIBLE) for one in strangers]

    def _history(self, page: _Page, before: Placed) -> list[Entry]:
        """What came of a stream before: from the store, and from this very batch."""
        stream = before.event.stream
        old = [
            Entry(row, digest, stamp)
            for row, digest, stamp in self.log.history(stream)
            if row not in page.rows
        ]
        same = [
            Entry(one.row, one.body_hash, one.stamp)
            for one in page.placed
            if one.event.stream == stream and one.row < before.row
        ]
        return old + same

    def _hold_logs(self) -> None:
        """Let nobody else write logs until the transaction ends; SQLite has one writer anyway.

        Which scopes see a stream is read before its events are appended: two transactions side by side, one of which
        shows a stream to another site while the other adds to it, would leave that site without the addition.
        """
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOGS})

    def _seen_from(self, what: Event) -> tuple[str, ...]:
        """The scopes of the site where it was recorded; a station that joined may have had another site before."""
        key = (what.device, what.site)
        if key not in self._seen:
            self._seen[key] = self._audience(self._homes.site_of(what))
        return self._seen[key]

    def show_own(self, written: Sequence[Event]) -> list[Event]:
        """Let those below see what this node has just recorded itself; the events with their stamp, now where none."""
        ids = [one.id for one in written]
        unseen = [one.id for one in written if one.received_at is None]
        if unseen:
            seen = sa.update(event).where(event.c.id.in_(unseen)).values(received_at=self._now_ms)
            self._connection.execute(seen)
        query = sa.select(event.c.id, event.c.pos, event.c.body).where(event.c.id.in_(ids))
        found = {row.id: (int(row.pos), bytes(row.body)) for row in self._connection.execute(query)}
        stamped = [
            one if one.received_at is not None else replace(one, received_at=self._now_ms) for one in written
        ]
        self.enter(
            [
                Placed(one, found[one.id][0], hashlib.sha256(found[one.id][1]).digest(), one.received_at or 0)
                for one in stamped
            ]
        )
        return stamped

    def restamp(self, stamps: dict[str, int]) -> None:
        """Event → stamp: where it is smaller than the one that is known, it wins and is an entry of its own."""
        self._hold_logs()
        c = event.c
        entries: dict[str, list[Entry]] = {}
        lagging: set[tuple[str]] = set()
        for wanted in each_of(self._connection, c.id, stamps):
            query = sa.select(c.id, c.pos, c.stream, c.body, c.received_at).where(wanted)
            for one_id, row, stream, body, known in self._connection.execute(query.order_by(c.pos)).all():
                stamp = stamps[one_id]
                if known is not None and stamp >= known:
                    continue
                self._connection.execute(sa.update(event).where(c.pos == row).values(received_at=stamp))
                lagging.add((stream,))
                for scope in self.log.scopes_of([stream]).get(stream, ()):
                    digest = hashlib.sha256(bytes(body)).digest()
                    entries.setdefault(scope, []).append(Entry(int(row), digest, stamp, again=True))
        for scope in sorted(entries):
            self.log.append(scope, entries[scope])
        insert_rows(self._connection, unfolded, ("stream",), sorted(lagging), hold_known=True)

    def _flag(self, doubts: Iterable[tuple[str, str, str]]) -> None:
        rows = [(event_id, stream, reason, self._now_ms) for event_id, stream, reason in doubts]
        columns = ("event", "stream", "reason", "found_at")
        insert_rows(self._connection, event_review, columns, rows, skip_known=True)

    def _forgive(self, stream: str, scopes: set[str]) -> None:
        """Events that were flagged since their site could not see the stream yet: now it can."""
        c = event_review.c
        query = (
            sa.select(c.event, event.c.body)
            .join(event, event.c.id == c.event)
            .where(c.stream == stream, c.reason == NOT_VISIBLE, c.decided_at.is_(None))
        )
        for event_id, body in self._connection.execute(query).all():
            own = self._seen_from(read_body(bytes(body)))
            if own and own[0] in scopes:
                self._connection.execute(sa.delete(event_review).where(c.event == event_id))
