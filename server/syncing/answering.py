"""What a hub or centre answers: hello, push, pull, hashes. Each is one transaction; nothing here knows of HTTP."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.audience import site_tree
from db.log.chains import MARK_EVERY, ChainId, ChainMark, ChainRow, Chains
from db.log.ingest import BadBatch, Batch, ChainMismatch, Judge, chain_hashes
from db.log.scope_log import Read, ScopeLog, empty_digest
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.enrolment import SERVERS, Device
from domain.errors import AppError
from domain.events.event import genesis
from domain.events.incoming import Incoming
from services.device_keys import own_signer
from sync.packing import Stored, pack
from sync.protocol import (
    MAX_EVENTS,
    OLDEST,
    VERSION,
    ChainHead,
    ChainState,
    Hashes,
    HashesAnswer,
    Hello,
    HelloAnswer,
    KnownRange,
    Mark,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    Refusal,
    ScopeHead,
    ScopeState,
    Stamped,
)
from sync.signing import head_message
from sync.unpacking import PackingError, Place, unpack

_RATIO = 4
"""Columns of events shrink to about a quarter on the wire."""
_EVENT_BYTES = 256


@dataclass(frozen=True, slots=True)
class Caller:
    """The device that asks, by its session. It may read the log of its site."""

    device: str
    site: str
    role: str


def hello(
    uow: UnitOfWork, caller: Caller, asked: Hello, *, epoch: str, now_ms: int, documents: bytes
) -> HelloAnswer:
    """What this node has of the caller's chains, and up to where both have taken in the same log."""
    oldest, newest = asked.versions
    if newest < OLDEST:
        raise AppError("sync.program_too_old", version=newest)
    if oldest > VERSION:
        raise AppError("sync.server_too_old", version=VERSION)
    log = ScopeLog(uow.connection)
    given = {one.scope: one for one in asked.scopes}
    told = given.get(caller.site) or ScopeHead(scope=caller.site, pos=0, digest=empty_digest(caller.site))
    ingest = uow.ingest(now_ms)
    return HelloAnswer(
        version=min(newest, VERSION),
        epoch=epoch,
        now=now_ms,
        site=caller.site,
        chains=tuple(_chain_state(uow, ingest.chains, caller, one) for one in asked.chains),
        scopes=(_scope_state(log, told, asked.marks),),
        documents=documents,
    )


def _chain_state(uow: UnitOfWork, chains: Chains, caller: Caller, told: ChainHead) -> ChainState:
    chain, node = (told.device, told.inc, told.branch), uow.events.node
    row = chains.get(chain)
    if chain == (node.device, node.incarnation, 0):
        row = ChainRow(*chain, node.seq, node.head)
    if row is None:
        return _nothing_of(told)
    at = min(row.seq, told.seq)
    found = row.head if at == row.seq else chains.hashes(chain, [at]).get(at)
    if found != told.head and not _is_near(uow, caller, told.device):
        return _nothing_of(told)
    if found is None:
        at, found = 0, genesis(told.device, told.inc)
    return ChainState(device=told.device, inc=told.inc, branch=told.branch, seq=row.seq, at=at, head=found)


def _nothing_of(told: ChainHead) -> ChainState:
    head = genesis(told.device, told.inc)
    return ChainState(device=told.device, inc=told.inc, branch=told.branch, seq=0, at=0, head=head)


def _is_near(uow: UnitOfWork, caller: Caller, device: str) -> bool:
    """Whether it is a device of the caller's site, above or below it. Of others a caller hears what it can show."""
    known = uow.devices.get(device)
    if known is None:
        return False
    tree = site_tree(uow.reference)
    return caller.site in tree.above(known.site) or known.site in tree.above(caller.site)


def _scope_state(log: ScopeLog, told: ScopeHead, marks: Sequence[ScopeHead]) -> ScopeState:
    head = log.head(told.scope)
    candidates = [told, *sorted((one for one in marks if one.scope == told.scope), key=lambda one: -one.pos)]
    for one in candidates:
        if one.pos <= head.pos and log.digest_at(told.scope, one.pos) == one.digest:
            return ScopeState(scope=told.scope, pos=head.pos, agreed=one.pos, agreed_digest=one.digest)
    return ScopeState(scope=told.scope, pos=head.pos, agreed=0, agreed_digest=empty_digest(told.scope))


