"""Another client, written from docs/protocol.md alone: httpx, cbor2, zstandard and cryptography, nothing of ``sync``.

What it needs and does not find there is a fault of that page.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cbor2
import httpx
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.server.nodes import Served

ROOT = Path(__file__).parents[2]
MEDIA_TYPE = "application/x-qifu-frame"
NOW = 1_794_967_200_000
DICTIONARY = zstandard.ZstdCompressionDict((ROOT / "resources/sync/events.zdict").read_bytes())


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def framed(message: dict[str, Any], form: int) -> bytes:
    plain = cbor2.dumps(message)
    dictionary = DICTIONARY if form == 2 else None
    return bytes((form,)) + (
        zstandard.ZstdCompressor(dict_data=dictionary).compress(plain) if form else plain
    )


def opened(frame: bytes) -> dict[str, Any]:
    form, rest = frame[0], frame[1:]
    if form:
        dictionary = DICTIONARY if form == 2 else None
        rest = zstandard.ZstdDecompressor(dict_data=dictionary).stream_reader(rest).read(32 << 20)
    found: dict[str, Any] = cbor2.loads(rest)
    return found


def base64url(data: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class RefusedError(Exception):
    status: int
    answer: dict[str, Any]


@dataclass
class Event:
    """An event with its private part: what a client keeps."""

    body: bytes
    private: bytes = b""
    salt: bytes = b""


@dataclass
class OtherClient:
    """A window with one chain."""

    url: str
    form: int = 0
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    device: str = "00112233445566aa"
    token: str = ""
    site: str = ""
    epoch: str = ""
    digest: bytes = b""
    pos: int = 0
    server_key: bytes = b""

    def post(self, route: str, message: dict[str, Any]) -> dict[str, Any]:
        headers = {"content-type": MEDIA_TYPE}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        answer = httpx.post(
            f"{self.url}/v1/{route}",
            content=framed(message, self.form),
            headers=headers,
            trust_env=False,
            timeout=60,
        )
        if answer.status_code != 200:
            raise RefusedError(answer.status_code, opened(answer.content))
        return opened(answer.content)

    def enrol(self, code: str) -> None:
        statement = cbor2.dumps(
            {
                "code": code,
                "public_key": self.key.public_key().public_bytes_raw(),
                "device": self.device,
                "name": "别家窗口",
                "role": "window",
                "host": "127.0.0.1",
                "now": NOW,
            },
            canonical=True,
        )
        signature = self.key.sign(b"qifu:enrol:1:" + statement)
        told = self.post("enrol", {"statement": statement, "signature": signature})
        self.site, self.epoch, self.server_key = told["site"], told["epoch"], told["public_key"]
        self.digest = sha256(b"qifu:scope:1:", self.site.encode())

    def begin(self) -> None:
        """A session by challenge."""
        told = self.post("challenge", {"device": self.device})
        signed = cbor2.dumps([self.device, told["nonce"], told["epoch"], "127.0.0.1"], canonical=True)
        begun = self.post(
            "session",
            {
                "device": self.device,
                "nonce": told["nonce"],
                "epoch": told["epoch"],
                "host": "127.0.0.1",
                "signature": self.key.sign(b"qifu:session:1:" + signed),
            },
        )
        self.token = begun["token"]

    @property
    def scope(self) -> dict[str, Any]:
        return {"scope": self.site, "pos": self.pos, "digest": self.digest}

    def hello(self, seq: int, head: bytes) -> dict[str, Any]:
        chain = {"device": self.device, "inc": 1, "seq": seq, "head": head}
        return self.post(
            "hello",
            {"versions": [1, 1], "now": NOW, "epoch": self.epoch, "chains": [chain], "scopes": [self.scope]},
        )

    def genesis(self) -> bytes:
        return sha256(b"qifu:1:", self.device.encode(), b":1")

    def event(self, text: str) -> Event:
        """The first event of the chain: the beginning of a record."""
        private, salt = canonical({"text": text}), bytes(range(8))
        body = {
            "actor": f"device:{self.device}",
            "device": self.device,
            "hlc": [NOW, 0],
            "id": str(uuid.UUID(bytes=NOW.to_bytes(6, "big") + bytes.fromhex("70008000000000000001"))),
            "inc": 1,
            "kind": "case_accepted",
            "payload": {"number": "HZ-1"},
            "private": base64url(sha256(salt, private)),
            "seq": 1,
            "site": self.site,
            "v": 1,
        }
        return Event(canonical(body), private, salt)

    def push(self, event: Event) -> dict[str, Any]:
        body = json.loads(event.body)
        payload = canonical(body["payload"])
        head = sha256(self.genesis(), event.body)
        signed = b"qifu:head:1:" + cbor2.dumps([self.device, 1, 0, 1, head], canonical=True)
        packed = {
            "count": 1,
            "ids": uuid.UUID(body["id"]).bytes[6:],
            "times": [NOW, 0, 0],
            "streams": [None],
            "names": [body["actor"], body["site"], f"{body['kind']}/{body['v']}"],
            "of_names": [0, 1, 2],
            "payloads": payload,
            "payload_sizes": [len(payload)],
            "privates": event.private,
            "private_sizes": [len(event.private)],
            "salts": event.salt,
        }
        push = {"device": self.device, "inc": 1, "seq": 0, "prev": self.genesis(), "head": head}
        return self.post("push", push | {"signature": self.key.sign(signed), "events": packed})

    def pull(self) -> list[Event]:
        """Everything that is new in the log of the site; the digest is checked."""
        found: list[Event] = []
        while True:
            told = self.post("pull", {"scope": self.site, "pos": self.pos, "bytes": 65_536})
            page = list(unpacked(told))
            assert told.get("known", []) == [], "it has told of no chain that it has"
            assert [self.pos + at for at in told.get("at", [])] == [*range(self.pos + 1, told["to"] + 1)]
            for event, stamp in zip(page, told.get("stamps", []), strict=True):
                self.digest = sha256(
                    self.digest, sha256(event.body), stamp.to_bytes(8, "big", signed=True), b"\x00"
                )
            assert self.digest == told["digest"]
            self.pos = told["to"]
            found += page
            if self.pos == told["head"]:
                return found

    def wait(self, seconds: int, documents: bytes) -> bool:
        told = self.post("wait", {"scopes": [self.scope], "documents": documents, "s": seconds})
        return bool(told["news"])

    def documents(self) -> bytes:
        """The digest of what the server has for us; every document is fetched and its signature looked at."""
        headers = {"authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60) as client:
            told = opened(client.get("/v1/documents").content)
            lines = []
            for one in told.get("documents", []):
                answer = client.get(f"/v1/documents/{one['kind']}/{one['version']}")
                body = zstandard.ZstdDecompressor().stream_reader(answer.content).read(32 << 20)
                assert sha256(body) == one["etag"]
                assert len(body) == one["size"]
                public = Ed25519PublicKey.from_public_bytes(self.server_key)
                public.verify(one["signature"], b"qifu:document:1:" + body)
                lines.append(f"{one['kind']} {one['version']} {one['etag'].hex()}")
        return sha256(b"qifu:documents:1:", "\n".join(sorted(lines)).encode())


def unpacked(answer: dict[str, Any]) -> Iterator[Event]:
    """The events of a ``PullAnswer``, each put together again byte for byte."""
    packed = answer.get("events") or {"count": 0}
    raw = {
        index: Event(body, private or b"", salt or b"")
        for index, body, salt, private in packed.get("raw", [])
    }
    ids, payloads, privates, salts = (
        Bytes(packed.get(n, b"")) for n in ("ids", "payloads", "privates", "salts")
    )
    clock, column, streams = 0, 0, []
    for index in range(packed["count"]):
        if index in raw:
            streams.append(json.loads(raw[index].body).get("stream") or json.loads(raw[index].body)["id"])
            yield raw[index]
            continue
        device, inc, _ = answer["chains"][answer["chain_of"][index]]
        step, counter, lag = packed["times"][3 * column : 3 * column + 3]
        clock += step
        own = str(uuid.UUID(bytes=(clock + lag).to_bytes(6, "big") + ids.take(10)))
        stream = packed["streams"][column]
        if isinstance(stream, int):
            stream = streams[index - stream]
        elif stream is not None:
            stream = str(uuid.UUID(bytes=stream))
        streams.append(stream or own)
        actor, site, kind = (packed["names"][n] for n in packed["of_names"][3 * column : 3 * column + 3])
        body: dict[str, Any] = {
            "actor": actor, "device": device, "hlc": [clock, counter], "id": own, "inc": inc,
            "kind": kind.rpartition("/")[0], "payload": json.loads(payloads.take(packed["payload_sizes"][column])),
            "seq": answer["seqs"][index], "site": site, "v": int(kind.rpartition("/")[2]),
        }  # fmt: skip
        if stream is not None:
            body["stream"] = stream
        private, salt, size = b"", b"", packed["private_sizes"][column]
        if size >= 0:
            private, salt = privates.take(size), salts.take(8)
            body["private"] = base64url(sha256(salt, private))
        column += 1
        yield Event(canonical(body), private, salt)


class Bytes:
    """Bytes that are taken piece by piece."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def take(self, size: int) -> bytes:
        piece, self._data = self._data[:size], self._data[size:]
        assert len(piece) == size
        return piece


