"""Links that are none, requests that are none, limits, headers and the log."""

import base64
import json
import logging
import socket
from typing import Any

import httpx
import pytest

from domain.errors import AppError
from domain.ratings.references import link_message, link_text, read_link
from server.logs import JsonLines
from server.progress import asked, desk, words
from server.progress.desk import FLOOR_S, ProgressDesk
from services.device_keys import own_signer
from services.ratings import links
from services.slips import slip_qr
from tests.fixed import FixedClock
from tests.server.conftest import Served

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_every_change_of_a_character_makes_it_no_link(served: Served) -> None:
    token = served.token(served.accepted())
    for at, letter in enumerate(token):
        other = ALPHABET[(ALPHABET.index(letter) + 1) % 64]
        with pytest.raises(AppError, match=r"ratings\.link_invalid"):
            served.station.call(links.progress_by_link, token[:at] + other + token[at + 1 :])


def test_a_link_has_one_spelling(served: Served) -> None:
    token = served.token(served.accepted())
    same = [f"{token[:-1]}{one}" for one in ALPHABET if _raw(f"{token[:-1]}{one}") == _raw(token)]
    assert len(same) == 4
    for text in (*(one for one in same if one != token), f"{token}=", f" {token}", f"{token}\n"):
        with pytest.raises(AppError, match=r"ratings\.link_invalid"):
            read_link(text)


def _raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def _manipulated(served: Served) -> dict[str, str]:
    case, other = served.accepted(), served.accepted()
    token = served.token(case)
    raw = _raw(token)

    whole = served.station.call(lambda uow, *_: uow.case(case.id))

    def signed(message: bytes) -> bytes:
        return served.station.call(lambda uow, *_: own_signer(uow).sign(message))

    def spelled(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    kid = raw[17:25]
    stranger = "019a95a0-0000-7000-8000-000000000001"
    return {
        "cut": token[:-1],
        "longer": token + "A",
        "another version": spelled(b"\x02" + raw[1:]),
        "another case": link_text(other.id, kid, raw[25:]),
        "another key": link_text(case.id, b"\x00" * 8, raw[25:]),
        "no signature": link_text(case.id, kid, bytes(64)),
        "signed for another purpose": link_text(case.id, kid, signed(b"qifu:slip:1:" + raw[1:17])),
        "signed with nothing": link_text(case.id, kid, signed(b"")),
        "an unknown case": link_text(stranger, kid, signed(link_message(stranger))),
        "a slip": served.station.call(lambda uow, *_: slip_qr(uow, whole, 1)),
        "a case's id": case.id,
        "a number": case.number,
        "long": "A" * 4000,
        "Chinese": "办件",
        "markup": "%3Cscript%3E",
        "nul": "%00",
    }


def test_manipulated_links_get_one_answer_and_no_sooner_than_another(served: Served) -> None:
    expired = served.closed()
    clock = served.station.clock
    texts = [*_manipulated(served).values(), served.token(expired)]
    assert isinstance(clock, FixedClock)
    clock.move(days=91)
    answers = [served.get(f"{served.url}/p/{text}") for text in texts if "/" not in text]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert words.NOT_FOUND[1] in answers[0].text
    assert served.pauses == [FLOOR_S] * len(answers)


def test_the_link_ends_ninety_days_after_closing_and_not_before(served: Served, clock: FixedClock) -> None:
    open_, closed = served.link(served.accepted()), served.link(served.closed())
    clock.move(days=90, ms=-1)
    assert served.get(closed).status_code == 200
    clock.move(ms=1)
    assert served.get(closed).status_code == 404
    assert served.post(closed, form="x", level="5").status_code == 404
    assert served.get(open_).status_code == 200


@pytest.mark.parametrize("broken", ["signature", "end"])
def test_each_check_is_what_holds_it(served: Served, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    case = served.closed()
    token = served.token(case)
    if broken == "signature":
        monkeypatch.setattr("domain.codes.keys.PublicKey.verifies", lambda *_: True)
        token = link_text(case.id, _raw(token)[17:25], bytes(64))
    else:
        monkeypatch.setattr(links, "_ends_at", lambda *_: None)
        served.station.clock.move(days=400)  # type: ignore[attr-defined]
    assert served.get(f"{served.url}/p/{token}").status_code == 200


def test_guessing_is_stopped_and_let_go_again(served: Served) -> None:
    good = served.link(served.accepted())
    found = [served.get(f"{served.url}/p/guess{at}").status_code for at in range(31)]
    assert found == [404] * 30 + [429]
    refused = served.get(good)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
    served.seconds += 20
    assert served.get(good).status_code == 200


def test_an_address_is_what_the_proxy_says(served: Served) -> None:
    good = served.link(served.accepted())
    for at in range(31):
        served.get(f"{served.url}/p/guess{at}", headers={"x-forwarded-for": "203.0.113.7"})
    assert served.get(good, headers={"x-forwarded-for": "203.0.113.7"}).status_code == 429
    assert served.get(good, headers={"x-forwarded-for": "203.0.113.8"}).status_code == 200


def test_a_link_is_rated_so_often_and_no_more_whoever_asks(served: Served) -> None:
    link = served.link(served.closed())
    found = [
        served.client.post(
            link, data={"form": "x", "level": "5"}, headers={"x-forwarded-for": f"203.0.113.{at}"}
        ).status_code
        for at in range(11)
    ]
    assert found == [409] * 10 + [429]


def test_a_link_is_looked_at_so_often(served: Served) -> None:
    link = served.link(served.accepted())
    found = [served.get(link, headers={"x-forwarded-for": f"203.0.113.{at}"}).status_code for at in range(61)]
    assert found == [200] * 60 + [429]


def test_without_the_limits_nothing_stops_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_check", lambda wait: None)
    assert {served.get(f"{served.url}/p/guess{at}").status_code for at in range(40)} == {404}


def test_every_answer_has_its_headers_and_no_cookie(served: Served) -> None:
    link = served.link(served.closed())
    answers = [
        served.get(link),
        served.post(link, form=served.stamp(link), level="5"),
        served.post(link, form="x"),
        served.get(f"{served.url}/p/x"),
        served.get(f"{served.url}/favicon.ico"),
        served.client.options(link),
    ]
    for one in answers:
        assert one.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in one.headers["content-security-policy"]
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["x-frame-options"] == "DENY"
        assert one.headers["x-content-type-options"] == "nosniff"
        assert not {"set-cookie", "server"} & set(one.headers)
        assert "<script" not in one.text


def test_head_and_other_methods(served: Served) -> None:
    link = served.link(served.closed())
    head = served.client.head(link)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(served.get(link).content)
    for method in ("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"):
        refused = served.client.request(method, link)
        assert refused.status_code == 405
        assert words.NOT_SO[0] in refused.text
    assert served.ratings() == ()


@pytest.mark.parametrize("path", ["/", "/p", "/p/", "/docs", "/openapi.json", "/p/a/b", "/p/..%2f..%2fx"])
def test_other_addresses_are_no_page(served: Served, path: str) -> None:
    answer = served.get(served.url + path)
    assert answer.status_code == 404
    assert words.NO_PAGE[0] in answer.text or words.NOT_FOUND[0] in answer.text


def test_large_bodies_are_refused_unread(served: Served) -> None:
    link = served.link(served.closed())
    large = b"text=" + b"A" * (4 << 20)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert _sent(served, link, large, headers) == 413
    pieces = (b"text=" + b"A" * 1000 if not at else b"A" * 1000 for at in range(4000))
    assert _sent(served, link, pieces, headers) == 413
    assert served.client.request("GET", link, content=b"A" * (1 << 20)).status_code == 200
    assert served.ratings() == ()


def _sent(served: Served, link: str, content: Any, headers: dict[str, str]) -> int:
    """The status; 413 also where the server has hung up on what it would not read."""
    try:
        return served.client.post(link, content=content, headers=headers).status_code
    except (httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
        return 413


def test_the_bound_is_what_refuses_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "MAX_BODY", 8 << 20)
    link = served.link(served.closed())
    answer = served.post(link, form=served.stamp(link), level="5", text="A" * (1 << 20))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"level=5&form=x", "text/plain"),
        (b'{"level": 5}', "application/json"),
        (b"level=5&form=x", "multipart/form-data; boundary=x"),
        (b"level=5&level=4&form=x", ""),
        (b"level=5&form=x&more=1", ""),
        (b"level=%ff%fe&form=x", ""),
        (b"\xff\xfe", ""),
        (b"level", ""),
        (b"&".join([b"a=1"] * 50), ""),
        (b"form=" + b"x" * 65 + b"&level=5", ""),
    ],
)
def test_what_is_no_form_is_told_so(served: Served, body: bytes, kind: str) -> None:
    link = served.link(served.closed())
    headers = {"content-type": kind or "application/x-www-form-urlencoded; charset=utf-8"}
    answer = served.client.post(link, content=body, headers=headers)
    assert answer.status_code == 400
    assert words.NOT_A_FORM[1] in answer.text
    assert served.ratings() == ()


