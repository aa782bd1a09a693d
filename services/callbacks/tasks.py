"""The round of calls: lists with masked numbers, one task with the whole one for who calls, one call recorded.

A task is called by its case's number, short number or id, or by the code of its row on the printed form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from db.rows.callback_rows import CallbackFilter, CallbackRow
from db.unit_of_work import UnitOfWork
from domain.callbacks import codes, decide
from domain.callbacks.decide import Call, callback_of, round_of, state_of
from domain.callbacks.model import Callback, CallbackState
from domain.cases import closing
from domain.cases.model import Case
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.printing.masking import mask_phone
from domain.staff import Actor
from services.back_office.timing import begun_limit
from services.callbacks.rules import callback_rules
from services.case_lists import day_of
from services.cases import find_case
from services.permissions import require
from services.rulebook import rulebook
from services.station import reads

LISTS = ("open", "due_today", "overdue", "mine", "unreachable", "reopened", "done", "all")


@dataclass(frozen=True, slots=True)
class CallbackTask:
    """A task as lists show it. ``phone`` is masked. Times are UTC milliseconds."""

    case_id: str
    number: str
    ref: str
    round: int
    group: str
    state: str
    applicant: str
    excerpt: str
    kind: str
    board: str
    closed_at: int
    due_at: int
    overdue: bool
    caller: str | None
    contact: str
    phone: str
    attempts: int
    last_result: str | None
    last_at: int | None
    solved: bool | None
    level: int | None


@dataclass(frozen=True, slots=True)
class CallbackPage:
    """One stretch of a list and how many tasks match in all; ``now_ms`` is when it was asked for."""

    rows: tuple[CallbackTask, ...]
    total: int
    now_ms: int


@dataclass(frozen=True, slots=True)
class CallbackView:
    """One task with all that a caller needs. ``phone`` is whole for the one who took it, masked for others.

    ``attempts_allowed``: after so many calls that reached nobody it ends.
    """

    task: CallbackTask
    phone: str
    callback: Callback
    text: str
    answer: str
    told: str
    attempts_allowed: int


def callback_filters(uow: UnitOfWork, clock: Clock, actor: Actor) -> dict[str, CallbackFilter]:
    """Name → filter, in the order of ``LISTS``."""
    now_ms = clock.now_ms()
    is_open = frozenset({CallbackState.OPEN.value})
    tomorrow = day_of(now_ms, rulebook(uow).site.zone)[1]
    return {
        "open": CallbackFilter(states=is_open),
        "due_today": CallbackFilter(states=is_open, due_before=tomorrow),
        "overdue": CallbackFilter(states=is_open, due_before=now_ms),
        "mine": CallbackFilter(states=is_open, caller=actor.id),
        "unreachable": CallbackFilter(states=frozenset({CallbackState.UNREACHABLE.value})),
        "reopened": CallbackFilter(states=frozenset({CallbackState.REOPENED.value})),
        "done": CallbackFilter(states=frozenset({CallbackState.DONE.value})),
        "all": CallbackFilter(),
    }


@reads
def list_callbacks(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    name: str = "open",
    *,
    board: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> CallbackPage:
    """One stretch of the list called ``name`` (``LISTS``), due first; ``callbacks.unknown_list``."""
    require(actor, "callback")
    wanted = _wanted(callback_filters(uow, clock, actor), name, board)
    rows = uow.callbacks.rows(wanted, limit=limit, offset=offset)
    now_ms = clock.now_ms()
    return CallbackPage(tuple(_listed(row, now_ms) for row in rows), uow.callbacks.count(wanted), now_ms)


def rows_of(
    uow: UnitOfWork, filters: Mapping[str, CallbackFilter], name: str, board: str | None
) -> list[CallbackRow]:
    """The rows of a list with their whole numbers: for paper, never for a screen."""
    return uow.callbacks.rows(_wanted(filters, name, board))


def _wanted(filters: Mapping[str, CallbackFilter], name: str, board: str | None) -> CallbackFilter:
    if name not in filters:
        raise AppError("callbacks.unknown_list", name=name[:40], known=" ".join(LISTS))
    return replace(filters[name], board=board)


@reads
def count_callbacks(
    uow: UnitOfWork, clock: Clock, actor: Actor, board: str | None = None
) -> Mapping[str, int]:
    """How many tasks each list holds now."""
    require(actor, "callback")
    filters = callback_filters(uow, clock, actor)
    return {name: uow.callbacks.count(replace(one, board=board)) for name, one in filters.items()}


@reads
def open_callback(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> CallbackView:
    """The task called ``key``; ``callbacks.none`` where its case has none."""
    require(actor, "callback")
    return _view(uow, clock, actor, _case(uow, clock, key))


@reads
def find_task_by_code(uow: UnitOfWork, clock: Clock, actor: Actor, text: str) -> CallbackView:
    """The task whose row on a form has the code ``text`` (QYC1), to enter what is written there.

    ``callbacks.code_unreadable``, ``callbacks.code_forged``, ``callbacks.code_unknown``.
    """
    require(actor, "callback")
    case_id, round_ = _by_code(uow, text)
    return _view(uow, clock, actor, uow.case(case_id), round_)


def take_callback(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> CallbackView:
    """认领: the task becomes the actor's, who sees the whole number from now on."""
    require(actor, "callback")
    case = _case(uow, clock, key)
    new = decide.take(case, actor)
    if new is not None:
        uow.append(case.id, [new], actor=actor.id, now_ms=clock.now_ms())
        case = uow.case(case.id)
    return _view(uow, clock, actor, case)


