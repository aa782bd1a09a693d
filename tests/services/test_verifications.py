"""Verified codes: recorded without their text, listed while provisional, looked at again with newer lists."""

from dataclasses import replace
from typing import Any

import pytest

from domain.codes import verification
from domain.codes.recognise import read
from domain.codes.replay import InMemoryReplay
from domain.codes.revocation import RevocationList, packed, revocation_hash
from domain.codes.trust import Trust, TrustList
from domain.codes.verification import LearnedTime
from domain.enterprises.decide import Told
from services import verifications
from services.cases import accept_case
from services.enterprises import save_enterprise, view_enterprise
from services.station import Station
from services.verifications import (
    OTHER_SUBJECT,
    Recorded,
    changed_verifications,
    provisional_verifications,
    recheck_verifications,
    record_scan,
)
from tests.code_minting import (
    AUTHORITY,
    CREDENTIAL_OF_TEST,
    DAY,
    HOUR,
    ISSUERS,
    NOW,
    STRANGER,
    TRUST,
    USCC,
    Purpose,
    qym,
    shown,
    trusted,
)
from tests.fixed import FixedClock, form

OTHER_CODE = "91330106MA2H0KCB7R"


@pytest.fixture(autouse=True)
def _now(clock: FixedClock) -> None:
    clock.at_ms = NOW


def lists(*, number: int = 8, at: int = NOW + HOUR, revoked: tuple[bytes, ...] = ()) -> Trust:
    """Newer lists, made after the scan."""
    hashes = packed(map(revocation_hash, revoked))
    issuers = TrustList(number, at, at + DAY, ISSUERS.keys)
    return replace(TRUST, issuers=issuers, revocations=RevocationList(number, at, at + DAY, hashes))


def scan(station: Station, text: str, trust: Trust = TRUST, **named: Any) -> Recorded | None:
    now = LearnedTime(station.clock.now_ms())
    verdict = read(text, trust=trust, now=now, replay=InMemoryReplay())
    return station.call(record_scan, text, verdict, trust, **named)


def texts(station: Station) -> list[str]:
    with station._store.read() as uow:
        return [text for _, _, text in uow.verifications.waiting()]


def test_a_valid_code_proves_the_profile(station: Station) -> None:
    station.call(save_enterprise, USCC, Told(name="手工写的名字"))
    done = scan(station, qym(), window="3")
    assert done
    assert (done.uscc, done.provisional) == (USCC, False)
    view = station.call(view_enterprise, USCC)
    assert (view.name, view.profile.fields["name"].by) == (CREDENTIAL_OF_TEST.name, AUTHORITY)
    assert [other.value for other in view.profile.fields["name"].others] == ["手工写的名字"]
    assert view.row
    assert view.row.proved
    assert [fact.value for fact in view.profile.licences] == list(CREDENTIAL_OF_TEST.licences)
    one = view.verifications[0]
    assert (one.verdict, one.reasons, one.window, one.trust, one.revocations) == ("valid", (), "3", 7, 5)


def test_no_event_holds_the_text_or_names_a_person(station: Station) -> None:
    text = qym()
    scan(station, text)
    with station._store.read() as uow:
        events = [
            one for stream in [uow.enterprise_records.get(USCC)] for one in uow.events.stream(stream.id)
        ]
    told = str([(one.payload, one.private) for one in events])
    assert text[5:60] not in told
    assert "王" not in str([one.payload for one in events])


@pytest.mark.parametrize("text", [USCC, "https://www.gsxt.gov.cn/x", "hello"])
def test_what_proves_nothing_is_not_recorded(station: Station, text: str) -> None:
    assert scan(station, text) is None
    assert scan(station, text, uscc=USCC) is None


def test_an_invalid_code_is_history_and_makes_no_enterprise(station: Station) -> None:
    done = scan(station, qym(expires_at=NOW - 1))
    assert done is not None
    with station._store.read() as uow:
        assert uow.enterprises.get(USCC) is None
    assert texts(station) == []
    assert station.call(view_enterprise, USCC).verifications[0].verdict == "invalid"


def test_a_code_of_an_unknown_issuer_waits_with_the_enterprise_it_was_shown_for(station: Station) -> None:
    text = qym(STRANGER)
    assert scan(station, text) is None
    done = scan(station, text, uscc=USCC)
    assert done
    assert done.provisional
    rows = station.call(provisional_verifications)
    assert [(row.event, row.verdict, row.waiting) for row in rows] == [(done.event, "cannot_tell", True)]
    newer = lists()
    assert newer.issuers is not None
    keys = (*ISSUERS.keys, trusted(STRANGER, Purpose.ENTERPRISE))
    newer = replace(newer, issuers=replace(newer.issuers, keys=keys))
    (alert,) = station.call(recheck_verifications, newer)
    assert (alert.before, alert.now, alert.uscc) == ("cannot_tell", "valid", USCC)
    assert station.call(view_enterprise, USCC).name == CREDENTIAL_OF_TEST.name
    assert station.call(provisional_verifications) == ()
    assert texts(station) == []


