"""共性问题: similar cases gathered into one problem, answered once for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.rows.case_rows import CaseRow as CaseRow
from db.rows.problem_rows import PoolFilter, ProblemRow
from db.unit_of_work import UnitOfWork
from domain.cases import handling
from domain.cases.model import Scope
from domain.cases.wording import clean, similarity
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor, Role
from domain.supervision import problems
from domain.supervision.problems import Problem, ProblemState
from domain.supervision.references import problem_ref
from services.back_office.stepping import cleaned_text
from services.cases import find_case
from services.permissions import require
from services.station import reads

CANDIDATES = 600
"""So many of the newest open problems are compared; older ones are found by the list's own filters."""
ALIKE = 0.3
SUGGESTED = 20
_OF_BOARDS = frozenset({Role.SPECIALIST, Role.CHIEF})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A case that might belong to a problem; ``alike`` is 0 to 1."""

    row: CaseRow
    alike: float


@dataclass(frozen=True, slots=True)
class ProblemView:
    """A common problem with its members, as rows."""

    ref: str
    problem: Problem
    cases: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A member that did not take the common answer; ``error`` says why."""

    case_id: str
    number: str
    error: AppError


@dataclass(frozen=True, slots=True)
class CommonAnswerResult:
    """Members that were answered (numbers), and those that refused; ``proposed``: the boards are still to answer."""

    answered: tuple[str, ...]
    refused: tuple[Refusal, ...]
    proposed: bool


@reads
def list_common_problems(
    uow: UnitOfWork, clock: Clock, actor: Actor, state: str | None = None
) -> tuple[ProblemRow, ...]:
    """Common problems, newest first; ``state`` is ``open`` or ``answered``, ``supervision.filter_invalid``."""
    if state is not None and state not in tuple(ProblemState):
        raise AppError("supervision.filter_invalid", field="state", known=" ".join(ProblemState))
    return tuple(uow.problems.problems(state=state))


@reads
def open_problem(uow: UnitOfWork, clock: Clock, actor: Actor, ref: str) -> ProblemView:
    """The common problem called ``ref`` with its members; ``supervision.problem_not_found``."""
    return _view(uow, _called(uow, ref))


def begin_problem(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    title: str,
    cases: tuple[str, ...],
    scope: Scope | None = None,
    text: str = "",
) -> ProblemView:
    """立为共性问题 with ``cases`` as its first members; its scope is theirs where none is named.

    ``supervision.title_missing``, ``supervision.in_another_problem``, ``supervision.not_in_pool``, ``cases.not_found``.
    """
    require(actor, "problem")
    ids = _joinable(uow, clock, cases, None)
    wanted = scope or (uow.case(ids[0]).scope if ids else Scope.POINT)
    new = problems.begin(clean(title, one_line=True).text, cleaned_text(text), wanted, ids)
    written = uow.append(None, [new], actor=actor.id, now_ms=clock.now_ms())
    return _view(uow, uow.problem(written[0].stream))


def join_problem(
    uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, cases: tuple[str, ...]
) -> ProblemView:
    """归入 of ``cases``. Errors as of ``begin_problem``."""
    require(actor, "problem")
    problem = _called(uow, ref)
    new = problems.join(problem, _joinable(uow, clock, cases, problem.id))
    if new is not None:
        uow.append(problem.id, [new], actor=actor.id, now_ms=clock.now_ms())
    return _view(uow, uow.problem(problem.id))


def leave_problem(
    uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, cases: tuple[str, ...], reason: str
) -> ProblemView:
    """移出 of ``cases``, with a reason; what was answered stays answered."""
    require(actor, "problem")
    problem = _called(uow, ref)
    ids = tuple(find_case(uow, clock, key) for key in cases)
    new = problems.leave(problem, ids, cleaned_text(reason))
    if new is not None:
        uow.append(problem.id, [new], actor=actor.id, now_ms=clock.now_ms())
    return _view(uow, uow.problem(problem.id))


@reads
def suggest_members(
    uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, most: int = SUGGESTED
) -> tuple[Suggestion, ...]:
    """Open cases of the pool that are like the problem or one of its members, and belong to none; likest first."""
    problem = _called(uow, ref)
    about = [f"{problem.title} {problem.text}".strip(), *_matters(uow, problem)]
    return suggest_for(uow, clock, actor, tuple(about), most)