def record_callback(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, call: Call) -> CallbackView:
    """Record one call. Not solved, or dissatisfied: the case is opened again with a new clock, in one step.

    ``callbacks.done`` where somebody else has reached the enterprise meanwhile.
    """
    require(actor, "callback")
    case = _case(uow, clock, key)
    call = replace(call, wish=clean(call.wish).text, note=clean(call.note).text)
    rules = callback_rules(uow)
    new = [decide.record(case, call, rules.attempts)]
    if new[0].payload.get("reopens"):
        limit, due = begun_limit(uow, case, clock.now_ms())
        again = closing.reopen(case, actor, rules.reopen_reason, limit, due)
        new += [again] if again is not None else []
    uow.append(case.id, new, actor=actor.id, now_ms=clock.now_ms())
    return _view(uow, clock, actor, uow.case(case.id), int(new[0].payload["round"]))


def _case(uow: UnitOfWork, clock: Clock, key: str) -> Case:
    if codes.is_task_code(key):
        case_id, round_ = _by_code(uow, key)
        case = uow.case(case_id)
        if round_ != round_of(case):
            raise AppError("callbacks.done", number=case.number)
        return case
    return uow.case(find_case(uow, clock, key))


def _by_code(uow: UnitOfWork, text: str) -> tuple[str, int]:
    code = codes.read_code(text)
    key = uow.callbacks.secret()
    if key is not None and codes.is_forged(code, key):
        raise AppError("callbacks.code_forged")
    rows = uow.callbacks.rows(CallbackFilter(refs=frozenset({code.ref})))
    if not rows:
        raise AppError("callbacks.code_unknown")
    return rows[0].case_id, rows[0].round


def _view(uow: UnitOfWork, clock: Clock, actor: Actor, case: Case, round_: int | None = None) -> CallbackView:
    rounds = [one.round for one in case.callbacks]
    if not rounds:
        raise AppError("callbacks.none", number=case.number)
    task = callback_of(case, rounds[-1] if round_ is None else round_)
    assert task is not None
    ref = codes.task_ref(case.id, task.round)
    row = uow.callbacks.rows(CallbackFilter(refs=frozenset({ref})))[0]
    calls = task.caller == actor.id and state_of(case, task) in (
        CallbackState.OPEN,
        CallbackState.UNREACHABLE,
    )
    return CallbackView(
        task=_listed(row, clock.now_ms()),
        phone=row.phone if calls else mask_phone(row.phone),
        callback=task,
        text=case.text,
        answer=case.answer,
        told=case.feedback.told if case.feedback else "",
        attempts_allowed=callback_rules(uow).attempts,
    )


def _listed(row: CallbackRow, now_ms: int) -> CallbackTask:
    due = row.due_at or 0
    return CallbackTask(
        case_id=row.case_id,
        number=row.number,
        ref=row.ref,
        round=row.round,
        group=row.group,
        state=row.state,
        applicant=row.applicant,
        excerpt=row.excerpt,
        kind=row.kind,
        board=row.board,
        closed_at=row.closed_at,
        due_at=due,
        overdue=row.state == CallbackState.OPEN.value and due < now_ms,
        caller=row.caller,
        contact=row.contact,
        phone=mask_phone(row.phone),
        attempts=row.attempts,
        last_result=row.last_result,
        last_at=row.last_at,
        solved=row.solved,
        level=row.level,
    )
