"""Beginning a new incarnation: own event numbers, own chain, own letters in case numbers."""

import secrets
from collections.abc import Sequence

from db.log.chains import Chains
from db.log.event_log import EventLog
from db.node import restart_node
from db.rows.device_rows import Devices
from domain.cases.numbers import LETTERS
from domain.events.event import NewEvent, genesis

_STEP = 2**20


def new_letters(used: str, given: Sequence[str] = ()) -> str:
    """Two letters that this store has not used yet (``used``: pairs, space-separated).

    An enrolled one takes those that were ``given`` to it while there are any: nobody else at its site has them.
    """
    taken = set(used.split())
    free = [pair for pair in given if pair not in taken]
    return secrets.choice(free or [a + b for a in LETTERS for b in LETTERS if a + b not in taken])


def begin(log: EventLog, highest: int, reason: str, now_ms: int) -> int:
    """Begin an incarnation above ``highest`` and record why; its number.

    The step is random: a restored store and its copy on another machine, which know nothing of each other, would
    otherwise both begin the next number.
    """
    node = log.node
    Chains(log.connection).put_own((node.device, node.incarnation, 0), node.seq, node.head)
    incarnation = highest + 1 + secrets.randbelow(_STEP)
    enrolled = Devices(log.connection).get(node.device)
    letters = new_letters(node.letters_used, enrolled.letters if enrolled is not None else ())
    restart_node(
        log.connection,
        incarnation,
        letters,
        f"{node.letters_used} {letters}",
        genesis(node.device, incarnation),
    )
    log.forget_node()
    payload = {"reason": reason, "previous": node.incarnation, "seq": node.seq, "letters": letters}
    log.append(None, [NewEvent("incarnation_started", payload)], actor=f"device:{node.device}", now_ms=now_ms)
    return incarnation
