"""Hello, and what its answer asks for: going on, going back to where both agree, or parting as two branches."""

from collections.abc import Callable
from dataclasses import dataclass

from db.files.file_transfers import Direction, FileTransfers
from db.log.branching import branch_off, cut_back
from db.log.chains import ChainId, ChainRow, Chains
from db.log.pulling import Pulling
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.staff import Actor
from sync.engine.upward import note_own
from sync.protocol import MAX_CHAINS, ChainHead, ChainState, Hello, HelloAnswer, ScopeHead

MARKS = 200

HashesAt = Callable[[tuple[int, ...]], dict[int, bytes]]
"""Numbers of a chain → its hash after each, of those that are known."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the greeting found: how far the upstream's log goes, and whether anything differs at all."""

    scope: str
    agreed: int
    head: int
    to_push: bool
    was_reset: bool
    parted: tuple[tuple[ChainId, int], ...] = ()
    """Chains that the upstream has otherwise, and up to where the question is open."""
    documents: bytes = b""
    gives_back: bool = False
    """Whether stretches of servers' chains are to be given back: the upstream lives another life than they were to."""


@reads
def compose(
    uow: UnitOfWork, clock: Clock, actor: Actor, *, whole: bool, program: str, skip: int = 0
) -> Hello:
    """What to say: chains with news; ``whole``: all of them but the first ``skip``, and earlier points of the log."""
    upstream = Upstream(uow.connection).get()
    assert upstream is not None
    node = uow.events.node
    known = {row.id: row for row in Chains(uow.connection).all() if whole or row.seq > row.upstream_seq}
    own = (node.device, node.incarnation, 0)
    confirmed = known.pop(own).upstream_seq if own in known else 0
    rows = [ChainRow(*own, node.seq, node.head, 0, confirmed), *(known[one] for one in sorted(known))]
    pulling = Pulling(uow.ingest(clock.now_ms()), node)
    scope = node.site
    cursor = pulling.cursor(scope)
    marks = pulling.marks(scope, MARKS) if whole else []
    return Hello(
        now=clock.now_ms(),
        epoch=upstream.epoch,
        chains=tuple(
            ChainHead(device=row.device, inc=row.incarnation, branch=row.branch, seq=row.seq, head=row.head)
            for row in rows[skip : skip + MAX_CHAINS]
        ),
        scopes=(ScopeHead(scope=scope, pos=cursor.pos, digest=cursor.digest),),
        marks=tuple(ScopeHead(scope=scope, pos=one.pos, digest=one.digest) for one in marks),
        documents=bytes.fromhex(upstream.documents),
        program=program,
        waiting=sum(max(0, row.seq - row.upstream_seq) for row in rows),
    )


@reads
def needs_reset(uow: UnitOfWork, clock: Clock, actor: Actor, answer: HelloAnswer) -> bool:
    """Whether the upstream lives another life than before, or its log is not the one that was taken in."""
    upstream = Upstream(uow.connection).get()
    assert upstream is not None
    cursor = Pulling(uow.ingest(clock.now_ms()), uow.events.node).cursor(uow.events.node.site)
    if upstream.epoch != answer.epoch or any(
        one.agreed != cursor.pos for one in answer.scopes if one.scope == cursor.scope
    ):
        return True
    rows = {row.id: row for row in Chains(uow.connection).all()}
    told = ((rows.get((one.device, one.inc, one.branch)), one.seq) for one in answer.chains)
    return any(row is not None and max(seq, row.fork_seq) < row.upstream_seq for row, seq in told)


@reads
def differs(uow: UnitOfWork, clock: Clock, actor: Actor, answer: HelloAnswer) -> bool:
    """Whether there is anything to write down at all after a hello without a reset."""
    if _gives_back(uow, answer):
        return True
    chains, node = Chains(uow.connection), uow.events.node
    for state in answer.chains:
        row = chains.get((state.device, state.inc, state.branch))
        current = (state.device, state.inc, state.branch) == (node.device, node.incarnation, 0)
        if row is None or (current and row.seq != node.seq):
            return True
        if row.upstream_seq != _confirmed(row, state, may_rise=not _is_ours(uow, row)) or _is_parted(
            chains, state
        ):
            return True
        if row.seq > row.upstream_seq or (current and state.seq > node.seq):
            return True
    return any(one.pos != one.agreed for one in answer.scopes)


