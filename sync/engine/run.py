"""One run of sync: from hello to nothing left, or to the first error. Killed anywhere, the next run goes on there."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from db.log.chains import ChainId, ChainRow
from db.log.pulling import ChainsParted, PageMismatch
from db.log.scope_log import empty_digest
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream, UpstreamRow
from domain.clock import Clock
from domain.program import PROGRAM
from domain.staff import Actor
from sync.engine import downward, greeting, upward
from sync.engine.link import Link
from sync.engine.pace import Pace
from sync.frames import encode
from sync.protocol import MAX_CHAINS, ChainState, Hashes, HelloAnswer, Push, PushAnswer
from sync.store import Store
from sync.transport_errors import CancelledError, LinkDown, Refused

_MAX_ROUNDS = 1_000
_OUT_OF_STEP = frozenset({"sync.gap", "sync.fork", "sync.cursor_ahead"})
_OF_ONE_CHAIN = frozenset({"sync.device_unknown", "sync.bad_signature", "sync.bad_batch"})
_OF_ONE_STRETCH = _OF_ONE_CHAIN | {"sync.gap", "sync.fork"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: ``stage`` is push, pull, fold, documents or files."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: events sent and taken in, how many still wait, how many were refused so far; files that wait.

    ``failure`` is a code, empty where nothing went wrong; ``retry_s`` when the upstream wishes to be asked again.
    ``moved``: whether anything of a file, or a whole document, was carried.
    """

    pushed: int = 0
    pulled: int = 0
    waiting: int = 0
    rejected: int = 0
    failure: str = ""
    retry_s: int = 0
    files: int = 0
    moved: bool = False