@pytest.mark.parametrize("form", [0, 1, 2])
def test_a_client_written_from_the_page(doors: Served, form: int) -> None:
    client = OtherClient(doors.url, form)
    client.enrol(doors.code())
    client.begin()
    before = client.hello(0, client.genesis())
    assert before["version"] == 1
    (known,) = before["scopes"]
    assert (known["scope"], known.get("agreed", 0)) == (client.site, 0)
    told = client.pull()
    assert len(told) == known["pos"]

    event = client.event("要办执照")
    answer = client.push(event)
    assert (answer["seq"], answer.get("exceptions", [])) == (1, [])
    assert answer["head"] == sha256(client.genesis(), event.body)
    assert client.push(event)["seq"] == 1

    documents = client.documents()
    assert client.hello(1, answer["head"])["documents"] == documents
    assert client.wait(0, documents) is True
    assert client.pull() == [event]
    assert client.wait(1, documents) is False
    (state,) = client.hello(1, answer["head"])["chains"]
    assert (state["seq"], state["at"], state["head"]) == (1, 1, answer["head"])


def test_it_understands_refusals(doors: Served) -> None:
    client = OtherClient(doors.url)
    with pytest.raises(RefusedError) as caught:
        client.hello(0, client.genesis())
    assert (caught.value.status, caught.value.answer["code"]) == (401, "access.token")
    with pytest.raises(RefusedError) as caught:
        client.enrol("00000000000")
    assert (caught.value.status, caught.value.answer["code"]) == (403, "enrol.unknown")


def test_it_is_independent() -> None:
    text = Path(__file__).read_text("utf-8")
    own = set(re.findall(r"^from (sync|server|services|db|domain)\b", text, re.MULTILINE))
    assert own == set()
