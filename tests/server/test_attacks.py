"""What an enrolled but hostile device, a hostile hub or somebody on the network may try at a hub or centre."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from domain.enrolment import Device, DeviceRole, fold_device
from domain.events.event import body_of
from server.nodes import ServerNode
from server.syncing import entitled
from services.devices import device_of, list_devices, revoke_device
from services.sites import add_site
from sync.frames import decode
from sync.packing import Stored, pack
from sync.protocol import (
    ChainHead,
    ErrorAnswer,
    Hashes,
    Hello,
    HelloAnswer,
    PackedEvents,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    Stamped,
    Wait,
)
from sync.protocol_access import OldStation
from tests.server.hostile import Hostile
from tests.server.nodes import Pc, Served, serving


@pytest.fixture
def city(centre: ServerNode) -> Iterator[Served]:
    """A centre with two halls, ``hall`` and ``other``, served."""
    centre.call(add_site, "other", "另一大厅", "", "OT", as_actor=centre.operator)
    with serving(centre) as served:
        yield served


def enrolled(served: Served, site: str = "hall", role: str = "window", **told: Any) -> Hostile:
    one = Hostile(site=site)
    one.enrol(served, served.code(site, role), role=DeviceRole(role), **told)
    return one


def sent(served: Served, push: Push, token: str) -> tuple[int, list[str]]:
    """Status, and reasons: those of events that were not taken, or why nothing was."""
    answer = served.ask("/v1/push", push, token)
    if answer.status_code != 200:
        return answer.status_code, [decode(answer.content, ErrorAnswer).code]
    return 200, [one.reason for one in decode(answer.content, PushAnswer).exceptions]


def told(served: Served, one: Hostile, kind: str, payload: dict[str, Any], **changed: Any) -> list[str]:
    return sent(served, one.push([one.event(kind, payload, **changed)]), one.token)[1]


def scopes(served: Served, stream: str) -> set[str]:
    with served.node.store.read() as uow:
        return uow.ingest(0).log.scopes_of([stream]).get(stream, set())


def as_enrolled(pc: Pc, site: str, role: str, **changed: Any) -> dict[str, Any]:
    key = base64.b64encode(pc.public_key).decode()
    plain = {
        "device": pc.device,
        "site": site,
        "role": role,
        "name": "x",
        "public_key": key,
        "letters": ["QQ"],
    }
    return {**plain, "sites": [], **changed}


@pytest.mark.parametrize("kind", ["case_handed_over", "case_passed_up", "hub_moved", "device_enrolled"])
def test_who_names_a_case_of_another_site_sees_nothing_of_it(city: Served, kind: str) -> None:
    victim, thief = enrolled(city), enrolled(city, "other")
    case = victim.event("case_accepted", {"number": "HP-1"})
    assert sent(city, victim.push([case]), victim.token) == (200, [])
    told(city, thief, kind, {"to": "other", "site": "other"}, stream=case.id)
    assert scopes(city, case.id) == {"hall", "city"}
    page = city.answer("/v1/pull", Pull(scope="other", pos=0, bytes=1 << 20), PullAnswer, thief.token)
    assert b"HP-1" not in (page.events.payloads if page.events else b"")


def test_nor_who_names_it_before_it_comes(city: Served) -> None:
    """The case's id stands on its slip, and its window may have no line for days."""
    victim, thief = enrolled(city), enrolled(city, "other")
    case = victim.event("case_accepted", {"number": "HP-1"})
    told(city, thief, "x", {}, stream=case.id)
    assert scopes(city, case.id) == {"other", "city"}
    assert sent(city, victim.push([case]), victim.token) == (200, [])
    assert scopes(city, case.id) == {"hall", "city"}
    told(city, victim, "x", {"more": "HP-2"}, stream=case.id)
    page = city.answer("/v1/pull", Pull(scope="other", pos=0, bytes=1 << 20), PullAnswer, thief.token)
    assert b"HP-" not in (page.events.payloads if page.events else b"")