def test_what_is_no_http_is_answered_and_the_next_one_served(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    port = int(served.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(b"\x16\x03\x01 not http\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    assert served.get(served.link(served.accepted())).status_code == 200


def test_the_log_names_no_link_address_or_word(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    case = served.closed()
    link = served.link(case)
    served.post(link, form=served.stamp(link), level="1", text="秘密的话")
    served.get(f"{served.url}/p/guess", headers={"x-forwarded-for": "203.0.113.7"})
    served.stop()
    ours = [one for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
    lines = [json.loads(JsonLines().format(one)) for one in ours]
    answered = [(one["method"], one["status"]) for one in lines if one["event"] == "answered"]
    assert answered == [("GET", 200), ("POST", 303), ("GET", 404)]
    token = link.rpartition("/")[2]
    for line in map(str, lines):
        for text in (token, case.number, case.id, "guess", "秘密的话", "203.0.113.7"):
            assert text not in line


def test_a_bug_is_a_page_and_a_line_without_its_words(
    served: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("王晓岚")

    monkeypatch.setattr(ProgressDesk, "page", broken)
    answer = served.get(f"{served.url}/p/x")
    served.stop()
    assert answer.status_code == 500
    assert words.BROKEN[1] in answer.text
    assert "content-security-policy" in answer.headers
    lines = [JsonLines().format(one) for one in caplog.records if one.name.startswith("qifu")]
    assert any('"error": "RuntimeError"' in line and "server/progress/routes.py:" in line for line in lines)
    assert not [line for line in lines if "王晓岚" in line]


def test_a_busy_store_is_said_and_not_a_bug(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: Any) -> None:
        raise AppError("storage.locked")

    monkeypatch.setattr(ProgressDesk, "page", busy)
    answer = served.get(f"{served.url}/p/x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
