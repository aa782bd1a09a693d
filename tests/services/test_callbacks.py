"""The round of calls: who is asked, what is written down, what follows."""

from domain.callbacks.decide import Call
from domain.callbacks.model import CallResult
from domain.cases.model import Case, CaseState
from domain.staff import Actor
from services.callbacks.sample import draw_sample
from services.callbacks.tasks import (
    count_callbacks,
    list_callbacks,
    record_callback,
)
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.station import Station
from tests.fixed import form

CLERK = Actor("clerk")


def closed(station: Station, **fields: object) -> Case:
    """A case that was answered at once."""
    accepted = station.call(accept_case, form(**fields), as_actor=CLERK)
    return station.call(answer_case, accepted.id, "已答复。", as_actor=CLERK)


def test_the_first_closing_of_a_month_is_drawn(station: Station) -> None:
    case = closed(station)
    assert station.call(draw_sample) == 1
    assert station.call(draw_sample) == 0
    page = station.call(list_callbacks, as_actor=CLERK)
    assert [task.number for task in page.rows] == [case.number]
    station.call(record_callback, case.number, Call(CallResult.REACHED, solved=True, level=5), as_actor=CLERK)
    assert station.call(show_case, case.id).state is CaseState.CALLED_BACK
    assert station.call(count_callbacks, as_actor=CLERK)["done"] == 1
