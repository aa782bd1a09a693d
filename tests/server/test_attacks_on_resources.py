"""What somebody on the network may try to wear a server down, and what its logs say of it."""

import asyncio
import gc
import json
import logging
import socket
from contextlib import suppress

import pytest
import zstandard

from server import frames_http, patience
from server.limits import Together
from server.logs import JsonLines
from server.nodes import ServerNode
from sync.frames import MEDIA_TYPE, decode
from sync.protocol import ErrorAnswer, Wait
from tests.patience import PATIENCE_S
from tests.server.nodes import Pc, Served, serving


def test_so_many_at_once() -> None:
    together = Together(2)
    with (
        together.one("a") as first,
        together.one("a") as second,
        together.one("a") as third,
        together.one("b") as b,
    ):
        assert (first, second, third, b) == (True, True, False, True)
    with together.one("a") as again:
        assert again


def test_one_device_has_so_many_long_polls(hub: ServerNode) -> None:
    with serving(hub) as served:
        one, other = Pc(), Pc()
        one.enrol(served)
        other.enrol(served)
        assert served.context is not None
        served.context.waits = Together(0)
        assert served.refused("/v1/wait", Wait(s=0), one.token) == (429, "http.429")
        served.context.waits = Together(1)
        assert served.ask("/v1/wait", Wait(s=0), one.token).status_code == 200


def _spoken(served: Served, data: bytes) -> bytes:
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as line:
        line.sendall(data)
        found = b""
        with suppress(ConnectionResetError):
            while piece := line.recv(4096):
                found += piece
        return found


def test_a_head_that_does_not_come_is_given_up(doors: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.1)
    assert _spoken(doors, b"POST /v1/challenge HTTP/1.1\r\nhost: x\r\nx-") == b""
    assert _spoken(doors, b"") == b""


def test_a_body_that_does_not_come_is_given_up(doors: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_http, "STALL_S", 0.1)
    head = f"POST /v1/challenge HTTP/1.1\r\nhost: x\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: 900\r\n\r\nx"
    assert b" 408 " in _spoken(doors, head.encode())


def test_an_address_has_so_many_connections(doors: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_counted", lambda host: host)
    monkeypatch.setattr(patience, "MAX_OF_ADDRESS", 0)
    assert _spoken(doors, b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n") == b""


@pytest.mark.parametrize("plain", [b"\xc4\x82\x1a\x05\xf5\xe1\x00\x03", b"\xc5\x82\x1a\x05\xf5\xe1\x00\x03"])
def test_a_number_of_a_hundred_million_digits_is_none(doors: Served, plain: bytes) -> None:
    """Twenty bytes that would keep a process busy for good; nobody need be enrolled to send them."""
    now = b"\xa1\x63now" + plain
    answer = doors.client.post(
        doors.url + "/v1/challenge", content=b"\0" + now, headers={"content-type": MEDIA_TYPE}
    )
    assert (answer.status_code, decode(answer.content, ErrorAnswer).code) == (400, "frame.malformed")


def test_a_bomb_costs_its_sender_more(doors: Served) -> None:
    one = Pc()
    one.enrol(doors)
    many = b"\xa1\x61x\x9a\x01\xe0\x00\x00" + b"\xa0" * (30 << 20)
    frame = b"\1" + zstandard.ZstdCompressor().compress(many)
    headers = {"content-type": MEDIA_TYPE, "authorization": f"Bearer {one.token}"}
    for path in ("/v1/push", "/v1/hello"):
        answer = doors.client.post(doors.url + path, content=frame, headers=headers)
        assert (answer.status_code, decode(answer.content, ErrorAnswer).code) == (400, "frame.malformed")


def test_logs_name_no_code_no_token_no_address_nobody(
    doors: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    one, code = Pc(), doors.code()
    one.enrol(doors, code, name="王晓岚的电脑")
    doors.refused("/v1/enrol", Pc().enrolment(code))
    doors.get("/v1/documents/13812345678/1?from=x", one.token + "x")
    doors.get(f"/v1/files/{'a' * 64}?stream=王晓岚", one.token)
    assert caplog.records
    form = JsonLines()
    lines = "\n".join(form.format(one) for one in caplog.records if not one.name.startswith("http"))
    for word in (code, code[:5], one.token, one.device, "王晓岚", "13812345678", "127.0.0.1", "a" * 64):
        assert word not in lines, word
    assert all(json.loads(line) for line in lines.splitlines())


async def _failing() -> None:
    raise ValueError("13812345678")


def test_an_error_that_nobody_waited_for_tells_only_its_kind(caplog: pytest.LogCaptureFixture) -> None:
    async def forget() -> None:
        task = asyncio.create_task(_failing())
        await asyncio.wait([task])
        del task
        gc.collect()

    asyncio.run(forget())
    record = next(one for one in caplog.records if one.name == "asyncio")
    assert "13812345678" in record.getMessage()
    assert "13812345678" not in JsonLines().format(record)
    caplog.clear()
