"""Which papers a case has now, in which sizes: one table for the print menu, the command line and the services."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.cases.model import Case
from domain.deadlines.clock import Alert
from domain.supervision.model import MeasureKind

PAGES = ("a5", "a4")
STRIPS = ("80mm", "58mm")
SIZES = (*PAGES, *STRIPS)
HANDOVERS = ("assignment_returned", "return_decided", "case_transferred", "case_escalated", "case_passed_up")
"""Kinds of events that a transfer slip tells."""


@dataclass(frozen=True, slots=True)
class OfferedPaper:
    """A paper and its sizes; ``why_not`` is empty where it can be printed now, else the code of a sentence."""

    paper: str
    sizes: tuple[str, ...]
    why_not: str = ""


_Why = Callable[[Case, Alert], str]


def _always(case: Case, alert: Alert) -> str:
    return ""


def _missing(case: Case, alert: Alert) -> str:
    return "" if case.missing else "printing.nothing_missing"


def _has_board(case: Case, alert: Alert) -> str:
    return "" if case.shares else "printing.no_board"


def _handed_over(case: Case, alert: Alert) -> str:
    return "" if any(step.kind in HANDOVERS for step in case.timeline) else "printing.no_handover"


def _answered(case: Case, alert: Alert) -> str:
    return "" if case.answer and not case.is_open else "printing.not_resolved"


def _urgent(case: Case, alert: Alert) -> str:
    is_urged = case.is_open and any(one.kind is MeasureKind.URGE for one in case.measures)
    is_urgent = alert is not Alert.NONE or is_urged
    return _has_board(case, alert) or ("" if is_urgent else "printing.not_urgent")


def _overdue(case: Case, alert: Alert) -> str:
    is_over = alert in (Alert.YELLOW, Alert.RED)
    return _has_board(case, alert) or ("" if is_over else "printing.not_overdue")


def _consulted(case: Case, alert: Alert) -> str:
    return "" if case.consultations else "printing.no_consultation"


_TABLE: dict[str, tuple[tuple[str, ...], _Why]] = {
    "case_slip": (SIZES, _always),
    "one_time_notice": (SIZES, _missing),
    "assignment_slip": (SIZES, _has_board),
    "transfer_slip": (SIZES, _handed_over),
    "urging_slip": (SIZES, _urgent),
    "supervision_slip": (PAGES, _overdue),
    "consultation_minutes": (PAGES, _consulted),
    "feedback_slip": (SIZES, _answered),
    "rating_form": (SIZES, _answered),
    "dossier": (("a4",), _always),
}
PAPERS = tuple(_TABLE)
"""The papers of a case, in the order in which they are offered."""


def sizes_of(paper: str) -> tuple[str, ...]:
    """The sizes ``paper`` comes in; none where there is no such paper."""
    return _TABLE[paper][0] if paper in _TABLE else ()


def why_not(paper: str, case: Case, alert: Alert) -> str:
    """Why ``paper`` of ``case`` cannot be printed while its clock says ``alert``; empty where it can."""
    return _TABLE[paper][1](case, alert)


def offered_papers(case: Case, alert: Alert) -> tuple[OfferedPaper, ...]:
    """Every paper, with why it cannot be printed now if there is a reason."""
    return tuple(OfferedPaper(paper, sizes, why(case, alert)) for paper, (sizes, why) in _TABLE.items())
