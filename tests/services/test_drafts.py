"""Drafts: kept as one types, gone once accepted, each person's own."""

from services.cases import accept_case
from services.drafts import drop_draft, list_drafts, new_form_id, save_draft
from services.station import Station, open_station
from tests.fixed import FixedClock, form


def test_kept_over_a_restart_and_replaced(station: Station, clock: FixedClock) -> None:
    first, second = station.call(new_form_id), station.call(new_form_id)
    station.call(save_draft, first, {"text": "半"})
    clock.move(ms=5)
    station.call(save_draft, second, {"text": "另"})
    clock.move(ms=5)
    station.call(save_draft, first, {"text": "半句", "name": "𬭎"})
    station.close()
    again = open_station(station.home, clock=clock)
    assert [(draft.id, draft.fields["text"]) for draft in again.call(list_drafts)] == [
        (first, "半句"),
        (second, "另"),
    ]
    again.call(drop_draft, first)
    again.call(drop_draft, first)
    assert [draft.id for draft in again.call(list_drafts)] == [second]
    again.close()


def test_four_megabytes_are_kept(station: Station) -> None:
    """What is too long to accept is still not lost."""
    draft_id = station.call(new_form_id)
    station.call(save_draft, draft_id, {"text": "长" * 1_400_000})
    assert len(station.call(list_drafts)[0].fields["text"]) == 1_400_000


def test_a_refused_acceptance_keeps_the_draft(station: Station) -> None:
    draft_id = station.call(new_form_id)
    station.call(save_draft, draft_id, {"text": "x"})
    future = station.submit(accept_case, form(id=draft_id, boards=("nope",)))
    assert future.exception() is not None
    assert len(station.call(list_drafts)) == 1


def test_a_save_that_comes_late_does_not_bring_it_back(station: Station) -> None:
    draft_id = station.call(new_form_id)
    accepted = station.submit(accept_case, form(id=draft_id))
    late = station.submit(save_draft, draft_id, {"text": "x"})
    assert (accepted.exception(), late.exception()) == (None, None)
    assert station.call(list_drafts) == ()
