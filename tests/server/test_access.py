"""The doors of a hub or centre: who is let in, who is not, and what a stranger learns."""

import base64
from collections.abc import Iterator
from pathlib import Path

import cbor2
import pytest

from domain.enrolment import DeviceRole
from server.auth import routes, tokens
from server.context import NodeSettings
from server.limits import Rate
from server.nodes import NodeFile, ServerNode
from services.devices import list_devices, revoke_device
from services.sites import add_site
from sync.frames import MEDIA_TYPE, decode
from sync.protocol import ErrorAnswer, Hello
from sync.protocol_access import (
    Challenge,
    ChallengeAnswer,
    EnrolAnswer,
    OldStation,
    SessionAnswer,
    session_bytes,
)
from tests.fixed import FixedClock
from tests.server.nodes import Pc, Served, serving


@pytest.fixture
def window(doors: Served) -> Pc:
    """A device that has been enrolled."""
    pc = Pc()
    pc.enrol(doors)
    return pc


def may(served: Served, token: str) -> str:
    """ "" where ``token`` is let in, else why not."""
    answer = served.get("/v1/documents", token)
    return "" if answer.status_code == 200 else decode(answer.content, ErrorAnswer).code


def test_a_code_makes_a_device(doors: Served, clock: FixedClock) -> None:
    pc = Pc()
    told = pc.enrol(doors)
    assert (told.site, told.role, told.server) == ("hall", DeviceRole.WINDOW, doors.node.device)
    assert (told.public_key, told.epoch) == (doors.node.public_key, doors.node.epoch)
    assert (len(set(told.letters)), told.token_until) == (4, clock.at_ms + 15 * 60_000)
    assert b"\xe6\xb2\xb3\xe7\x95\x94" in told.documents[0].body
    assert may(doors, told.token) == ""
    known = {one.device.device: one.device for one in doors.node.call(list_devices)}
    assert (known[pc.device].public_key, known[pc.device].name) == (pc.public_key, "3号窗口")


def test_the_same_code_and_key_get_the_same_answer(doors: Served, clock: FixedClock) -> None:
    pc, code = Pc(), doors.code()
    first = pc.enrol(doors, code)
    clock.move(hours=1)
    again = pc.enrol(doors, code)
    assert (again.letters, again.site, again.epoch) == (first.letters, first.site, first.epoch)
    assert len(doors.node.call(list_devices)) == 2
    # A statement that somebody recorded lets nobody in: a token is given once, then for a signed challenge alone.
    assert again.token == ""
    assert may(doors, pc.begin(doors).token) == ""


def test_no_two_devices_share_letters(doors: Served) -> None:
    letters = [pair for _ in range(5) for pair in Pc().enrol(doors).letters]
    own = {pair for one in doors.node.call(list_devices) for pair in one.device.letters}
    assert len(letters) == len(set(letters)) == 20
    assert own >= set(letters)


@pytest.mark.parametrize(
    ("case", "refused"),
    [
        ("unknown", (403, "enrol.unknown")),
        ("used", (403, "enrol.used")),
        ("expired", (403, "enrol.expired")),
        ("role", (403, "enrol.wrong_role")),
        ("key", (401, "access.signature")),
        ("host", (401, "access.signature")),
        ("device", (403, "enrol.device_taken")),
        ("newer", (426, "version.too_new")),
        ("site", (403, "enrol.wrong_site")),
    ],
)
def test_who_is_not_enrolled(
    doors: Served, window: Pc, clock: FixedClock, case: str, refused: tuple[int, str]
) -> None:
    pc, code = Pc(), doors.code()
    asked = pc.enrolment(code)
    if case == "unknown":
        asked = pc.enrolment("0" * 11)
    elif case == "used":
        Pc().enrol(doors, code)
    elif case == "expired":
        clock.move(hours=0.26)
    elif case == "role":
        asked = pc.enrolment(code, role=DeviceRole.HUB)
    elif case == "key":
        asked = asked.model_copy(update={"signature": Pc().key.sign(b"x")})
    elif case == "host":
        asked = pc.enrolment(code, host="elsewhere.example")
    elif case == "device":
        asked = pc.enrolment(code, device=window.device)
    elif case == "newer":
        asked = pc.enrolment(code, versions=(7, 9))
    elif case == "site":
        doors.node.call(add_site, "other", "另一大厅", as_actor=doors.node.operator)
        asked = pc.enrolment(code, old=OldStation(site="other"))
    before = len(doors.node.call(list_devices))
    assert doors.refused("/v1/enrol", asked) == refused
    assert len(doors.node.call(list_devices)) == before


