"""The steps of folding that boards take with their shares, up to resolving, feedback and archive."""

from dataclasses import replace
from typing import Any

from domain.cases.assignments import (
    ANY_STATE,
    RETURNED,
    Assignment,
    AssignmentState,
    Origin,
    answered,
    begun_again,
    boards_of,
    closed,
    closed_at_end,
    given,
    handled,
    received,
    returned,
    with_share,
)
from domain.cases.fitting import Step, at_of, due_in, limit_in, reason_of, require_fit, worked_on
from domain.cases.model import Case, CaseState, LimitClass
from domain.cases.moves import FALLBACK_BOARD, Action
from domain.cases.progress import Consultation, Feedback, Plan, ToldBy
from domain.cases.reading import facts_of, integer_in, optional_text, text_in, texts_in
from domain.events.event import Event
from domain.events.folding import UnfitError

Facts = dict[str, Any]


def _own(case: Case, payload: Facts, action: Action) -> Assignment:
    """The share that the step is about, which has to fit ``action``."""
    board = text_in(payload, "board")
    share = case.share_of(board)
    if share is None:
        raise UnfitError("not_your_board")
    require_fit(case, action, board)
    return share


def _changed(case: Case, share: Assignment) -> Case:
    return replace(case, assignments=with_share(case.assignments, share))


def with_boards(
    case: Case,
    boards: tuple[str, ...],
    at: int,
    origin: Origin,
    begin: frozenset[AssignmentState] = frozenset(),
) -> Case:
    """``case`` given to ``boards``, the first leading; shares in the states ``begin`` are begun again."""
    shares = given(case.assignments, boards, at, origin, begin)
    return replace(case, assignments=shares, boards=boards_of(shares))


def _assigned(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.ASSIGN)
    fresh = with_boards(case, texts_in(payload, "boards"), at_of(event, payload), Origin.ASSIGNED, RETURNED)
    tasks = facts_of(facts_of(event.private).get("tasks"))
    shares = tuple(replace(s, task=text_in(tasks, s.board, s.task)) for s in fresh.assignments)
    return replace(fresh, assignments=shares)


def _received(case: Case, event: Event, payload: Facts) -> Case:
    return _changed(case, received(_own(case, payload, Action.RECEIVE), at_of(event, payload)))


def _taken(case: Case, event: Event, payload: Facts) -> Case:
    share = handled(_own(case, payload, Action.TAKE), at_of(event, payload))
    return _changed(case, replace(share, handler=text_in(payload, "handler")))


def _answered(case: Case, event: Event, payload: Facts) -> Case:
    share = _own(case, payload, Action.ANSWER)
    return _changed(case, answered(share, _answer(event), at_of(event, payload)))


def _partly_answered(case: Case, event: Event, payload: Facts) -> Case:
    share = handled(_own(case, payload, Action.PARTIAL), at_of(event, payload))
    return _changed(case, replace(share, partial=(*share.partial, _answer(event))))


def _answer(event: Event) -> str:
    return text_in(facts_of(event.private), "answer", "")


def _planned(case: Case, event: Event, payload: Facts) -> Case:
    at = at_of(event, payload)
    share = handled(_own(case, payload, Action.PLAN), at)
    plan = Plan(text_in(facts_of(event.private), "plan", ""), integer_in(payload, "until"), at)
    case = replace(_changed(case, share), plan=plan)
    if case.limit.limit is not LimitClass.HARD or case.due is None:
        return case
    # A hard matter's promise is a solution or a plan: with the plan it is kept, and the plan's date takes its place.
    return replace(case, due=replace(case.due, at=plan.until, provisional=False), due_from=at)


def _returned(case: Case, event: Event, payload: Facts) -> Case:
    share = _own(case, payload, Action.RETURN)
    note = text_in(facts_of(event.private), "note", "")
    return _changed(case, returned(share, text_in(payload, "reason"), note, at_of(event, payload)))


def _return_decided(case: Case, event: Event, payload: Facts) -> Case:
    share = case.share_of(text_in(payload, "board"))
    require_fit(case, Action.DECIDE_RETURN)
    if share is None or not share.awaits_decision:
        raise UnfitError("no_return_to_decide")
    at, to = at_of(event, payload), optional_text(payload, "to")
    if to is None:
        return _changed(case, replace(begun_again(share, at, Origin.ASSIGNED), kept=True))
    return _moved(case, share, to, at, Origin.TRANSFERRED)


def _transferred(case: Case, event: Event, payload: Facts) -> Case:
    share = case.share_of(text_in(payload, "from"))
    if share is None:
        raise UnfitError("not_your_board")
    require_fit(case, Action.TRANSFER, share.board)
    if not share.is_current:
        raise UnfitError("share_not_held")
    return _moved(case, share, text_in(payload, "to"), at_of(event, payload), Origin.TRANSFERRED)


