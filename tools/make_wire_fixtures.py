"""Records one frame of every message of sync, version 1: ``python tools/make_wire_fixtures.py``.

A frame that is there is never touched: what a shipped version sends can be read for ever (``tests/sync/test_wire.py``).
Beside each lies what it means (JSON, bytes as hex).
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from pydantic import BaseModel  # noqa: E402

from domain.enrolment import DeviceRole  # noqa: E402
from domain.events.clock import pack as pack_hlc  # noqa: E402
from domain.events.event import Event, body_of, genesis, next_hash, private_hash  # noqa: E402
from sync import protocol as p  # noqa: E402
from sync import protocol_access as a  # noqa: E402
from sync.frames import encode  # noqa: E402
from sync.packing import Stored, pack  # noqa: E402
from sync.signing import head_message  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "wire"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DEVICE, SITE, NOW = "00112233445566aa", "hz", 1_794_967_200_000
DIGEST = bytes(range(32))
STREAM = "01a1ec61-e100-7000-8000-000000000001"
SALT, PRIVATE = bytes(range(8)), b'{"text":"\xe8\xa6\x81\xe5\x8a\x9e\xe6\x89\xa7\xe7\x85\xa7"}'


def events() -> list[Stored]:
    """One event with a private part that begins a stream, and one that goes on with it."""
    common = {
        "kind_version": 1,
        "device": DEVICE,
        "incarnation": 1,
        "actor": f"device:{DEVICE}",
        "site": SITE,
    }
    first = Event(
        id=STREAM, stream=STREAM, kind="case_accepted", seq=1, hlc=pack_hlc(NOW, 0), payload={"number": "HZ-1"},
        private_hash=private_hash(SALT, PRIVATE), **common,
    )  # fmt: skip
    second = Event(
        id="01a1ec61-e100-7000-8000-000000000002", stream=STREAM, kind="case_flagged", seq=2,
        hlc=pack_hlc(NOW + 5, 0), payload={"in_pool": True}, **common,
    )  # fmt: skip
    return [
        Stored(DEVICE, 1, 1, body_of(first), SALT, PRIVATE),
        Stored(DEVICE, 1, 2, body_of(second)),
    ]


def _heads() -> list[bytes]:
    heads = [genesis(DEVICE, 1)]
    for one in events():
        heads.append(next_hash(heads[-1], one.body))
    return heads


def _signed(seq: int) -> bytes:
    return KEY.sign(head_message((DEVICE, 1, 0), seq, _heads()[seq]))


def messages() -> dict[str, BaseModel]:
    """Name → message."""
    return {**_of_events(), **_of_access()}


def _of_events() -> dict[str, BaseModel]:
    """Those of ``sync/protocol.py``."""
    heads, chain = _heads(), {"device": DEVICE, "inc": 1}
    scope = p.ScopeHead(scope=SITE, pos=7, digest=DIGEST)
    return {
        "hello": p.Hello(
            now=NOW, epoch="e1", chains=(p.ChainHead(**chain, seq=2, head=heads[2]),), scopes=(scope,),
            marks=(p.ScopeHead(scope=SITE, pos=3, digest=DIGEST),), documents=b"d" * 32, program="qifu-desk",
            waiting=2, term=1,
        ),
        "hello_answer": p.HelloAnswer(
            version=1, epoch="e1", now=NOW, site=SITE,
            chains=(p.ChainState(**chain, seq=1, at=1, head=heads[1]),),
            scopes=(p.ScopeState(scope=SITE, pos=9, agreed=7, agreed_digest=DIGEST),),
            documents=b"d" * 32, token="t", token_until=NOW + 900_000, term=1, hub="https://hub",
        ),
        "push": p.Push(
            **chain, seq=0, prev=heads[0], head=heads[2], signature=_signed(2), events=pack(events()),
            stamps=(p.Stamped(seq=2, stamp=NOW),), marks=(p.Signed(seq=1, signature=_signed(1)),),
        ),
        "push_one": p.Push(
            **chain, seq=0, prev=heads[0], head=heads[1], signature=_signed(1), events=pack(events()[:1])
        ),
        "push_apart": p.Push(
            **chain, seq=1, prev=heads[1], head=heads[2], signature=_signed(2), events=pack(events()[1:]),
            marks=(p.Signed(seq=1, signature=_signed(1)),), apart=True,
        ),
        "push_answer": p.PushAnswer(
            seq=2, head=heads[2], stamps=(p.Stamped(seq=2, stamp=NOW),),
            exceptions=(p.Refusal(seq=2, reason="duplicate_id"),), now=NOW,
        ),
        "pull": p.Pull(scope=SITE, pos=7, bytes=16_384, have=(p.ChainHead(**chain, seq=2, head=heads[2]),)),
        "pull_answer": p.PullAnswer(
            scope=SITE, pos=7, to=10, head=10, digest=DIGEST, chains=((DEVICE, 1, 0),), at=(1, 2), chain_of=(0, 0),
            seqs=(1, 2), stamps=(NOW, NOW), events=pack(events()),
            known=(p.KnownRange(at=3, chain=0, seq=1, count=1, stamp=NOW - 1, again=True),),
            marks=(p.Mark(chain=0, seq=2, head=heads[2], signature=_signed(2)),),
        ),
        "hashes": p.Hashes(**chain, seqs=(1, 2, 3)),
        "hashes_answer": p.HashesAnswer(hashes=(heads[1], heads[2], None)),
        "wait": p.Wait(scopes=(scope,), documents=b"d" * 32, s=25),
        "wait_answer": p.WaitAnswer(news=True, now=NOW),
        "error_answer": p.ErrorAnswer(code="sync.gap", detail="x", retry_s=5),
    }  # fmt: skip


def _of_access() -> dict[str, BaseModel]:
    """Those of ``sync/protocol_access.py``."""
    nonce, host, server = bytes(24), "hub.example", "cc" * 8
    return {
        "challenge": a.Challenge(device=DEVICE),
        "challenge_answer": a.ChallengeAnswer(nonce=nonce, epoch="e1", now=NOW, server=server),
        "session_request": a.SessionRequest(
            device=DEVICE, nonce=nonce, epoch="e1", host=host,
            signature=KEY.sign(a.session_bytes(DEVICE, nonce, "e1", host)),
        ),
        "session_answer": a.SessionAnswer(token="t", token_until=NOW + 900_000, now=NOW, epoch="e1"),
        "enrol": a.Enrol(statement=_statement(), signature=KEY.sign(a.enrol_bytes(_statement()))),
        "enrol_answer": a.EnrolAnswer(
            site=SITE, role=DeviceRole.WINDOW, letters=("AB", "CD", "EF", "GH"), server=server, server_site=SITE,
            public_key=DIGEST, epoch="e1", now=NOW, token="t", token_until=NOW + 900_000,
            documents=(a.CarriedDocument(kind="site", version=1, body=b"{}"),),
        ),
    }  # fmt: skip


def _statement() -> bytes:
    public = KEY.public_key().public_bytes_raw()
    told = a.EnrolStatement(
        code="0123456789A", public_key=public, device=DEVICE, name="一号窗口", role=DeviceRole.WINDOW,
        host="hub.example", now=NOW, program="qifu-desk",
    )  # fmt: skip
    return a.statement_bytes(told)


def readable(message: BaseModel) -> Any:
    """The message as JSON, bytes as hex."""

    def plain(value: Any) -> Any:
        if isinstance(value, bytes):
            return value.hex()
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value

    return plain(message.model_dump())


def main() -> None:
    """Write what is not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, message in messages().items():
        path = FOLDER / f"{name}-1.frame"
        if not path.exists():
            path.write_bytes(encode(message))
            told = {"message": type(message).__name__, "fields": readable(message)}
            text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
            path.with_suffix(".json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