def test_a_revoked_device_does_not_enrol_again(doors: Served, window: Pc) -> None:
    doors.node.call(revoke_device, window.device)
    assert doors.refused("/v1/enrol", window.enrolment(doors.code())) == (403, "enrol.device_taken")


def test_codes_cannot_be_guessed_for_long(doors: Served) -> None:
    guesses = [doors.refused("/v1/enrol", Pc().enrolment(f"{n:011}")) for n in range(11)]
    assert guesses[:10] == [(403, "enrol.unknown")] * 10
    assert guesses[10] == (429, "http.429")
    doors.seconds.now += 61
    assert doors.refused("/v1/enrol", Pc().enrolment("1" * 11))[0] == 403


def test_without_the_limit_they_can(hub: ServerNode) -> None:
    """The mutation."""
    with serving(hub, NodeSettings(enrolments=Rate(1000, 1))) as served:
        assert {served.refused("/v1/enrol", Pc().enrolment(f"{n:011}"))[0] for n in range(12)} == {403}


def test_a_signed_challenge_gives_a_token(doors: Served, window: Pc, clock: FixedClock) -> None:
    clock.move(hours=1)
    assert may(doors, window.token) == "access.token"
    told = window.begin(doors)
    assert told.token_until == clock.at_ms + 15 * 60_000
    assert may(doors, window.token) == ""


def test_a_challenge_is_answered_once(doors: Served, window: Pc) -> None:
    request = window.request(doors)
    doors.answer("/v1/session", request, SessionAnswer)
    assert doors.refused("/v1/session", request) == (401, "access.nonce")


