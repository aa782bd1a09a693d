"""What waits for a registry, and what its answer does."""

from domain.codes.registry import RegistryState, Resolution
from services.registry import take_answer, waiting_questions
from services.scans import scan
from services.station import Station
from tests.fixed import NAME, USCC, WEDNESDAY

LICENCE = "https://www.gsxt.gov.cn/index?id=4711"


def test_a_licence_without_a_code_waits_for_the_registry(station: Station) -> None:
    station.call(scan, LICENCE)
    station.call(scan, LICENCE)
    station.call(scan, USCC)
    station.call(scan, "https://example.com/")
    assert station.call(waiting_questions) == (LICENCE,)


def test_an_answer_settles_the_question_and_makes_the_enterprise_known(station: Station) -> None:
    station.call(scan, LICENCE)
    answer = Resolution(USCC, NAME, RegistryState.ACTIVE, "云溪市市场监管局", WEDNESDAY)
    row = station.call(take_answer, LICENCE, answer)
    assert row is not None
    assert (row.uscc, row.name, row.proved) == (USCC, NAME, False)
    assert station.call(waiting_questions) == ()


def test_nobodys_is_an_answer_too(station: Station) -> None:
    station.call(scan, LICENCE)
    assert station.call(take_answer, LICENCE, None) is None
    assert station.call(waiting_questions) == ()