def _moved(case: Case, share: Assignment, to: str, at: int, origin: Origin) -> Case:
    """``case`` with the share of one board given to ``to``, in the same place."""
    boards = tuple(to if board == share.board else board for board in case.boards)
    fresh = with_boards(case, tuple(dict.fromkeys(boards)), at, origin)
    # What the board had answered as an assisting one is not what it is given now.
    return _begun(fresh, to, at, origin)


def _begun(case: Case, board: str, at: int, origin: Origin) -> Case:
    """``case`` with ``board`` having its share in hand."""
    share = case.share_of(board)
    if share is None:
        return case
    begun = replace(share, origin=origin) if share.is_held else begun_again(share, at, origin)
    return _changed(case, begun)


def _assist_added(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.ADD_ASSIST)
    board = text_in(payload, "board")
    at = at_of(event, payload)
    boards = (*(b for b in case.boards if b != board), board)
    fresh = _begun(with_boards(case, boards, at, Origin.ASSIGNED), board, at, Origin.ASSIGNED)
    share = fresh.share_of(board)
    assert share is not None
    return _changed(fresh, replace(share, task=text_in(facts_of(event.private), "task", share.task)))


def _assist_removed(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.REMOVE_ASSIST)
    share = case.share_of(text_in(payload, "board"))
    if share is None or share.board not in case.boards[1:]:
        raise UnfitError("not_your_board")
    changed = _changed(case, closed(share, at_of(event, payload)))
    return replace(changed, boards=boards_of(changed.assignments))


def _escalated(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.ESCALATE)
    at = at_of(event, payload)
    assists = tuple(b for b in case.boards[1:] if b != FALLBACK_BOARD)
    fresh = with_boards(case, (FALLBACK_BOARD, *assists), at, Origin.ESCALATED)
    lead = fresh.lead
    assert lead is not None
    # An appeal board that assisted so far begins anew as the lead, with its own count.
    begun = lead if lead.origin is Origin.ESCALATED else begun_again(lead, at, Origin.ESCALATED)
    limited = replace(
        _changed(fresh, begun),
        escalated_at=at,
        limit=limit_in(facts_of(payload["limit"])),
        due=due_in(payload["due"]),
        extension=None,
        extended=False,
        plan=None,
    )
    return replace(limited, limit_from=at, due_from=at)


def _consulted(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.CONSULT)
    private, at = facts_of(event.private), at_of(event, payload)
    until = None if payload.get("until") is None else integer_in(payload, "until")
    met = Consultation(
        at,
        texts_in(payload, "boards"),
        texts_in(payload, "sites"),
        texts_in(private, "participants"),
        text_in(private, "agreed", ""),
        until,
    )
    recorded = replace(case, consultations=(*case.consultations, met))
    return worked_on(recorded, optional_text(payload, "board"), at)


def _passed_up(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.PASS_UP)
    return replace(case, passed_to=text_in(payload, "to"))


def _resolved(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.RESOLVE)
    at, text = at_of(event, payload), _answer(event)
    lead = case.lead
    if lead is not None and lead.is_held:
        case = _changed(case, answered(lead, text, at))
    return replace(
        case,
        state=CaseState.RESOLVED,
        closed_at=at,
        answer=text,
        extension=None,
        assignments=closed_at_end(case.assignments, at),
    )


def _fed_back(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.FEEDBACK)
    private = facts_of(event.private)
    told = Feedback(
        at_of(event, payload),
        ToldBy(payload["how"]),
        text_in(private, "told", ""),
        text_in(private, "text", ""),
    )
    return replace(case, feedback=told, state=CaseState.FED_BACK)


def _reopened(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.REOPEN)
    at = at_of(event, payload)
    opened = replace(
        case,
        state=CaseState.ACCEPTED,
        closed_at=None,
        answer="",
        reason=reason_of(event),
        feedback=None,
        plan=None,
        extension=None,
        extended=False,
        reopened=case.reopened + 1,
        limit=limit_in(facts_of(payload["limit"])),
        due=due_in(payload["due"]),
        limit_from=at,
        due_from=at,
    )
    return with_boards(opened, case.boards, at, Origin.REOPENED, ANY_STATE)


def _archived(case: Case, event: Event, payload: Facts) -> Case:
    require_fit(case, Action.ARCHIVE)
    return replace(case, state=CaseState.ARCHIVED, archived_at=at_of(event, payload))


STEPS: dict[str, Step] = {
    "case_assigned": _assigned,
    "assignment_received": _received,
    "assignment_taken": _taken,
    "assignment_answered": _answered,
    "assignment_partly_answered": _partly_answered,
    "assignment_returned": _returned,
    "return_decided": _return_decided,
    "solution_planned": _planned,
    "case_transferred": _transferred,
    "assist_added": _assist_added,
    "assist_removed": _assist_removed,
    "case_escalated": _escalated,
    "case_passed_up": _passed_up,
    "case_handed_over": _passed_up,
    "consultation_recorded": _consulted,
    "case_resolved": _resolved,
    "case_fed_back": _fed_back,
    "case_reopened": _reopened,
    "case_archived": _archived,
}