def test_who_was_given_the_case_sees_it_in_whatever_order_it_comes(city: Served) -> None:
    victim, sibling, other = enrolled(city), enrolled(city), enrolled(city, "other")
    case = victim.event("case_accepted", {"number": "HP-1"})
    told(city, other, "x", {}, stream=case.id)
    told(city, sibling, "case_handed_over", {"to": "other"}, stream=case.id)
    assert sent(city, victim.push([case]), victim.token) == (200, [])
    told(city, sibling, "case_handed_over", {"to": "other"}, stream=case.id)
    assert scopes(city, case.id) == {"hall", "other", "city"}
    page = city.answer("/v1/pull", Pull(scope="other", pos=0, bytes=1 << 20), PullAnswer, other.token)
    assert page.events is not None
    assert b"HP-1" in page.events.payloads


def test_no_log_but_that_of_the_own_site(city: Served) -> None:
    window, hub = enrolled(city), enrolled(city, role="hub")
    for one in (window, hub):
        for scope in ("city", "other", "", "\0", "hall/"):
            assert city.refused("/v1/pull", Pull(scope=scope, pos=0), one.token) == (
                403,
                "sync.not_your_scope",
            )


def test_no_chain_of_another_site(city: Served) -> None:
    victim, curious, sibling = enrolled(city, "other"), enrolled(city), enrolled(city, "other")
    sent(city, victim.push([victim.event("x"), victim.event("x")]), victim.token)
    none = {"device": victim.device, "inc": 1, "seq": 9, "head": bytes(32)}

    def heard(one: Hostile, **asked: Any) -> int:
        head = ChainHead(**{**none, **asked})
        return city.answer("/v1/hello", Hello(now=0, chains=(head,)), HelloAnswer, one.token).chains[0].seq

    assert (heard(curious), heard(sibling)) == (0, 2)
    assert heard(curious, seq=2, head=victim.head) == 2, "who has it is told so"
    asked = Hashes(device=victim.device, inc=1, seqs=(1, 2))
    assert city.refused("/v1/hashes", asked, curious.token) == (403, "sync.device_unknown")
    assert city.ask("/v1/hashes", asked, sibling.token).status_code == 200


def test_no_documents_or_files_of_another_site(city: Served) -> None:
    window = enrolled(city)
    for path in (
        "/v1/documents/staff@other/1",
        "/v1/documents/site@other/1",
        "/v1/documents/..%2f..%2fserver.json/1",
        "/v1/documents/%00/1",
        f"/v1/files/{'0' * 64}?stream=x",
        f"/v1/files/{'0' * 64}?stream=%00",
        "/v1/files/..%2f..%2fstore.db?stream=x",
    ):
        assert city.get(path, window.token).status_code == 404, path
    assert city.ask("/v1/queue/view", Wait(), window.token).status_code == 404


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"site": "city", "role": "centre"}, "above"),
        ({"site": "hall", "role": "centre"}, "a hub makes no centre"),
        ({"site": "other", "role": "window"}, "beside"),
        ({"site": "nowhere", "role": "window"}, "a site that may come to be"),
        ({"site": "hall", "role": "window", "sites": ["other"]}, "another's events would count as its"),
        ({"site": "hall", "role": "king"}, "no role"),
        ({"site": 7, "role": "window"}, "no site"),
    ],
)
def test_a_hub_enrols_at_its_own_hall_alone(city: Served, payload: dict[str, Any], why: str) -> None:
    hub, spy = enrolled(city, role="hub"), Pc()
    before = city.node.call(list_devices)
    event = {**as_enrolled(spy, "hall", "window"), **payload}
    assert told(city, hub, "device_enrolled", event) == ["not_entitled"], why
    assert city.node.call(list_devices) == before


def test_it_does_enrol_there(city: Served) -> None:
    hub, pc = enrolled(city, role="hub"), Pc()
    assert told(city, hub, "device_enrolled", as_enrolled(pc, "hall", "window")) == []
    pc.begin(city)
    assert city.answer("/v1/pull", Pull(scope="hall", pos=0), PullAnswer, pc.token).head > 0