def test_without_the_mark_it_is_answered_twice(
    doors: Served, window: Pc, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation."""
    monkeypatch.setattr(routes, "_first_use", lambda *_: True)
    request = window.request(doors)
    for _ in range(2):
        doors.answer("/v1/session", request, SessionAnswer)


def test_what_a_session_is_refused_for(doors: Served, window: Pc, clock: FixedClock) -> None:
    assert doors.refused("/v1/session", window.request(doors, signature=bytes(64))) == (
        401,
        "access.signature",
    )
    assert doors.refused("/v1/session", window.request(doors, epoch="e")) == (401, "access.nonce")
    assert doors.refused("/v1/session", window.request(doors, nonce=bytes(40))) == (401, "access.nonce")
    # What was signed for another host came to a look-alike, which passes it on.
    told = doors.answer("/v1/challenge", Challenge(device=window.device), ChallengeAnswer)
    signed = window.key.sign(session_bytes(window.device, told.nonce, told.epoch, "look-alike.example"))
    passed_on = window.request(doors, nonce=told.nonce, host="look-alike.example", signature=signed)
    assert doors.refused("/v1/session", passed_on) == (401, "access.signature")
    stale = window.request(doors)
    clock.move(hours=1)
    assert doors.refused("/v1/session", stale) == (401, "access.nonce")


def test_a_challenge_is_for_one_device(doors: Served, window: Pc) -> None:
    other = Pc()
    other.enrol(doors)
    told = doors.answer("/v1/challenge", Challenge(device=window.device), ChallengeAnswer)
    signed = other.key.sign(session_bytes(other.device, told.nonce, told.epoch, "127.0.0.1"))
    request = other.request(doors, nonce=told.nonce, signature=signed)
    assert doors.refused("/v1/session", request) == (401, "access.nonce")


def test_a_stranger_gets_a_challenge_and_no_session(doors: Served) -> None:
    assert doors.refused("/v1/session", Pc().request(doors)) == (403, "device.unknown")


def test_only_a_node_of_these_names_is_dialled(hub: ServerNode) -> None:
    with serving(hub, NodeSettings(hosts=frozenset({"hub.example"}))) as served:
        look_alike = Pc().enrolment(served.code(), host="look-alike.example")
        assert served.refused("/v1/enrol", look_alike) == (401, "access.signature")
        for name in ("HUB.example", "localhost", "127.0.0.1"):
            Pc().enrol(served, host=name)


def test_what_a_request_calls_the_server_is_no_name_of_it(doors: Served) -> None:
    doors.client.headers["host"] = "look-alike.example"
    passed_on = Pc().enrolment(doors.code(), host="look-alike.example")
    assert doors.refused("/v1/enrol", passed_on) == (401, "access.signature")
    NodeFile.read(doors.node.home).reached_by(doors.node.home, ["Look-alike.Example"])
    Pc().enrol(doors, host="look-alike.example")


def test_by_the_host_that_is_asked_for_a_look_alike_would_get_in(
    doors: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "_is_own", lambda _, request, host: request.url.hostname == host)
    doors.client.headers["host"] = "look-alike.example"
    Pc().enrol(doors, host="look-alike.example")


def test_names_are_kept_with_the_node(tmp_path: Path) -> None:
    NodeFile("hub", "hall").write(tmp_path)
    NodeFile.read(tmp_path).reached_by(tmp_path, ["A.example"]).reached_by(
        tmp_path, ["b.example", "a.example"]
    )
    assert NodeFile.read(tmp_path) == NodeFile("hub", "hall", "", ("a.example", "b.example"))
    (tmp_path / "server.json").write_text('{"role": "hub", "site": "hall", "database": ""}', "utf-8")
    assert NodeFile.read(tmp_path).names == ()


def test_a_revoked_device_is_out_with_its_next_request(doors: Served, window: Pc) -> None:
    assert may(doors, window.token) == ""
    doors.node.call(revoke_device, window.device, "电脑报废")
    assert may(doors, window.token) == "device.revoked"
    assert doors.refused("/v1/hello", Hello(now=0), window.token) == (403, "device.revoked")
    assert doors.refused("/v1/session", window.request(doors)) == (403, "device.revoked")


def _forged(doors: Served, device: str, until: int, key: bytes) -> str:
    body = cbor2.dumps([device, until])
    return base64.urlsafe_b64encode(body + tokens._mac(key, b"token", body)).rstrip(b"=").decode()


def test_forged_tokens(doors: Served, window: Pc, clock: FixedClock) -> None:
    until = clock.at_ms + 60_000
    good = _forged(doors, window.device, until, doors.node.token_key)
    assert may(doors, good) == ""
    flipped = [good[:i] + ("A" if good[i] != "A" else "B") + good[i + 1 :] for i in range(0, len(good), 7)]
    for bad in (
        "x",
        "=" * 80,
        good[:-1],
        good + "A",
        "é" * 10,
        "A" * 600,
        _forged(doors, window.device, until, bytes(32)),
        _forged(doors, window.device, clock.at_ms, doors.node.token_key),
        *flipped,
    ):
        header = {"authorization": b"Bearer " + bad.encode()}
        answer = doors.client.get(doors.url + "/v1/documents", headers=header)
        assert (answer.status_code, decode(answer.content, ErrorAnswer).code) == (401, "access.token"), bad


def test_a_device_that_asks_without_end_is_slowed_down(hub: ServerNode) -> None:
    with serving(hub, NodeSettings(of_device=Rate(3, 60))) as served:
        pc, other = Pc(), Pc()
        pc.enrol(served)
        other.enrol(served)
        assert [may(served, pc.token) for _ in range(4)] == ["", "", "", "http.429"]
        assert may(served, other.token) == ""


@pytest.mark.parametrize(
    ("body", "headers", "refused"),
    [
        (b"", {}, (415, "frame.media_type")),
        (b"", {"content-type": MEDIA_TYPE}, (400, "frame.malformed")),
        (b"\x00\xff", {"content-type": MEDIA_TYPE}, (400, "frame.malformed")),
        (b"\x00\xa0", {"content-type": MEDIA_TYPE}, (400, "frame.malformed")),
        (b"\x07\xa0", {"content-type": MEDIA_TYPE}, (400, "frame.malformed")),
        (b"x" * 90_000, {"content-type": MEDIA_TYPE}, (413, "frame.too_large")),
    ],
)
def test_bodies_that_are_no_frames(
    doors: Served, body: bytes, headers: dict[str, str], refused: object
) -> None:
    for path in ("/v1/enrol", "/v1/challenge", "/v1/session"):
        answer = doors.client.post(doors.url + path, content=body, headers=headers)
        assert (answer.status_code, decode(answer.content, ErrorAnswer).code) == refused


def test_a_body_of_no_declared_length_is_bounded_too(doors: Served) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield bytes(8192)

    answer = doors.client.post(
        doors.url + "/v1/challenge", content=pieces(), headers={"content-type": MEDIA_TYPE}
    )
    assert answer.status_code == 413


def test_what_is_not_there_is_told_in_a_frame(doors: Served) -> None:
    for method, path in (("GET", "/nothing"), ("GET", "/v1/enrol"), ("PUT", "/health"), ("GET", "/docs")):
        answer = doors.client.request(method, doors.url + path)
        assert answer.status_code in (404, 405)
        assert decode(answer.content, ErrorAnswer).code.startswith("http.4")


def test_a_centre_enrols_devices_of_its_sites(centre: ServerNode) -> None:
    with serving(centre) as served:
        pc = Pc()
        told: EnrolAnswer = pc.enrol(served, served.code("hall"))
        assert (told.site, told.server_site) == ("hall", "city")
        assert b"HP" in told.documents[0].body
        assert may(served, pc.token) == ""
        assert may(served, pc.begin(served).token) == ""
        centre.call(revoke_device, pc.device)
        assert may(served, pc.token) == "device.revoked"
