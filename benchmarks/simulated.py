"""Devices that are simulated: chains of events of made-up cases, written fast, and the pushes that carry them."""

import os
import secrets
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.sync_content import SyncCase, cases
from domain.cases.decide import Acceptance, accept
from domain.cases.model import Applicant, CaseKind, Channel, Contact, Due, Limit, LimitClass, Scope
from domain.events.canonical import canonical_bytes
from domain.events.event import NewEvent, genesis, next_hash, private_hash, read_body
from domain.events.ids import uuid7
from domain.events.incoming import Incoming
from domain.events.kinds import CURRENT
from sync.packing import Stored, pack
from sync.protocol import Push
from sync.signing import head_message

TEMPLATES = 1_000
"""Cases that differ; a chain repeats them under new ids."""
PROMISE_MS = 259_200_000
SALT = bytes(8)
"""Of every private part: nothing here is secret, and a hash is then made once for all that repeat it."""


@dataclass(frozen=True, slots=True)
class _Template:
    kind: str
    version: int
    payload: str
    private: bytes
    digest: str


@dataclass(slots=True)
class SimulatedDevice:
    """A device that writes one chain. ``seed`` is its Ed25519 key, ``hlc_ms`` the moment of its last event (UTC)."""

    site: str
    hlc_ms: int
    device: str = field(default_factory=lambda: secrets.token_hex(8))
    seed: bytes = field(default_factory=lambda: os.urandom(32))
    seq: int = 0
    head: bytes = b""

    def __post_init__(self) -> None:
        self.head = self.head or genesis(self.device, 1)

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._key.public_key().public_bytes_raw()

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def write(self, count: int) -> list[Stored]:
        """The next ``count`` events of its chain: an accepted case each."""
        made = templates()
        found: list[Stored] = []
        for _ in range(count):
            self.seq, self.hlc_ms = self.seq + 1, self.hlc_ms + 1
            one = made[self.seq % len(made)]
            body = self._body(one)
            self.head = next_hash(self.head, body)
            found.append(Stored(self.device, 1, self.seq, body, SALT, one.private))
        return found

    def incoming(self, count: int, stamp: int) -> list[Incoming]:
        """The next ``count`` events as a server sees them that first saw them at ``stamp`` (UTC ms)."""
        return [
            Incoming(
                self.device, 1, 0, one.seq, one.body, one.salt, one.private, read_body(one.body), "", stamp
            )
            for one in self.write(count)
        ]

    def push(self, count: int) -> Push:
        """The next ``count`` events, signed and ready to be sent."""
        seq, prev = self.seq, self.head
        events = self.write(count)
        return Push(
            device=self.device,
            inc=1,
            seq=seq,
            prev=prev,
            head=self.head,
            signature=self.signature(),
            events=pack(events),
        )

    def signature(self) -> bytes:
        """Over its head as it is now."""
        return self._key.sign(head_message((self.device, 1, 0), self.seq, self.head))

    def _body(self, one: _Template) -> bytes:
        """What ``domain.events.event.body_of`` would write, at a twentieth of the price."""
        event_id = uuid7(self.hlc_ms, os.urandom(10))
        return (
            f'{{"actor":"device:{self.device}","device":"{self.device}","hlc":[{self.hlc_ms},0],'
            f'"id":"{event_id}","inc":1,"kind":"{one.kind}","payload":{one.payload},'
            f'"private":"{one.digest}","seq":{self.seq},"site":"{self.site}","v":{one.version}}}'
        ).encode()


@cache
def templates() -> tuple[_Template, ...]:
    """What the chains repeat."""
    return tuple(_template(accepted(case)) for case in cases(TEMPLATES))


def _template(new: NewEvent) -> _Template:
    private = canonical_bytes(new.private or {})
    payload = canonical_bytes(new.payload).decode()
    return _Template(new.kind, CURRENT[new.kind], payload, private, private_hash(SALT, private))


def accepted(case: SyncCase) -> NewEvent:
    """The very event that accepting the case at a window makes."""
    return accept(
        Acceptance(
            number=case.number,
            kind=CaseKind.REQUEST,
            channel=Channel(case.channel) if case.channel in set(Channel) else Channel.WINDOW,
            scope=Scope(case.scope) if case.scope in set(Scope) else Scope.POINT,
            limit=Limit(LimitClass.STANDARD),
            due=Due(case.accepted_ms + PROMISE_MS, provisional=False, calendar=1),
            applicant=Applicant(case.name, case.uscc),
            contact=Contact(case.person, case.phone),
            text=case.text,
            boards=case.boards,
            items=case.items,
        )
    )