def test_without_the_check_a_hub_lets_a_spy_in_above(city: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation."""
    monkeypatch.setattr(entitled, "is_in_reach", lambda *_: True)
    monkeypatch.setattr(entitled, "_RANK", dict.fromkeys(("window", "hub", "centre"), 0))
    hub, spy = enrolled(city, role="hub"), Pc()
    assert told(city, hub, "device_enrolled", as_enrolled(spy, "city", "centre")) == []
    spy.begin(city)
    assert city.answer("/v1/pull", Pull(scope="city", pos=0), PullAnswer, spy.token).head > 0


def test_a_hub_takes_no_device_of_another_hall(city: Served) -> None:
    hub, victim = enrolled(city, role="hub"), enrolled(city, "other")
    with city.node.store.read() as uow:
        stream = uow.devices.stream_of(victim.device)
    assert told(city, hub, "device_enrolled", as_enrolled(victim, "hall", "window")) == ["not_entitled"]
    out = {"device": victim.device, "site": "hall", "reason": "", "chains": []}
    assert told(city, hub, "device_revoked", out, stream=stream) == ["not_entitled"]
    out["device"] = city.node.device
    assert told(city, hub, "device_revoked", out) == ["not_entitled"]
    known: Device = city.node.call(device_of, victim.device)
    assert (known.site, known.is_revoked) == ("other", False)


def test_a_window_lets_nobody_in_or_out_and_erases_nothing(city: Served) -> None:
    window, victim = enrolled(city), enrolled(city)
    case = victim.event("case_accepted", {"number": "HP-1"})
    sent(city, victim.push([case]), victim.token)
    out = {"device": victim.device, "site": "hall", "reason": "", "chains": []}
    for kind, payload in (
        ("device_enrolled", as_enrolled(Pc(), "hall", "window")),
        ("device_revoked", out),
        ("person_erased", {"streams": [case.id], "events": [], "parts": [], "reason": "order"}),
    ):
        assert told(city, window, kind, payload) == ["not_entitled"]


@pytest.mark.parametrize("by", ["streams", "events", "parts"])
def test_a_station_that_joined_erases_nothing_of_others(city: Served, by: str) -> None:
    victim, joined = enrolled(city), enrolled(city, old=OldStation(site="alone"))
    case = victim.event("case_accepted", {"number": "HP-1"})
    sent(city, victim.push([case]), victim.token)
    nothing: dict[str, Any] = {"streams": [], "events": [], "parts": [], "reason": "order"}
    assert told(city, joined, "person_erased", {**nothing, by: [case.id]}, site="alone") == ["not_entitled"]


def test_a_centre_erases_only_what_its_site_sees(city: Served) -> None:
    victim, below = enrolled(city, "other"), enrolled(city, role="centre")
    case = victim.event("case_accepted", {"number": "OT-1"})
    sent(city, victim.push([case]), victim.token)
    own = below.event("case_accepted", {"number": "HP-1"})
    sent(city, below.push([own]), below.token)
    nothing: dict[str, Any] = {"streams": [], "events": [], "parts": [], "reason": "order"}
    assert told(city, below, "person_erased", {**nothing, "events": [case.id]}) == ["not_entitled"]
    assert told(city, below, "person_erased", {**nothing, "streams": [case.id]}) == ["not_entitled"]
    assert told(city, below, "person_erased", {**nothing, "streams": [own.id]}) == []


def test_what_is_forged_is_refused_and_kept(city: Served) -> None:
    one, other = enrolled(city), enrolled(city)
    assert told(city, one, "x", {}, site="other") == ["forged_site"]
    assert told(city, one, "x", {}, actor=f"device:{other.device}") == ["forged_actor"]
    event = one.event("x")
    assert sent(city, one.push([event]), one.token) == (200, [])
    again = replace(one.event("x"), id=event.id, stream=event.id)
    assert sent(city, one.push([again]), one.token) == (200, ["duplicate_id"])


def test_no_chain_without_its_device_s_signature(city: Served) -> None:
    one, thief = enrolled(city), enrolled(city)
    push = one.push([one.event("x")])
    by_thief = push.model_copy(update={"signature": thief.key.sign(b"x")})
    assert sent(city, by_thief, thief.token) == (400, ["sync.bad_signature"])
    changed = replace(one.event("x"), seq=1)
    other_body = push.model_copy(update={"events": pack([Stored(one.device, 1, 1, body_of(changed))])})
    assert sent(city, other_body, one.token) == (400, ["sync.bad_batch"])
    assert sent(city, push, thief.token) == (200, []), "anyone may carry what its device has signed"


def test_batches_that_contradict_themselves(city: Served) -> None:
    one = enrolled(city)
    push = one.push([one.event("x")])
    for events in (
        PackedEvents(count=2**53 - 1),
        push.events.model_copy(update={"payload_sizes": (-1,)}),
        push.events.model_copy(update={"private_sizes": (-7, 3)}),
        push.events.model_copy(update={"of_names": (0, 1, -1)}),
        push.events.model_copy(update={"times": (2**62, -1, 2**62)}),
        push.events.model_copy(update={"streams": (5,)}),
        push.events.model_copy(update={"raw": ((-1, b"", None, None),)}),
    ):
        assert sent(city, push.model_copy(update={"events": events}), one.token) == (400, ["sync.bad_batch"])


@pytest.mark.parametrize("version", [2**31, 2**40, 2**53 - 1])
def test_an_event_of_an_impossible_version_holds_nothing_up(city: Served, version: int) -> None:
    one = enrolled(city)
    body = body_of(replace(one.event("x"), kind_version=1)).replace(b'"v":1', b'"v":%d' % version)
    push = one.push([body])
    assert sent(city, push, one.token) == (200, ["malformed"])
    assert told(city, one, "x", {}) == []


def test_odd_names_are_kept_as_they_are(city: Served) -> None:
    one = enrolled(city)
    for kind, actor in (("x\0", "a\0b"), ("x" * 500, "\x1b[31m"), ("'; DROP TABLE event; --", "%s %(x)s {}")):
        assert told(city, one, kind, {"a\0": "'\0"}, actor=actor) == []
    city.answer("/v1/pull", Pull(scope="hall", pos=0), PullAnswer, one.token)
    assert city.ask("/v1/hello", Hello(now=0, program="\0\x1b[31m"), one.token).status_code == 200


def test_a_hub_does_not_say_when_others_were_seen(city: Served) -> None:
    victim, hub, own = enrolled(city, "other"), enrolled(city, role="hub"), enrolled(city)
    for one, expected in ((victim, False), (own, True)):
        push = one.push([one.event("x")])
        early = push.model_copy(update={"stamps": (Stamped(seq=1, stamp=5),)})
        answer = city.answer("/v1/push", early, PushAnswer, hub.token)
        assert (answer.stamps[0].stamp == 5) is expected


def test_a_revocation_holds_however_it_is_stamped(hub: ServerNode) -> None:
    with serving(hub) as served:
        one = enrolled(served)
        hub.call(revoke_device, one.device)
        with hub.store.read() as uow:
            events = uow.events.stream(uow.devices.stream_of(one.device))
    birth, out = events
    found = fold_device([replace(out, received_at=-(2**40)), birth])
    assert found is not None
    assert found.is_revoked


def test_what_a_revoked_device_had_sent_counts_what_comes_later_is_set_aside(city: Served) -> None:
    hub, stolen = enrolled(city, role="hub"), enrolled(city)
    before = stolen.event("case_accepted", {"number": "HP-1"})
    assert sent(city, stolen.push([before]), stolen.token) == (200, [])
    city.node.call(revoke_device, stolen.device, "被盗")
    after = stolen.push([stolen.event("case_accepted", {"number": "HP-2"})])
    assert sent(city, after, stolen.token) == (403, ["device.revoked"])
    assert sent(city, after, hub.token) == (200, ["device_revoked"])
    assert (scopes(city, before.id), scopes(city, stolen.ids[-1])) == ({"city", "hall"}, set())