def heard(uow: UnitOfWork, clock: Clock, actor: Actor, answer: HelloAnswer, *, whole: bool) -> Told:
    """Write down what the upstream has, and go back in its log where that is needed."""
    note_own(uow)
    parted = _note_chains(uow, answer.chains, clock.now_ms())
    chains, node = Chains(uow.connection), uow.events.node
    pulling = Pulling(uow.ingest(clock.now_ms()), node)
    cursor = pulling.cursor(node.site)
    head = agreed = cursor.pos
    was_reset = False
    for one in answer.scopes:
        if one.scope != node.site:
            continue
        head, agreed = one.pos, one.agreed
        if agreed != cursor.pos:
            pulling.reset(node.site, agreed, one.agreed_digest)
            was_reset = True
    if whole:
        Upstream(uow.connection).set(epoch=answer.epoch)
        FileTransfers(uow.connection).reopen(
            Direction.UP
        )  # it may have lost files, too; it says which it has
    return Told(
        node.site,
        agreed,
        head,
        bool(chains.to_push(node.device)),
        was_reset,
        parted,
        answer.documents,
        _gives_back(uow, answer),
    )


def _gives_back(uow: UnitOfWork, answer: HelloAnswer) -> bool:
    upstream = Upstream(uow.connection).get()
    assert upstream is not None
    return upstream.given_back != answer.epoch


def _note_chains(
    uow: UnitOfWork, told: tuple[ChainState, ...], now_ms: int
) -> tuple[tuple[ChainId, int], ...]:
    """Note how far the upstream has each chain; those that have parted."""
    chains, node = Chains(uow.connection), uow.events.node
    own = (node.device, node.incarnation, 0)
    parted: list[tuple[ChainId, int]] = []
    for state in told:
        row = chains.get((state.device, state.inc, state.branch))
        if row is None:
            continue
        if _is_parted(chains, state):
            # Should this run end before both sides are told apart, the next hello names the chain again.
            chains.set_upstream(row.id, row.fork_seq)
            parted.append((row.id, state.at))
            continue
        chains.set_upstream(row.id, _confirmed(row, state, may_rise=not _is_ours(uow, row)))
        if row.id == own and state.seq > node.seq:
            # Another store writes as this one does, a copy; what is written here from now on is told apart.
            uow.begin_incarnation(node.incarnation, "fork", now_ms)
            uow.changed.note("node")
    return tuple(parted)


def _is_ours(uow: UnitOfWork, row: ChainRow) -> bool:
    """Whether this node sends the chain in any case: its own, and all those of a hub's hall."""
    return row.device == uow.events.node.device or uow.events.node.serves


def _is_parted(chains: Chains, state: ChainState) -> bool:
    own = chains.hashes((state.device, state.inc, state.branch), [state.at]).get(state.at)
    return own is not None and own != state.head


def _confirmed(row: ChainRow, state: ChainState, *, may_rise: bool) -> int:
    """How far the upstream has the chain.

    What it has without this node having heard its answer is sent again where the chain is ``_is_ours``: in the answer
    stands what was refused, and when the events were first seen.
    """
    return max(row.fork_seq, min(state.seq, row.seq if may_rise else row.upstream_seq))


@reads
def own_hashes(
    uow: UnitOfWork, clock: Clock, actor: Actor, chain: ChainId, seqs: tuple[int, ...]
) -> dict[int, bytes]:
    """This node's hashes of a chain."""
    return Chains(uow.connection).hashes(chain, seqs)


def part(uow: UnitOfWork, clock: Clock, actor: Actor, chain: ChainId, last_common: int) -> ChainId:
    """Two stores have gone on from the same event: this one, which comes second, goes on as a branch of its own.

    Its events keep their bytes; only the branch they are filed under changes, and what is written from now on belongs
    to a new incarnation.
    """
    note_own(uow)
    node = uow.events.node
    row = Chains(uow.connection).get(chain)
    assert row is not None
    assert not row.branch
    new = branch_off(uow.connection, row, last_common)
    if chain == (node.device, node.incarnation, 0):
        uow.begin_incarnation(node.incarnation, "fork", clock.now_ms())
    cut_back(uow.connection, chain, last_common)
    uow.changed.note("node")
    return new


def last_common(low: int, high: int, own: HashesAt, theirs: HashesAt) -> int:
    """The last event up to which both have the same chain, asked for sixteen at a time. Both agree at ``low``."""
    while high - low > 1:
        step = max(1, (high - low) // 17)
        seqs = tuple(range(low + step, high, step))[:32]
        mine, other = own(seqs), theirs(seqs)
        same = [seq for seq in seqs if seq in mine and mine[seq] == other.get(seq)]
        differing = [seq for seq in seqs if seq not in same]
        low = max(same, default=low)
        high = min((seq for seq in differing if seq > low), default=high)
    return low
