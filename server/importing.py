"""Taking in what a station brought on a stick: the same as what comes over a line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from db.log.ingest import ChainMismatch
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from server.nodes import ServerNode
from server.syncing import answering
from server.syncing.judging import ServerJudge
from services.stick_key import private_stick_key
from sync.protocol import Push, PushAnswer
from sync.stick import read_stick


@dataclass(frozen=True, slots=True)
class Imported:
    """``events`` on the stick, of which ``new`` were not here, and ``refused`` were not taken."""

    events: int = 0
    new: int = 0
    refused: int = 0


def import_stick(node: ServerNode, path: Path, progress: Callable[[int], None] = lambda _: None) -> Imported:
    """Take in the stick's file at ``path``. Every batch is a transaction: what was cut short is simply done again.

    ``stick.*``; ``sync.device_unknown`` for a device that was never enrolled here, ``sync.bad_signature``.
    """
    key = node.call(private_stick_key)
    events = new = refused = 0
    for push in read_stick(path, key):
        answer, fresh = node.gather(_take, push)
        events += push.events.count
        new += fresh
        refused += len(answer.exceptions)
        progress(events)
    return Imported(events, new, refused)


def _take(uow: UnitOfWork, clock: Clock, actor: Actor, sent: Push) -> tuple[PushAnswer, int]:
    origin = uow.devices.get(sent.device)
    if origin is None:
        raise AppError("sync.device_unknown", device=sent.device)
    known = uow.ingest(clock.now_ms()).chains.get((sent.device, sent.inc, sent.branch))
    before = known.seq if known is not None else 0
    try:
        answer = answering.push(
            uow, origin, sent, ServerJudge(uow, origin), trusted=False, now_ms=clock.now_ms()
        )
    except ChainMismatch as error:
        raise AppError("stick.fork" if error.forked else "stick.gap", device=sent.device) from error
    return answer, max(0, answer.seq - max(before, sent.seq))
