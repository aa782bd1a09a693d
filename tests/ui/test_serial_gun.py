"""The serial gun: texts out of bytes, and a port that comes and goes."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import desktop.scanning.serial as serial
from desktop.scanning.lines import LineReader
from desktop.scanning.serial import SerialGun
from domain.codes.profiles import MAX_TEXT_CHARS


@pytest.mark.parametrize(
    ("pieces", "texts"),
    [
        ([b"91330100\r\n"], ["91330100"]),
        ([b"9133", b"0100\r", b"\nQYM1:A B\n"], ["91330100", "QYM1:A B"]),
        ([b"\r\n\r\n"], []),
        (["云溪\r".encode()], ["云溪"]),
        (["云溪\r".encode("gb18030")], ["云溪"]),
        ([b"\xff\xff\xff\r"], ["���"]),
        ([b"no end"], []),
    ],
)
def test_bytes_become_texts(pieces: list[bytes], texts: list[str]) -> None:
    reader = LineReader()
    assert [text for piece in pieces for text in reader.feed(piece)] == texts


def test_a_text_without_end_is_told_once_and_its_rest_passed_over() -> None:
    reader = LineReader()
    found = [text for _ in range(100) for text in reader.feed(b"x" * 1_000)]
    assert len(found) == 1
    assert len(found[0]) > MAX_TEXT_CHARS
    assert reader.feed(b"xx\r91330100\r") == ["91330100"]


pty = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo terminals to stand for a port"
)


@pytest.fixture
def gun(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[SerialGun]:
    monkeypatch.setattr(serial, "AGAIN_MS", 20)
    made = SerialGun()
    yield made
    made.stop()


def plug_in(place: Path) -> tuple[int, int]:
    """A pseudo terminal under a name of its own; its two ends."""
    gun_side, desk_side = os.openpty()
    place.unlink(missing_ok=True)
    place.symlink_to(os.ttyname(desk_side))
    return gun_side, desk_side


@pty
def test_a_gun_is_read_lost_and_found_again(gun: SerialGun, qtbot: QtBot, tmp_path: Path) -> None:
    place = tmp_path / "ttyGUN"
    ends = plug_in(place)
    gun.use(str(place), 9600)
    assert gun.is_connected
    with qtbot.waitSignal(gun.scanned) as first:
        os.write(ends[0], b"QYM1:A B\r\n")
    assert first.args == ["QYM1:A B"]
    with qtbot.waitSignal(gun.connected) as lost:
        place.unlink()  # the system gives the terminal's own name to whoever opens one next
        for end in ends:
            os.close(end)
    assert lost.args == [False]
    with qtbot.waitSignal(gun.connected) as found:
        ends = plug_in(place)
    assert found.args == [True]
    with qtbot.waitSignal(gun.scanned) as second:
        os.write(ends[0], b"no end of its own")
    assert second.args == ["no end of its own"]
    gun.stop()
    for end in ends:
        os.close(end)


@pty
def test_no_port_is_no_gun(gun: SerialGun, tmp_path: Path) -> None:
    gun.use("", 9600)
    assert not gun.is_connected
    gun.use(str(tmp_path / "nothing"), 9600)
    assert not gun.is_connected
    assert gun._again.isActive()
