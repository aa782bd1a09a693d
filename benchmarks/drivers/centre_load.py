"""Many devices at one server, each with a connection of its own: pushes, and a hello after every few of them.

``centre_load``: on the first line of its input it is told what to do (JSON); it says ``ready`` once all that will be
sent is written and compressed, begins at the next line, and tells times in milliseconds at the end.
"""

import asyncio
import json
import sys
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.simulated import SimulatedDevice
from sync.frames import MEDIA_TYPE, encode
from sync.protocol import ChainHead, Hello, ScopeHead

LEVEL = 9
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Load:
    """What is to be done. ``per_s`` is how many events are offered in a second by all together, 0: as many as go."""

    port: int
    batch: int
    pushes: int
    hello_every: int
    per_s: float
    push_ms: list[float] = field(default_factory=list)
    hello_ms: list[float] = field(default_factory=list)
    ended_s: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Window:
    """One device's requests, ready to be sent."""

    pushes: list[bytes]
    hello: bytes


def main() -> None:
    """Read the orders, prepare, wait for the word, press, tell."""
    orders = json.loads(sys.stdin.readline())
    load = Load(**orders["load"])
    devices = [_device(one) for one in orders["devices"]]
    windows = [_window(one, load, told) for one, told in zip(devices, orders["devices"], strict=True)]
    print("ready", flush=True)
    sys.stdin.readline()
    seconds = asyncio.run(_press(load, windows))
    chains = [(one.seq, b64encode(one.head).decode(), one.hlc_ms) for one in devices]
    times = {"push_ms": load.push_ms, "hello_ms": load.hello_ms, "ended_s": load.ended_s}
    print(json.dumps({"seconds": seconds, "chains": chains, **times}), flush=True)


def _device(told: dict[str, Any]) -> SimulatedDevice:
    seed, head = b64decode(told["seed"]), b64decode(told["head"])
    return SimulatedDevice(told["site"], told["hlc_ms"], told["device"], seed, told["seq"], head)


def _window(device: SimulatedDevice, load: Load, told: dict[str, Any]) -> Window:
    pushes = [
        _request(load.port, "/v1/push", told["token"], encode(device.push(load.batch), level=LEVEL))
        for _ in range(load.pushes)
    ]
    hello = Hello(
        now=device.hlc_ms,
        chains=(ChainHead(device=device.device, inc=1, seq=device.seq, head=device.head),),
        scopes=(ScopeHead(scope=device.site, pos=told["pos"], digest=b64decode(told["digest"])),),
        program="bench",
    )
    return Window(pushes, _request(load.port, "/v1/hello", told["token"], encode(hello)))


def _request(port: int, path: str, token: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _press(load: Load, windows: list[Window]) -> float:
    lines = [await asyncio.open_connection("127.0.0.1", load.port) for _ in windows]
    began = time.perf_counter()
    # With a rate a push has its moment, and is late from then on, whether or not it could be sent.
    period = len(windows) * load.batch / load.per_s if load.per_s else 0.0
    places = [began + period * at / len(windows) for at in range(len(windows))]
    await asyncio.gather(*map(partial(_work, load, began, period), windows, places, lines))
    return time.perf_counter() - began


async def _work(load: Load, began: float, period: float, window: Window, first: float, line: Line) -> None:
    for turn, push in enumerate(window.pushes):
        due = first + period * turn if period else time.perf_counter()
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await _asked(line, push)
        load.push_ms.append((time.perf_counter() - due) * 1000)
        load.ended_s.append(time.perf_counter() - began)
        if turn % load.hello_every == load.hello_every - 1:
            asked = time.perf_counter()
            await _asked(line, window.hello)
            load.hello_ms.append((time.perf_counter() - asked) * 1000)
    line[1].close()


async def _asked(line: Line, request: bytes) -> None:
    reader, writer = line
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = head.split(" ", 2)[1]
    length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
    body = await reader.readexactly(int(length.partition(":")[2]))
    if status != "200":
        raise RuntimeError(f"{status} {body[:200]!r}")


if __name__ == "__main__":
    main()