class Run:
    """One run over one link. ``sign`` signs with the device's key; ``ahead`` makes the next batch while one is sent."""

    def __init__(
        self,
        store: Store,
        link: Link,
        sign: upward.Signer,
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        cancel: threading.Event | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        ahead: bool = False,
    ) -> None:
        self._store = store
        self._ahead = ahead
        self._link = link
        self._sign = sign
        self._progress = progress
        self._cancel = cancel or threading.Event()
        self._monotonic = monotonic
        self._pace = Pace()
        self._have_all = False
        self._began_again = False
        self._surprises = 0
        self._refusal: Refused | None = None
        self.pushed = 0
        self.pulled = 0
        self.answer: HelloAnswer | None = None

    def go(self) -> HelloAnswer:
        """Send and take in until nothing is left; the last answer to a hello. Raises ``TransportError``."""
        upstream = self._store.call(read_upstream)
        self._pace = Pace(upstream.batch_bytes)
        try:
            for round_ in range(_MAX_ROUNDS):
                if not self._round(first=round_ == 0):
                    break
        except LinkDown:
            self._pace.was_cut()
            raise
        finally:
            if self._pace.ceiling != upstream.batch_bytes:
                self._store.call(write_upstream, batch_bytes=self._pace.ceiling)
        self._fold()
        if self._refusal is not None:
            raise self._refusal
        assert self.answer is not None
        return self.answer

    def _round(self, *, first: bool) -> bool:
        """Hello, push, pull; whether another look is needed."""
        told = self._greet()
        if told is None:
            return False
        for chain, at in told.parted:
            self._part(chain, at)
        try:
            sent = self._push_all() if told.to_push or told.parted else 0
            sent += self._give_back() if told.gives_back else 0
            if sent or told.head != told.agreed or told.was_reset or told.parted:
                self._pull_all(told.scope)
        except ChainsParted:
            self._surprises += 1
            return True
        except Refused as refused:
            if refused.refusal not in _OUT_OF_STEP or not first:
                raise
            return True
        return bool(told.parted)

    def _greet(self) -> greeting.Told | None:
        """Say hello; None where both sides have everything already, which then costs one round trip and no write."""
        self._check()
        hello = self._store.call(greeting.compose, whole=False, program=PROGRAM)
        answer = self.answer = self._link.hello(hello)
        whole = self._surprises > 0 or self._store.call(greeting.needs_reset, answer)
        if whole:
            self._have_all = True
            answer = self.answer = self._greet_whole()
        elif not self._store.call(greeting.differs, answer):
            return None
        return self._store.call(greeting.heard, answer, whole=whole)

    def _greet_whole(self) -> HelloAnswer:
        """Name every chain, as many at once as a hello holds."""
        chains: tuple[ChainState, ...] = ()
        while True:
            hello = self._store.call(greeting.compose, whole=True, program=PROGRAM, skip=len(chains))
            answer = self._link.hello(hello)
            chains += answer.chains
            if len(hello.chains) < MAX_CHAINS or not answer.chains:
                return answer.model_copy(update={"chains": chains})

    def _part(self, chain: ChainId, at: int) -> None:
        device, incarnation, branch = chain

        def theirs(seqs: tuple[int, ...]) -> dict[int, bytes]:
            asked = Hashes(device=device, inc=incarnation, branch=branch, seqs=seqs)
            found = self._link.hashes(asked).hashes
            return {seq: one for seq, one in zip(seqs, found, strict=True) if one is not None}

        own = partial(self._store.call, greeting.own_hashes, chain)
        common = greeting.last_common(0, at, own, theirs)
        self._store.call(greeting.part, chain, common)

    def _push_all(self) -> int:
        """Send all chains; what the upstream will not have of one holds up no other. The first refusal is raised."""
        before, refusals = self.pushed, []
        for row in self._store.call(upward.chains_to_push):
            try:
                self._push(row)
            except Refused as refused:
                if refused.refusal not in _OF_ONE_CHAIN:
                    raise
                refusals.append(refused)
        self._refusal = refusals[0] if refusals else None
        return self.pushed - before

    def _give_back(self) -> int:
        """Give back what servers wrote themselves: one of them may have been put back to an older state."""
        assert self.answer is not None
        before = self.pushed
        for one in self._store.call(upward.stretches):
            self._check()
            push = self._store.call(upward.stretch_push, one)
            try:
                self._sent(push, encode(push, level=self._pace.level))
            except Refused as refused:
                if refused.refusal not in _OF_ONE_STRETCH:
                    raise
        self._store.call(write_upstream, given_back=self.answer.epoch)
        return self.pushed - before

    def _push(self, row: ChainRow) -> None:
        after = row.upstream_seq
        with ThreadPoolExecutor(1, thread_name_prefix="sync-ahead") as pool:
            coming, noted = self._coming(pool, row, after), _nothing
            while (made := coming()) is not None:
                out, frame = made
                self._check()
                end = out.push.seq + out.push.events.count
                if not out.last:
                    coming = self._coming(pool, row, end)
                answer = self._sent(out.push, frame)
                noted()
                noted = self._noting(pool, out.push, answer)
                self._progress(Progress("push", self.pushed, row.seq - row.upstream_seq))
                if answer.seq <= after or (out.last and answer.seq >= end):
                    break
                if out.last or answer.seq != end:
                    coming = self._coming(pool, row, answer.seq)
                after = answer.seq
            noted()

    def _sent(self, push: Push, frame: bytes) -> PushAnswer:
        self._before(len(frame))
        began = self._monotonic()
        answer = self._link.push(frame)
        self._pace.arrived(self._monotonic() - began)
        self.pushed += push.events.count
        return answer

    def _before(self, size: int) -> None:
        if self._pace.sends(size, self._link.carried()):
            self._link.renew()

    def _coming(
        self, pool: ThreadPoolExecutor, row: ChainRow, after: int
    ) -> Callable[[], tuple[upward.Outgoing, bytes] | None]:
        """The next batch and its frame; made beforehand while the upstream works on the one before it."""
        made = partial(self._made, row, after)
        return pool.submit(made).result if self._ahead else made

    def _made(self, row: ChainRow, after: int) -> tuple[upward.Outgoing, bytes] | None:
        out = self._store.call(upward.next_batch, row.id, after, self._pace.size, self._sign)
        return None if out is None else (out, encode(out.push, level=self._pace.level))

    def _noting(self, pool: ThreadPoolExecutor, sent: Push, answer: PushAnswer) -> Callable[[], None]:
        """Write down what was answered, while the next batch is under way; what is given waits for the end of that."""
        note = partial(self._store.call, upward.confirm, sent, answer)
        if self._ahead:
            return pool.submit(note).result
        note()
        return _nothing

    def _pull_all(self, scope: str) -> None:
        while True:
            self._check()
            asked = self._store.call(downward.asking, scope, self._pace.size, whole=self._have_all)
            self._before(self._pace.size)
            began = self._monotonic()
            answer = self._link.pull(asked)
            self._pace.arrived(self._monotonic() - began)
            try:
                self.pulled += self._store.call(downward.take, answer, parted=self._surprises > 1)
            except PageMismatch:
                self._begin_again(scope)
                continue
            self._progress(Progress("pull", answer.to, answer.head))
            self._fold()
            if answer.to >= answer.head:
                return

    def _begin_again(self, scope: str) -> None:
        """What was taken in does not add up with the upstream's log: take all of it in again, whole; once a run."""
        if self._began_again:
            raise Refused("sync.digest", status=0)
        self._began_again, self._have_all = True, False
        self._store.call(downward.reset, scope, 0, empty_digest(scope))

    def _fold(self) -> None:
        left = self._store.call(downward.left_to_fold)
        total, done = left, 0
        while left:
            self._check()
            folded = self._store.call(downward.fold)
            if not folded:
                return
            done += folded
            left -= folded
            self._progress(Progress("fold", done, total))

    def _check(self) -> None:
        if self._cancel.is_set():
            raise CancelledError


def _nothing() -> None:
    """There is nothing to wait for."""


@reads
def read_upstream(uow: UnitOfWork, clock: Clock, actor: Actor) -> UpstreamRow:
    """The node above; ``AppError("sync.alone")`` where there is none."""
    from domain.errors import AppError

    row = Upstream(uow.connection).get()
    if row is None:
        raise AppError("sync.alone")
    return row


def write_upstream(uow: UnitOfWork, clock: Clock, actor: Actor, **values: int | str | None) -> None:
    """Note how the last run went."""
    Upstream(uow.connection).set(**values)
    uow.changed.note("sync")