def push(
    uow: UnitOfWork, origin: Device, sent: Push, judge: Judge, *, trusted: bool, now_ms: int
) -> PushAnswer:
    """Take in a stretch of a chain. Stamps count only from a ``trusted`` caller, a hub or centre.

    ``sync.bad_signature``, ``sync.bad_batch``; ``ChainMismatch`` where it does not follow what is here.
    """
    chain = (sent.device, sent.inc, sent.branch)
    end = sent.seq + sent.events.count
    if sent.events.count > MAX_EVENTS:
        raise AppError("sync.bad_batch", detail="count")
    check_head(origin, chain, end, sent.head, sent.signature)
    stamps = _stamps(sent, now_ms) if trusted else {}
    places = [Place(*chain, seq, stamps.get(seq)) for seq in range(sent.seq + 1, end + 1)]
    try:
        events = unpack(sent.events, places)
        batch = _batch(origin, chain, sent, events)
        _begin_anew(uow, batch, now_ms)
        apart = sent.apart and _is_own_or_above(uow, sent.device)
        taken = uow.ingest(now_ms).push(batch, judge, apart=apart)
    except (PackingError, BadBatch) as error:
        raise AppError("sync.bad_batch", detail=str(error)) from error
    registry = {
        one.event.stream for one in events if one.event is not None and one.event.kind.startswith("device_")
    }
    uow.refold(sorted(registry), now_ms)
    if apart and taken.stored:
        Upstream(uow.connection).set(given_back="")  # which may have lost it as well
    if taken.stored:
        uow.changed.note("sync")
    return PushAnswer(
        seq=taken.seq,
        head=taken.head,
        stamps=tuple(Stamped(seq=seq, stamp=stamp) for seq, stamp in taken.stamps),
        exceptions=tuple(Refusal(seq=one.seq, reason=one.reason) for one in taken.refused),
        now=now_ms,
    )


def _is_own_or_above(uow: UnitOfWork, device: str) -> bool:
    """Whose chain may come in stretches: whoever is below has the whole of it, and shows the whole of it."""
    upstream = Upstream(uow.connection).get()
    return device == uow.events.node.device or (upstream is not None and device == upstream.device)


def _stamps(sent: Push, now_ms: int) -> dict[int, int]:
    """seq → when a hub below first saw it; never later than now."""
    found: dict[int, int] = {}
    seq = sent.seq
    for one in sent.stamps:
        last = min(one.seq, sent.seq + sent.events.count)
        for number in range(seq + 1, last + 1):
            found[number] = min(one.stamp, now_ms)
        seq = max(seq, last)
    return found


def _batch(origin: Device, chain: ChainId, sent: Push, events: Sequence[Incoming]) -> Batch:
    hashes = chain_hashes(sent.prev, events)
    marks = [(one.seq, one.signature) for one in sent.marks if sent.seq <= one.seq < sent.seq + len(events)]
    for seq, signature in marks:
        check_head(origin, chain, seq, hashes[seq - sent.seq], signature)
    return Batch(
        chain, sent.seq, sent.prev, sent.head, sent.signature, events, hashes, sent.forked_at or 0, marks
    )


def _begin_anew(uow: UnitOfWork, batch: Batch, now_ms: int) -> None:
    """Somebody gives back more of this node's present chain than it has: it was put back without noticing."""
    node = uow.events.node
    if batch.chain == (node.device, node.incarnation, 0) and batch.end > node.seq:
        uow.begin_incarnation(node.incarnation, "restored", now_ms)
        uow.changed.note("node")


def check_head(origin: Device, chain: ChainId, seq: int, head: bytes, signature: bytes) -> None:
    """``sync.bad_signature`` unless the device of the chain has signed this head.

    A head of a branch may have been signed before anybody knew that it was one: the hash says what lies before it.
    """
    device, incarnation, branch = chain
    for signed in {branch, 0}:
        with suppress(InvalidSignature, ValueError):
            key = Ed25519PublicKey.from_public_bytes(origin.public_key)
            key.verify(signature, head_message((device, incarnation, signed), seq, head))
            return
    raise AppError("sync.bad_signature", device=device)


def pull(uow: UnitOfWork, caller: Caller, asked: Pull) -> PullAnswer:
    """A stretch of the log of the caller's site. ``sync.not_your_scope``, ``sync.cursor_ahead``."""
    if asked.scope != caller.site:
        raise AppError("sync.not_your_scope", scope=asked.scope)
    log = ScopeLog(uow.connection)
    head = log.head(asked.scope)
    if asked.pos > head.pos:
        raise AppError("sync.cursor_ahead", scope=asked.scope)
    page = _Page(asked)
    for entry in log.read(asked.scope, asked.pos, _limit(asked.bytes), page.have):
        if not page.takes(entry):
            break
    digest = log.digest_at(asked.scope, page.to)
    assert digest is not None
    marks = tuple(
        Mark(chain=page.chains[chain], seq=one.seq, head=one.head, signature=one.signature)
        for chain, seqs in page.seqs_of.items()
        for one in _marks(uow, chain, sorted(seqs))
    )
    return page.answer(head.pos, digest, marks)


def _marks(uow: UnitOfWork, chain: ChainId, seqs: Sequence[int]) -> list[ChainMark]:
    """Signed heads by which the reader of these events can give them back; this node signs its own right now."""
    chains, first, last = uow.ingest(0).chains, seqs[0], seqs[-1]
    if chain[0] == uow.events.node.device:
        return _own_marks(uow, chain, seqs)
    known = uow.devices.get(chain[0])
    borders = _borders(seqs) if known is None or known.role in SERVERS else frozenset()
    marks = chains.marks(chain, min(borders, default=first) - 1, last)
    # What was refused does not come down: its reader can give back what lies before it, and no more.
    ends = {_last_before(marks, seq) for seq in chains.held_seqs(chain, first, last)} | borders
    return [one for one in marks[:-1] if one.seq % MARK_EVERY == 0 or one.seq in ends] + marks[-1:]