def test_another_enterprises_code_proves_nothing_for_this_one(station: Station) -> None:
    station.call(save_enterprise, OTHER_CODE, Told(name="别家"))
    scan(station, qym(STRANGER), uscc=OTHER_CODE)
    newer = lists()
    assert newer.issuers is not None
    keys = (*ISSUERS.keys, trusted(STRANGER, Purpose.ENTERPRISE))
    (alert,) = station.call(recheck_verifications, replace(newer, issuers=replace(newer.issuers, keys=keys)))
    assert (alert.now, alert.reasons) == ("invalid", (OTHER_SUBJECT,))
    assert station.call(view_enterprise, OTHER_CODE).name == "别家"


def test_a_stale_list_makes_it_provisional_and_a_newer_one_firm(station: Station, clock: FixedClock) -> None:
    clock.at_ms = NOW + 3 * DAY
    done = scan(station, qym())
    assert done
    assert done.provisional
    assert station.call(view_enterprise, USCC).verifications[0].reasons == ("stale", "stale")
    assert station.call(recheck_verifications, lists(at=NOW + 4 * DAY)) == ()
    assert station.call(provisional_verifications) == ()
    one = station.call(view_enterprise, USCC).verifications[0]
    assert (one.now.verdict, one.now.reasons, one.now.trust, one.changed) == ("valid", (), 8, False)


def test_a_revocation_between_list_and_scan_alerts_with_open_cases(station: Station) -> None:
    station.call(save_enterprise, USCC, Told(name="手工写的名字"))
    scan(station, qym())
    case = station.call(accept_case, form(uscc=USCC))
    (alert,) = station.call(recheck_verifications, lists(revoked=(CREDENTIAL_OF_TEST.id,)))
    assert (alert.before, alert.now, alert.reasons) == ("valid", "invalid", ("revoked",))
    assert [row.number for row in alert.cases] == [case.number]
    assert station.call(view_enterprise, USCC).name == "手工写的名字"
    assert [row.changed for row in station.call(changed_verifications)] == [True]
    assert station.call(recheck_verifications, lists(number=9)) == ()


def test_lists_made_before_the_scan_settle_nothing(station: Station) -> None:
    scan(station, qym())
    assert station.call(recheck_verifications, lists(at=NOW - 1)) == ()
    assert len(texts(station)) == 1
    assert station.call(recheck_verifications, lists()) == ()
    assert texts(station) == []


def test_checking_again_asks_about_the_moment_of_the_scan(station: Station, clock: FixedClock) -> None:
    """Neither the credential's end nor the freshness of a presentation counts from today."""
    from domain.codes.building import presentation_text
    from tests.code_minting import HOLDER

    clock.at_ms = NOW + 60_000
    text = presentation_text(shown(), HOLDER)
    done = scan(station, text, replace(TRUST, revocations=None))
    assert done
    assert done.provisional
    clock.at_ms = NOW + 200 * DAY
    (alert,) = station.call(recheck_verifications, lists(at=NOW + 100 * DAY))
    assert (alert.now, alert.reasons) == ("valid", ())


def test_with_the_clock_of_today_it_would_not_be_told(
    station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(station, qym(), replace(TRUST, revocations=None))
    monkeypatch.setattr(
        verifications,
        "verify",
        lambda text, **named: verification.verify(text, **named | {"now": LearnedTime(NOW + 200 * DAY)}),
    )
    (alert,) = station.call(recheck_verifications, lists(at=NOW + 100 * DAY))
    assert "expired" in alert.reasons


def test_what_waits_too_long_is_forgotten(station: Station, clock: FixedClock) -> None:
    scan(station, qym(), replace(TRUST, revocations=None))
    clock.at_ms = NOW + 91 * DAY
    scan(station, qym(expires_at=NOW + 400 * DAY))
    assert len(texts(station)) == 1


def test_an_agents_credential_says_nothing_of_the_profile(station: Station) -> None:
    from tests.code_minting import AGENT_ISSUER

    station.call(save_enterprise, USCC, Told(name="手工写的名字"))
    done = scan(station, qym(AGENT_ISSUER, purpose=Purpose.AGENT))
    assert done is not None
    view = station.call(view_enterprise, USCC)
    assert (view.name, view.verifications[0].verdict) == ("手工写的名字", "valid")
