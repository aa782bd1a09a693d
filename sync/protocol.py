"""The messages of sync, version 1. ``docs/protocol.md`` says what they mean, ``tests/data/wire`` holds recorded ones.

A message travels as CBOR (RFC 8949), maps keyed by the field names below, in a frame (``sync/frames.py``). Unknown
fields are passed over, so that either side may be one version ahead. Times are UTC milliseconds, hashes raw bytes.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

VERSION = 1
OLDEST = 1
"""Versions this program speaks: ``OLDEST`` to ``VERSION``."""

MAX_EVENTS = 5_000
MAX_BATCH_BYTES = 8 << 20
FIRST_BATCH_BYTES = 16 << 10
LEAST_BATCH_BYTES = 512
MAX_CHAINS = 2_000

Hash = Annotated[bytes, Field(strict=True, min_length=32, max_length=32)]
Signature = Annotated[bytes, Field(strict=True, min_length=64, max_length=64)]
Name = Annotated[str, Field(strict=True, max_length=64)]
Count = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
Millis = Annotated[int, Field(strict=True, ge=-(2**47), le=2**47)]


class Message(BaseModel):
    """A part of a message. Frozen; unknown fields are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ChainHead(Message):
    """How far one chain is known: the hash after ``seq`` events."""

    device: Name
    inc: Count
    branch: Count = 0
    seq: Count
    head: Hash


class ScopeHead(Message):
    """How far the log of a scope is known, with the running digest up to there."""

    scope: Name
    pos: Count
    digest: Hash


class Hello(Message):
    """POST /v1/hello: who is there and what it has.

    ``chains`` are those it may have news of; ``marks`` earlier points of its scopes, sent after a reset only.
    """

    versions: tuple[Count, Count] = (OLDEST, VERSION)
    now: Millis
    epoch: Name = ""
    chains: Annotated[tuple[ChainHead, ...], Field(max_length=MAX_CHAINS)] = ()
    scopes: Annotated[tuple[ScopeHead, ...], Field(max_length=64)] = ()
    marks: Annotated[tuple[ScopeHead, ...], Field(max_length=1_000)] = ()
    documents: Annotated[bytes, Field(strict=True, max_length=32)] = b""
    program: Name = ""
    waiting: Count = 0
    term: Count = 0


class ChainState(Message):
    """What a server has of a chain: ``seq`` events. ``head`` is its hash after ``at``, the last that both may have.

    Where the caller's own hash after ``at`` is another, the two have parted: a fork.
    """

    device: Name
    inc: Count
    branch: Count = 0
    seq: Count
    at: Count
    head: Hash


class ScopeState(Message):
    """The server's log of a scope reaches to ``pos``. Up to ``agreed`` it is the log that the caller took in."""

    scope: Name
    pos: Count
    agreed: Count
    agreed_digest: Hash


class HelloAnswer(Message):
    """``now`` is the server's clock; ``documents`` the digest over its documents for this device.

    ``term`` and ``hub`` are the hall's hub as this server knows it: its term and where it is reached.
    """

    version: Count
    epoch: Name
    now: Millis
    site: Name
    chains: tuple[ChainState, ...] = ()
    scopes: tuple[ScopeState, ...] = ()
    documents: Annotated[bytes, Field(strict=True, max_length=32)] = b""
    token: Annotated[str, Field(max_length=512)] = ""
    token_until: Millis = 0
    term: Count = 0
    hub: Annotated[str, Field(max_length=200)] = ""


class PackedEvents(Message):
    """Events in columns (``sync/packing.py``), so that like stands beside like and compresses.

    What an event's place gives (device, incarnation, seq) is not in them. ``names`` holds actors, sites and kinds with
    their version, each once; ``raw`` what does not fit the columns: index, body, salt, private.
    """

    count: Count
    ids: bytes = b""
    times: tuple[int, ...] = ()
    streams: tuple[bytes | int | None, ...] = ()
    names: tuple[str, ...] = ()
    of_names: tuple[int, ...] = ()
    payloads: bytes = b""
    payload_sizes: tuple[int, ...] = ()
    privates: bytes = b""
    private_sizes: tuple[int, ...] = ()
    salts: bytes = b""
    raw: tuple[tuple[int, bytes, bytes | None, bytes | None], ...] = ()


