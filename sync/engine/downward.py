"""Taking in what is new in the upstream's log."""

from db.folding import fold_within, lagging
from db.log.chains import ChainMark, Chains
from db.log.pulling import Page, PageMismatch, Pulled, Pulling
from db.node import load_node
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from sync.engine.upward import note_own
from sync.protocol import MAX_CHAINS, ChainHead, KnownRange, Pull, PullAnswer
from sync.unpacking import PackingError, Place, unpack

FOLD_S, FOLD_AT_ONCE = 0.03, 32
"""How long a transaction folds, so many streams after so many: a clerk's own work slips in between."""


@reads
def asking(uow: UnitOfWork, clock: Clock, actor: Actor, scope: str, wire_bytes: int, *, whole: bool) -> Pull:
    """What to ask for next. ``whole``: after a reset all chains are named, since much of the log is here already."""
    cursor = Pulling(uow.ingest(clock.now_ms()), uow.events.node).cursor(scope)
    return Pull(scope=scope, pos=cursor.pos, bytes=wire_bytes, have=_have(uow, whole=whole))


def _have(uow: UnitOfWork, *, whole: bool) -> tuple[ChainHead, ...]:
    node = load_node(uow.connection)
    assert node is not None
    rows = [row for row in Chains(uow.connection).all() if whole or row.device == node.device or node.serves]
    own = ChainHead(device=node.device, inc=node.incarnation, seq=node.seq, head=node.head)
    others = [
        ChainHead(device=row.device, inc=row.incarnation, branch=row.branch, seq=row.seq, head=row.head)
        for row in rows
        if row.id != (node.device, node.incarnation, 0)
    ]
    return (own, *others)[:MAX_CHAINS]


def take(uow: UnitOfWork, clock: Clock, actor: Actor, answer: PullAnswer, *, parted: bool = False) -> int:
    """Take a page in; how many events were new. ``PageMismatch`` where it does not fit what is here.

    ``ChainsParted`` where the upstream has a chain otherwise; with ``parted`` that is held back instead.
    """
    note_own(uow)
    page, now_ms = _page(answer), clock.now_ms()
    if Pulling(uow.ingest(now_ms), uow.events.node).is_behind_itself(page):
        uow.begin_incarnation(uow.events.node.incarnation, "fork", now_ms)
    taken = Pulling(uow.ingest(now_ms), uow.events.node).take(page, parted=parted)
    uow.events.observe(
        [one.one.event for one in page.entries if one.one is not None and one.one.event is not None]
    )
    if taken.stored or answer.to > answer.pos:
        uow.changed.note("sync")
    return taken.stored


def _page(answer: PullAnswer) -> Page:
    """The answer as entries in order; ``PageMismatch`` for one that contradicts itself."""
    count = answer.to - answer.pos
    entries: dict[int, Pulled] = {}
    try:
        for known in answer.known:
            if known.count > count:
                raise PageMismatch("range")
            entries |= _known(answer, known)
        if answer.events is not None:
            columns = zip(answer.at, answer.chain_of, answer.seqs, answer.stamps, strict=True)
            told = [(at, answer.chains[chain], seq, stamp) for at, chain, seq, stamp in columns]
            places = [Place(*chain, seq, stamp) for _, chain, seq, stamp in told]
            for (at, chain, seq, stamp), one in zip(told, unpack(answer.events, places), strict=True):
                entries[at] = Pulled(answer.pos + at, chain, seq, stamp, one)
        marks = [
            ChainMark(*answer.chains[one.chain], one.seq, one.head, one.signature) for one in answer.marks
        ]
    except (IndexError, ValueError, PackingError) as error:
        raise PageMismatch("malformed") from error
    if len(entries) != count or not all(at in entries for at in range(1, count + 1)):
        raise PageMismatch("places")
    return Page(answer.scope, answer.pos, answer.digest, [entries[at] for at in range(1, count + 1)], marks)


def _known(answer: PullAnswer, known: KnownRange) -> dict[int, Pulled]:
    chain, pos, stamp, again = answer.chains[known.chain], answer.pos, known.stamp, known.again
    ahead = known.seq - known.at
    return {
        at: Pulled(pos + at, chain, ahead + at, stamp, None, again)
        for at in range(known.at, known.at + known.count)
    }


def reset(uow: UnitOfWork, clock: Clock, actor: Actor, scope: str, pos: int, digest: bytes) -> None:
    """Go back in the upstream's log to where both agree."""
    Pulling(uow.ingest(clock.now_ms()), uow.events.node).reset(scope, pos, digest)


def fold(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Bring some read models up to date; how many."""
    return fold_within(uow, FOLD_S, FOLD_AT_ONCE, clock.now_ms())


@reads
def left_to_fold(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """How many read models lag."""
    return lagging(uow)
