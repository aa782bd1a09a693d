"""A case that goes on with another one, which this store may not have."""

import pytest

from domain.errors import AppError
from domain.events.ids import uuid7
from services.case_view import view_case
from services.cases import accept_case, show_case
from services.station import Station
from tests.fixed import WEDNESDAY, form


def test_a_case_names_the_one_it_goes_on_with_though_only_another_window_has_it(station: Station) -> None:
    other = uuid7(WEDNESDAY, bytes(10))
    accepted = station.call(accept_case, form(continues=other))
    assert station.call(show_case, accepted.id).links == (other,)
    assert station.call(view_case, accepted.id).related == ()


def test_both_name_each_other_where_both_are_here(station: Station) -> None:
    first = station.call(accept_case, form())
    second = station.call(accept_case, form(continues=first.id))
    assert station.call(show_case, first.id).links == (second.id,)
    assert [row.id for row in station.call(view_case, second.id).related] == [first.id]


def test_what_is_no_id_is_refused(station: Station) -> None:
    with pytest.raises(AppError, match="field_invalid"):
        station.call(accept_case, form(continues="YX261122TT0001Y"))