class Push(Message):
    """POST /v1/push: events of one chain that follow ``seq`` events with the hash ``prev``.

    ``head`` is the hash after them, signed by the chain's device. ``forked_at`` opens a branch. With ``marks`` whoever
    carries the chain on can cut it into smaller batches. ``apart``: a stretch of a server's chain that is given back
    and need not follow what the other side has; the hash before it is among the ``marks``.
    """

    device: Name
    inc: Count
    branch: Count = 0
    forked_at: Count | None = None
    seq: Count
    prev: Hash
    head: Hash
    signature: Signature
    events: PackedEvents
    stamps: tuple["Stamped", ...] = ()
    marks: tuple["Signed", ...] = ()
    apart: StrictBool = False


class Signed(Message):
    """The device's signature over its chain's head after ``seq`` events, on the way to the end of a batch."""

    seq: Count
    signature: Signature


class Refusal(Message):
    """One event that was not simply taken: its seq and why."""

    seq: Count
    reason: Name


class Stamped(Message):
    """Events up to ``seq`` were first seen by a server at ``stamp``."""

    seq: Count
    stamp: Millis


class PushAnswer(Message):
    """One accepted range, up to ``seq``, and the exceptions in it. ``stamps`` cover the range in ascending order."""

    seq: Count
    head: Hash
    stamps: tuple[Stamped, ...] = ()
    exceptions: tuple[Refusal, ...] = ()
    now: Millis


class Pull(Message):
    """POST /v1/pull: the log of ``scope`` after ``pos``, about ``bytes`` of it.

    Events of chains in ``have`` up to their seq come as ranges instead of bodies.
    """

    scope: Name
    pos: Count
    bytes: Annotated[int, Field(strict=True, ge=LEAST_BATCH_BYTES, le=MAX_BATCH_BYTES)] = FIRST_BATCH_BYTES
    have: Annotated[tuple[ChainHead, ...], Field(max_length=MAX_CHAINS)] = ()


class KnownRange(Message):
    """Entries ``at`` … ``at`` + ``count`` - 1 after the pull's position: events ``seq``… of a chain the caller has."""

    at: Count
    chain: Count
    seq: Count
    count: Count
    stamp: Millis
    again: bool = False


class Mark(Message):
    """A head signed by the device of ``chains[chain]``."""

    chain: Count
    seq: Count
    head: Hash
    signature: Signature


class PullAnswer(Message):
    """Entries ``pos`` + 1 … ``to`` of a log that reaches to ``head``; ``digest`` is the log's up to ``to``.

    ``chains`` are (device, incarnation, branch). Event i of ``events`` is entry ``at[i]``, of chain ``chain_of[i]``, at
    ``seqs[i]``, first seen at ``stamps[i]``. All other entries stand in ``known``.
    """

    scope: Name
    pos: Count
    to: Count
    head: Count
    digest: Hash
    chains: tuple[tuple[Name, Count, Count], ...] = ()
    at: tuple[Count, ...] = ()
    chain_of: tuple[Count, ...] = ()
    seqs: tuple[Count, ...] = ()
    stamps: tuple[Millis, ...] = ()
    events: PackedEvents | None = None
    known: tuple[KnownRange, ...] = ()
    marks: tuple[Mark, ...] = ()


class Hashes(Message):
    """POST /v1/hashes: the server's hashes of a chain after each of ``seqs``; by them a fork is found."""

    device: Name
    inc: Count
    branch: Count = 0
    seqs: Annotated[tuple[Count, ...], Field(max_length=64)]


class HashesAnswer(Message):
    """One for each seq asked for; None where the server has no such event."""

    hashes: tuple[Hash | None, ...]


class Wait(Message):
    """POST /v1/wait: answer as soon as a scope is past its position or the documents differ, at most ``s`` seconds."""

    scopes: Annotated[tuple[ScopeHead, ...], Field(max_length=64)] = ()
    documents: Annotated[bytes, Field(strict=True, max_length=32)] = b""
    s: Annotated[int, Field(strict=True, ge=0, le=60)] = 25


class WaitAnswer(Message):
    """Whether there is something new."""

    news: bool
    now: Millis


class ErrorAnswer(Message):
    """The body of every answer that is not 2xx: a code, what it is of, and when to try again."""

    code: Name
    detail: Annotated[str, Field(max_length=200)] = ""
    retry_s: Count = 0
