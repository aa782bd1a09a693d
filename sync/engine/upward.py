"""Sending what the upstream lacks: one batch is a stretch of a chain up to a head that its device has signed."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from db.log.chains import MARK_EVERY, ChainId, ChainMark, ChainRow, Chains
from db.log.pulling import Pulling
from db.log.sending import in_a_row, keep_refused
from db.log.stretches import Stretch, stretches_apart
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from sync.packing import Stored, pack
from sync.protocol import MAX_EVENTS, Push, PushAnswer, Signed, Stamped
from sync.signing import head_message

_RATIO, _RATIO_OF_LARGE, _LARGE = 4, 7, 128 << 10
"""How much smaller batches are on the wire than their events, the more so where there is much of the same."""
_EVENT_BYTES = 700
_MAX_RAW = 4 << 20

Signer = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A batch ready to be sent."""

    push: Push
    last: bool


def chains_to_push(uow: UnitOfWork, clock: Clock, actor: Actor) -> list[ChainRow]:
    """Chains of which the upstream lacks something: one's own first, since it may tell who the others are."""
    note_own(uow)
    node = uow.events.node
    rows = Chains(uow.connection).to_push(node.device)
    return sorted(
        rows, key=lambda row: (row.device != node.device, row.id)
    )  # a branch comes after what it left


def note_own(uow: UnitOfWork) -> None:
    """Write down how far one's own chain has come, where that is not known yet."""
    node, chains = uow.events.node, Chains(uow.connection)
    row = chains.get((node.device, node.incarnation, 0))
    if row is None or row.seq != node.seq:
        chains.put_own((node.device, node.incarnation, 0), node.seq, node.head)


@reads
def next_batch(
    uow: UnitOfWork, clock: Clock, actor: Actor, chain: ChainId, after: int, wire_bytes: int, sign: Signer
) -> Outgoing | None:
    """What follows ``after`` in a chain, about ``wire_bytes`` of it; None where nothing does that may be sent now."""
    chains = Chains(uow.connection)
    row = chains.get(chain)
    if row is None or row.seq <= after:
        return None
    own = chain[0] == uow.events.node.device
    end_limit, mark = row.seq, None
    if not own:
        marks = chains.marks(chain, after, row.seq)
        if not marks:
            return None
        mark = _mark_for(marks, after, wire_bytes)
        end_limit = mark.seq
    found = _stretch(uow, chain, after, end_limit, wire_bytes if own else None)
    if not found:
        return None
    end = found[-1].seq
    head = chains.hashes(chain, [after, end])
    signature = sign(head_message(chain, end, head[end])) if mark is None else mark.signature
    on_the_way = [seq for seq in range(after + 1, end) if seq % MARK_EVERY == 0]
    if own:
        hashes = chains.hashes(chain, on_the_way)
        signed = {seq: sign(head_message(chain, seq, hashes[seq])) for seq in on_the_way if seq in hashes}
    else:
        signed = {
            one.seq: one.signature for one in chains.marks(chain, after, end - 1) if one.seq in on_the_way
        }
    stamps = () if own and not uow.events.node.serves else _stamps(uow, chain, after, end)
    push = Push(
        device=chain[0],
        inc=chain[1],
        branch=chain[2],
        forked_at=row.fork_seq if chain[2] else None,
        seq=after,
        prev=head[after],
        head=head[end],
        signature=signature,
        events=pack(found),
        stamps=stamps,
        marks=tuple(Signed(seq=seq, signature=one) for seq, one in sorted(signed.items())),
    )
    return Outgoing(push, end == row.seq)


@reads
def stretches(uow: UnitOfWork, clock: Clock, actor: Actor) -> list[Stretch]:
    """What servers wrote and may have lost since, of which not the whole chain is here."""
    return stretches_apart(uow.connection, uow.events.node.device)


@reads
def stretch_push(uow: UnitOfWork, clock: Clock, actor: Actor, one: Stretch) -> Push:
    """``one`` as it is given back."""
    return Push(
        device=one.chain[0],
        inc=one.chain[1],
        branch=one.chain[2],
        seq=one.after,
        prev=one.before,
        head=one.head,
        signature=one.signature,
        events=pack(_stretch(uow, one.chain, one.after, one.to, None)),
        marks=(Signed(seq=one.after, signature=one.signed_before),),
        apart=True,
    )


def _unpacked(wire_bytes: int) -> int:
    return wire_bytes * (_RATIO if wire_bytes < _LARGE else _RATIO_OF_LARGE)


def _mark_for(marks: Sequence[ChainMark], after: int, wire_bytes: int) -> ChainMark:
    """The furthest signed head within reach; the nearest where even that is further than one would like."""
    wanted = after + max(1, _unpacked(wire_bytes) // _EVENT_BYTES)
    within = [mark for mark in marks if mark.seq <= wanted]
    return within[-1] if within else marks[0]


def _stretch(uow: UnitOfWork, chain: ChainId, after: int, to: int, wire_bytes: int | None) -> list[Stored]:
    """Events of a chain in order, those that were refused here among them; at least one."""
    device, incarnation, _ = chain
    limit = MAX_EVENTS if wire_bytes is None else max(1, min(MAX_EVENTS, _unpacked(wire_bytes) // 200))
    budget = _unpacked(wire_bytes or _MAX_RAW)
    found: list[Stored] = []
    with closing(in_a_row(uow.connection, chain, after, to, limit)) as rows:
        for seq, body, salt, private in rows:
            budget -= len(body) + len(private or b"")
            if found and budget < 0 and wire_bytes is not None:
                break
            found.append(Stored(device, incarnation, seq, body, salt, private))
    return found


def _stamps(uow: UnitOfWork, chain: ChainId, after: int, to: int) -> tuple[Stamped, ...]:
    found = uow.ingest(0).stamps_of(chain, after, to)
    return tuple(Stamped(seq=seq, stamp=stamp) for seq, stamp in found)


def confirm(uow: UnitOfWork, clock: Clock, actor: Actor, sent: Push, answer: PushAnswer) -> None:
    """Note what the upstream has now, when it first saw it, and what it refused."""
    chain = (sent.device, sent.inc, sent.branch)
    chains = Chains(uow.connection)
    row = chains.get(chain)
    if row is None:
        return
    end = min(answer.seq, row.seq)
    chains.set_upstream(chain, max(row.upstream_seq, end))
    pulling = Pulling(uow.ingest(clock.now_ms()), uow.events.node)
    after = sent.seq
    for one in answer.stamps:
        if one.seq > after:
            pulling.note_stamp(chain, after + 1, one.seq, one.stamp)
            after = one.seq
    for refusal in answer.exceptions:
        keep_refused(uow.connection, chain, refusal.seq, refusal.reason, clock.now_ms())
    uow.changed.note("sync")
