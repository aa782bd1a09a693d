"""A device that was enrolled and now writes what it likes: chains of its own making, signed with its own key."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.events.clock import pack as pack_hlc
from domain.events.event import Event, body_of, genesis, next_hash
from domain.events.ids import uuid7
from sync.packing import Stored, pack
from sync.protocol import Push
from sync.signing import head_message
from tests.fixed import WEDNESDAY
from tests.server.nodes import Pc


@dataclass
class Hostile(Pc):
    """``site`` is where it says that it records."""

    site: str = "hall"
    seq: int = 0
    inc: int = 1
    head: bytes = b""
    ids: list[str] = field(default_factory=list)

    def event(self, kind: str, payload: dict[str, Any] | None = None, **changed: Any) -> Event:
        """The next event of its chain."""
        self.seq += 1
        own = uuid7(WEDNESDAY, secrets.token_bytes(10))
        self.ids.append(own)
        made = Event(
            id=own,
            stream=own,
            kind=kind,
            kind_version=1,
            device=self.device,
            incarnation=self.inc,
            seq=self.seq,
            hlc=pack_hlc(WEDNESDAY, 0),
            actor=f"device:{self.device}",
            site=self.site,
            payload=payload or {},
        )
        return replace(made, **{"stream": changed.get("id", own), **changed})

    def push(self, events: Sequence[Event | bytes], private: dict[str, Any] | None = None) -> Push:
        """A batch of them, signed; as whole bytes where they are given so."""
        before = self.head or genesis(self.device, self.inc)
        first = self.seq - len(events)
        bodies = [one if isinstance(one, bytes) else body_of(one) for one in events]
        head = before
        for body in bodies:
            head = next_hash(head, body)
        stored = [Stored(self.device, self.inc, first + n + 1, body) for n, body in enumerate(bodies)]
        self.head = head
        signed = head_message((self.device, self.inc, 0), self.seq, head)
        return Push(
            device=self.device, inc=self.inc, seq=first, prev=before, head=head,
            signature=self.key.sign(signed), events=pack(stored),
        )  # fmt: skip
