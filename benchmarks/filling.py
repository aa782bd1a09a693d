"""The log of a centre filled fast: what pushes of whole lives would have left, written by COPY without indexes.

Bodies, private parts, chains, signed heads, logs of scopes and their digests all hold: ``qifu-server check`` reckons
them again. Devices write side by side, a batch of lives each in turn.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from struct import Struct

import sqlalchemy as sa

from benchmarks.copying import NULL, Copy, int4, int8, without_indexes
from benchmarks.copying import field as text
from benchmarks.lives import DUE_MS, NUMBER, STEPS, Life, Step, lives
from benchmarks.simulated import PROMISE_MS, SALT, SimulatedDevice
from db.log.scope_log import Head
from db.rows.tokens import text_tokens
from domain.cases.numbers import LETTERS, CaseNumber
from domain.events.clock import pack

TOGETHER = 10
"""Lives that a device has in hand at once; it pushes when all have come as far as they come."""
GAP_MS = 14_000
"""Between two events of a device."""
OWN = "bench_life"
"""The table that says what every case has of its own: ``benchmarks.case_copies`` makes rows of it."""
_EVENT = (
    "pos", "id", "stream", "kind", "kind_version", "device", "incarnation", "branch", "seq", "hlc", "received_at",
    "body", "hash", "upstream_pos",
)  # fmt: skip
_OWN_COLUMNS = ("stream", "life", "first", "begun_at", "number", "short", "device", "site", "words")
_PLACE, _NUMBERS, _HASH = Struct(">iqi36si36s"), Struct(">iqiqiqi"), Struct(">i32s")
_ID, _DIGEST_STAMP = Struct(">i36s"), Struct(">q?")
_SITE_HOURS = timedelta(hours=8)


@dataclass(slots=True)
class Log:
    """The log of a scope as it grows."""

    scope: bytes
    pos: int
    digest: bytes

    @classmethod
    def after(cls, scope: str, head: Head) -> "Log":
        """The log of ``scope`` that ends at ``head``."""
        return cls(text(scope.encode()), head.pos, head.digest)


@dataclass(slots=True)
class Writer:
    """A device that fills, and what of its rows never changes. ``at`` is its place among the others."""

    device: SimulatedDevice
    at: int
    logs: tuple[Log, ...]
    running: int = 0
    kinds: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def of_kind(self, step: Step) -> bytes:
        """Kind, version, device, incarnation and branch of a row."""
        key = (step.kind, step.version)
        if key not in self.kinds:
            told = text(step.kind.encode()) + int4(step.version) + text(self.device.device.encode())
            self.kinds[key] = told + int8(1) + int8(0)
        return self.kinds[key]

    def number(self, at_ms: int) -> CaseNumber:
        """The number of its next case."""
        self.running += 1
        letters = LETTERS[self.at // len(LETTERS)] + LETTERS[self.at % len(LETTERS)]
        day = (datetime.fromtimestamp(at_ms / 1000, UTC) + _SITE_HOURS).strftime("%y%m%d")
        return CaseNumber("HZ", day, letters, self.running)


def fill(
    engine: sa.Engine, devices: Sequence[SimulatedDevice], heads: dict[str, Head], centre: str, count: int
) -> None:
    """Store ``count`` events or a few more, the devices' next; ``heads`` is how far each log reaches."""
    _prepare(engine)
    tables = ("event", "event_private", "scope_entry", "stream_scope", "chain_mark")
    logs = {scope: Log.after(scope, head) for scope, head in heads.items()}
    writers = [Writer(one, at, (logs[one.site], logs[centre])) for at, one in enumerate(devices)]
    with engine.connect() as connection:
        first = int(connection.exec_driver_sql("SELECT coalesce(max(pos), 0) + 1 FROM event").scalar_one())
    with without_indexes(engine, *tables):
        with ExitStack() as stack:
            pen = Pen(stack, engine, first)
            for writer, told in _in_turn(writers, count):
                pen.write(writer, told)
            pen.end()
        _finish(engine, pen.pos, writers, logs)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _in_turn(writers: Sequence[Writer], count: int) -> Iterator[tuple[Writer, range]]:
    """Who writes which lives next, until there are enough; numbers of lives go on."""
    done, made = 0, 0
    while done < count:
        for writer in writers:
            if done >= count:
                return
            lot = min(TOGETHER, -(-(count - done) // STEPS))
            yield writer, range(made, made + lot)
            made, done = made + lot, done + lot * STEPS


class Pen:
    """Writes batches into all tables at once."""

    def __init__(self, stack: ExitStack, engine: sa.Engine, first: int) -> None:
        self.pos = first - 1
        self._lives = lives()
        self._events = Copy(stack, engine, "event", _EVENT)
        self._private = Copy(stack, engine, "event_private", ("event", "salt", "body"))
        entry = ("scope", "pos", "event", "stamp", "again", "digest")
        self._entries = Copy(stack, engine, "scope_entry", entry)
        self._scopes = Copy(stack, engine, "stream_scope", ("stream", "scope"))
        self._marks = Copy(
            stack, engine, "chain_mark", ("device", "incarnation", "branch", "seq", "head", "signature")
        )
        self._own = Copy(stack, engine, OWN, _OWN_COLUMNS)
        self._copies = (
            self._events, self._private, self._entries, self._scopes, self._marks, self._own,
        )  # fmt: skip

    def end(self) -> None:
        """Send what is left."""
        for one in self._copies:
            one.end()

    def write(self, writer: Writer, told: range) -> None:
        """The lives ``told`` by turns, one step of each after the other, as a push leaves them."""
        device = writer.device
        picked = [self._lives[at % len(self._lives)] for at in told]
        begun = [device.hlc_ms + GAP_MS * (at + 1) for at in range(len(told))]
        streams = _ids(begun)
        births = [
            self._birth(writer, at, picked[place], streams[place], begun[place])
            for place, at in enumerate(told)
        ]
        stamp = device.hlc_ms + GAP_MS * len(told) * STEPS + 1
        hashes: list[bytes] = []
        for step in range(STEPS):
            ids = streams if not step else _ids([ms + step * GAP_MS * len(told) for ms in begun])
            for at, life in enumerate(picked):
                middle = births[at] if not step else life.steps[step].middle
                hashes.append(self._step(writer, life.steps[step], middle, ids[at], streams[at], stamp))
        self._enter(writer, hashes, stamp)
        chain = (text(device.device.encode()), int8(1), int8(0), int8(device.seq))
        self._marks.add(*chain, text(device.head), text(device.signature()))

    def _birth(self, writer: Writer, at: int, life: Life, stream: bytes, at_ms: int) -> str:
        """Note what the case has of its own; the middle of its birth."""
        number, device = writer.number(at_ms), writer.device
        words = {*text_tokens(number.text), number.short.lower()}
        self._own.add(
            text(stream), int4(at % len(self._lives)), int4(at < len(self._lives)), int8(at_ms),
            text(number.text.encode()), text(number.short.encode()),
            text(device.device.encode()), text(device.site.encode()), text(" ".join(words).encode()),
        )  # fmt: skip
        for log in writer.logs:
            self._scopes.add(text(stream), log.scope)
        middle = life.steps[0].middle.replace(NUMBER, number.text, 1)
        return middle.replace(str(DUE_MS), str(at_ms + PROMISE_MS), 1)

    def _step(
        self, writer: Writer, step: Step, middle: str, event_id: bytes, stream: bytes, stamp: int
    ) -> bytes:
        """Write one event; the SHA-256 of its body."""
        device = writer.device
        device.seq, device.hlc_ms, self.pos = device.seq + 1, device.hlc_ms + GAP_MS, self.pos + 1
        own = f'","stream":"{stream.decode()}"' if event_id != stream else '"'
        body = (
            f'{{"actor":"device:{device.device}","device":"{device.device}","hlc":[{device.hlc_ms},0],'
            f'"id":"{event_id.decode()}{middle}{device.seq},"site":"{device.site}{own}{step.end}'
        ).encode()
        device.head = hashlib.sha256(device.head + body).digest()
        self._events.add(
            _PLACE.pack(8, self.pos, 36, event_id, 36, stream), writer.of_kind(step),
            _NUMBERS.pack(8, device.seq, 8, pack(device.hlc_ms, 0), 8, stamp, len(body)), body,
            _HASH.pack(32, device.head), NULL,
        )  # fmt: skip
        if step.private is not None:
            self._private.add(_ID.pack(36, event_id), text(SALT), text(step.private))
        return hashlib.sha256(body).digest()

    def _enter(self, writer: Writer, hashes: Sequence[bytes], stamp: int) -> None:
        """Append the newest events to the logs that see them."""
        seal, rest = _DIGEST_STAMP.pack(stamp, False), int8(stamp) + int4(0)
        before = self.pos - len(hashes)
        for log in writer.logs:
            digest, last = log.digest, len(hashes) - 1
            for at, one in enumerate(hashes):
                digest = hashlib.sha256(digest + one + seal).digest()
                told = NULL if at != last else text(digest)
                self._entries.add(log.scope, int8(log.pos + at + 1), int8(before + at + 1), rest, told)
            log.pos, log.digest = log.pos + len(hashes), digest


def _ids(moments: Sequence[int]) -> list[bytes]:
    """A UUIDv7 for each of these moments (UTC ms)."""
    chance = os.urandom(9 * len(moments)).hex()
    found = []
    for at, ms in enumerate(moments):
        time, rest = f"{ms:012x}", chance[18 * at : 18 * at + 18]
        found.append(f"{time[:8]}-{time[8:]}-7{rest[:3]}-8{rest[3:6]}-{rest[6:]}".encode())
    return found


def _prepare(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE UNLOGGED TABLE {OWN} (stream text, life integer, first integer, begun_at bigint,"
            " number text, short text, device text, site text, words text)"
        )


def _finish(engine: sa.Engine, pos: int, writers: Sequence[Writer], logs: dict[str, Log]) -> None:
    """Raise what counts: the sequence of positions, chains, heads of the logs."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('event', 'pos'), %s)", (pos,))
        for writer in writers:
            one = writer.device
            connection.exec_driver_sql(
                "INSERT INTO chain (device, incarnation, branch, seq, head) VALUES (%s, 1, 0, %s, %s)",
                (one.device, one.seq, one.head),
            )
        for scope, log in logs.items():
            connection.exec_driver_sql(
                "UPDATE scope_head SET head = %s, digest = %s WHERE scope = %s", (log.pos, log.digest, scope)
            )