@reads
def suggest_for(
    uow: UnitOfWork, clock: Clock, actor: Actor, about: tuple[str, ...], most: int = SUGGESTED
) -> tuple[Suggestion, ...]:
    """Open cases of the pool like one of the texts ``about`` that belong to no common problem yet."""
    loose = PoolFilter(state="open", loose=True)
    alike = {
        case_id: max((similarity(one, text) for one in about), default=0.0)
        for case_id, text in uow.problems.texts(loose, clock.now_ms(), CANDIDATES)
    }
    best = sorted((one for one in alike.items() if one[1] >= ALIKE), key=lambda one: -one[1])[:most]
    rows = _rows(uow, (case_id for case_id, _ in best))
    return tuple(Suggestion(rows[case_id], round(value, 2)) for case_id, value in best)


def answer_problem(
    uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, text: str = ""
) -> CommonAnswerResult:
    """统一答复: a board answers the lead share of every member it leads, in one transaction.

    What a member refuses (its state, another board's lead) is listed and the others are answered all the same. A
    supervisor's answer is recorded for the boards, who then answer with it (empty ``text``). What is closed or was
    answered in other words refuses, too: it is taken out with ``leave_problem``. ``supervision.text_missing``.
    """
    require(actor, "problem_answer")
    problem = _called(uow, ref)
    words = cleaned_text(text) or (problem.answers[-1].text if problem.answers else "")
    if not words:
        raise AppError("supervision.text_missing")
    waiting = [one.case_id for one in problem.members if one.answered_at is None]
    by_board = actor.role in _OF_BOARDS
    done, refused = _answer_each(uow, clock, actor, waiting if by_board else (), words)
    new = problems.answer(problem, words, actor.board, tuple(done))
    if new is not None:
        uow.append(problem.id, [new], actor=actor.id, now_ms=clock.now_ms())
    numbers = _rows(uow, done)
    return CommonAnswerResult(tuple(numbers[one].number for one in done), tuple(refused), not by_board)


def _answer_each(
    uow: UnitOfWork, clock: Clock, actor: Actor, ids: Iterable[str], words: str
) -> tuple[list[str], list[Refusal]]:
    done: list[str] = []
    refused: list[Refusal] = []
    for case_id in ids:
        number = ""
        try:
            case = uow.case(case_id)
            number = case.number
            if case.boards[:1] != (actor.board,):
                raise AppError("cases.not_the_lead", number=number)
            new = handling.answer_share(case, actor, words)
        except AppError as error:
            refused.append(Refusal(case_id, number, error))
            continue
        if new is not None:
            uow.append(case_id, [new], actor=actor.id, now_ms=clock.now_ms())
        done.append(case_id)
    return done, refused


def _called(uow: UnitOfWork, ref: str) -> Problem:
    found = uow.problems.id_of(ref.strip())
    if found is None:
        raise AppError("supervision.problem_not_found", ref=ref.strip()[:40])
    return uow.problem(found)


def _view(uow: UnitOfWork, problem: Problem) -> ProblemView:
    return ProblemView(problem_ref(problem.id), problem, tuple(uow.problems.cases_of(problem.id)))


def _joinable(uow: UnitOfWork, clock: Clock, keys: tuple[str, ...], problem: str | None) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(find_case(uow, clock, key) for key in keys))
    for case_id, row in _rows(uow, ids).items():
        others = [one for one in uow.problems.problems_of(case_id) if one.id != problem]
        if others:
            raise AppError("supervision.in_another_problem", number=row.number, ref=others[0].ref)
        if not row.in_pool:
            raise AppError("supervision.not_in_pool", number=row.number)
    return ids


def _matters(uow: UnitOfWork, problem: Problem) -> list[str]:
    return [uow.case(one.case_id).text for one in problem.members[:5] if uow.events.exists(one.case_id)]


def _rows(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, CaseRow]:
    return {row.id: row for case_id in ids for row in uow.cases.by_key(case_id, short_since=0)}