def _own_marks(uow: UnitOfWork, chain: ChainId, seqs: Sequence[int]) -> list[ChainMark]:
    signer = own_signer(uow)
    if signer is None:
        return []
    chains, first, last = uow.ingest(0).chains, seqs[0], seqs[-1]
    wanted = {seq for seq in range(first, last) if seq % MARK_EVERY == 0} | _borders(seqs)
    hashes = chains.hashes(chain, sorted(wanted))
    if wanted - set(hashes):  # given back without what lies before it
        hashes |= {one.seq: one.head for one in chains.marks(chain, min(wanted) - 1, last)}
    return [
        ChainMark(*chain, seq, hashes[seq], signer.sign(head_message(chain, seq, hashes[seq])))
        for seq in sorted(wanted & set(hashes))
    ]


def _borders(seqs: Sequence[int]) -> frozenset[int]:
    """Where stretches without a gap begin and end: a site sees of a server's chain only what concerns it."""
    here = set(seqs)
    begins = {seq - 1 for seq in here if seq > 1 and seq - 1 not in here}
    return frozenset(begins | {seq for seq in here if seq + 1 not in here})


def _last_before(marks: Sequence[ChainMark], seq: int) -> int:
    return max((one.seq for one in marks if one.seq < seq), default=0)


def _limit(wire_bytes: int) -> int:
    return max(1, min(MAX_EVENTS, wire_bytes * _RATIO // _EVENT_BYTES))


@dataclass(slots=True)
class _Known:
    """A ``KnownRange`` that still grows."""

    at: int
    chain: int
    seq: int
    stamp: int
    again: bool
    count: int = 1


class _Page:
    """Gathers entries until their bytes are enough: those the caller has as ranges, the others whole."""

    def __init__(self, asked: Pull) -> None:
        self._asked = asked
        self.have = {(one.device, one.inc, one.branch): one.seq for one in asked.have}
        self._left = asked.bytes * _RATIO
        self.to = asked.pos
        self.chains: dict[ChainId, int] = {}
        self.seqs_of: dict[ChainId, list[int]] = {}
        self._at: list[int] = []
        self._chain_of: list[int] = []
        self._seqs: list[int] = []
        self._stamps: list[int] = []
        self._events: list[Stored] = []
        self._known: list[_Known] = []

    def takes(self, entry: Read) -> bool:
        """Take one more entry in; False where the page is full without it."""
        chain = (entry.device, entry.incarnation, entry.branch)
        size = len(entry.body) + len(entry.private or b"")
        known = entry.again or entry.seq <= self.have.get(chain, 0)
        if not known and self._events and size > self._left:
            return False
        number = self.chains.setdefault(chain, len(self.chains))
        if known:
            self._range(entry, number)
        else:
            self._left -= size
            self._at.append(entry.pos - self._asked.pos)
            self._chain_of.append(number)
            self._seqs.append(entry.seq)
            self._stamps.append(entry.stamp)
            self._events.append(
                Stored(entry.device, entry.incarnation, entry.seq, entry.body, entry.salt, entry.private)
            )
            self.seqs_of.setdefault(chain, []).append(entry.seq)
        self.to = entry.pos
        return True

    def _range(self, entry: Read, number: int) -> None:
        at = entry.pos - self._asked.pos
        if self._known:
            last = self._known[-1]
            if (
                last.seq + last.count == entry.seq
                and last.at + last.count == at
                and (last.chain, last.stamp, last.again) == (number, entry.stamp, entry.again)
            ):
                last.count += 1
                return
        self._known.append(_Known(at, number, entry.seq, entry.stamp, entry.again))

    def answer(self, head: int, digest: bytes, marks: tuple[Mark, ...]) -> PullAnswer:
        """The page as it is sent."""
        return PullAnswer(
            scope=self._asked.scope,
            pos=self._asked.pos,
            to=self.to,
            head=head,
            digest=digest,
            chains=tuple(self.chains),
            at=tuple(self._at),
            chain_of=tuple(self._chain_of),
            seqs=tuple(self._seqs),
            stamps=tuple(self._stamps),
            events=pack(self._events) if self._events else None,
            known=tuple(
                KnownRange(
                    at=one.at, chain=one.chain, seq=one.seq, count=one.count, stamp=one.stamp, again=one.again
                )
                for one in self._known
            ),
            marks=marks,
        )


def hashes(uow: UnitOfWork, asked: Hashes) -> HashesAnswer:
    """This node's hashes of a chain, by which its device finds where two copies of it parted."""
    found = uow.ingest(0).chains.hashes((asked.device, asked.inc, asked.branch), asked.seqs)
    return HashesAnswer(hashes=tuple(found.get(seq) for seq in asked.seqs))


__all__ = ["Caller", "ChainMismatch", "check_head", "hashes", "hello", "pull", "push"]
