"""Frames that version 1 has sent can be read for ever, and say what they said."""

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from pydantic import BaseModel

from sync import protocol, protocol_access
from sync.frames import PLAIN, decode, open_frame
from sync.protocol import Push
from sync.signing import head_message
from sync.unpacking import Place, unpack
from tools.make_wire_fixtures import FOLDER, KEY, events, messages, readable

FRAMES = sorted(FOLDER.glob("*.frame"))


def kind_of(told: dict[str, Any]) -> type[BaseModel]:
    name = told["message"]
    found: type[BaseModel] = getattr(protocol, name, None) or getattr(protocol_access, name)
    return found


def told_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("path", FRAMES, ids=lambda one: one.stem)
def test_a_recorded_frame_says_what_it_said(path: Path) -> None:
    told = told_of(path)
    read = readable(decode(path.read_bytes(), kind_of(told)))
    assert {name: read[name] for name in told["fields"]} == told["fields"]


@pytest.mark.parametrize("path", FRAMES, ids=lambda one: one.stem)
def test_a_field_of_tomorrow_changes_nothing(path: Path) -> None:
    value, kind = open_frame(path.read_bytes()), kind_of(told_of(path))
    frame = bytes([PLAIN]) + cbor2.dumps({**value, "of_tomorrow": [1, {"x": b"y"}]})
    assert decode(frame, kind) == decode(path.read_bytes(), kind)


def test_every_message_is_recorded() -> None:
    assert {f"{name}-1" for name in messages()} == {path.stem for path in FRAMES}


def test_a_recorded_batch_gives_its_events_and_its_signature() -> None:
    sent = decode((FOLDER / "push-1.frame").read_bytes(), Push)
    places = [Place(sent.device, sent.inc, sent.branch, seq) for seq in (1, 2)]
    found = unpack(sent.events, places)
    assert [(one.body, one.salt, one.private) for one in found] == [
        (one.body, one.salt, one.private) for one in events()
    ]
    KEY.public_key().verify(sent.signature, head_message((sent.device, 1, 0), 2, sent.head))
