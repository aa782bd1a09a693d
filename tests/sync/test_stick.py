"""Without a line: what waits goes on a stick, sealed to the centre, and comes in once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.schema import case_row
from domain.errors import AppError
from services.device_keys import own_signer
from sync import stick
from sync.engine import downward
from tests.fixed import FixedClock
from tests.sync.world import Node

Make = Callable[[str], Node]


@pytest.fixture
def make(tmp_path: Path, clock: FixedClock) -> Iterator[Make]:
    made: list[Node] = []

    def one(name: str) -> Node:
        made.append(Node(tmp_path / name, clock))
        return made[-1]

    yield one
    for node in made:
        node.close()


@pytest.fixture
def keys() -> tuple[bytes, bytes]:
    return stick.new_key()


def export(node: Node, path: Path, key: bytes) -> stick.Exported:
    signer = node.call(lambda uow, *_: own_signer(uow))
    return stick.export_to(path, node.station, signer.sign, key)


def take_in(centre: Node, window: Node, path: Path, private: bytes) -> None:
    for push in stick.read_stick(path, private):
        centre.push(window, push)
    while centre.call(downward.fold):
        pass


def cases(node: Node) -> int:
    return len(node.rows(sa.select(case_row.c.id)))


def test_what_came_by_stick_does_not_come_twice(
    make: Make, tmp_path: Path, keys: tuple[bytes, bytes]
) -> None:
    window, centre = make("window"), make("centre").serve()
    centre.enrol(window)
    for number in range(6):
        window.accept(f"断网第{number}件：想问税收优惠。")
    path = tmp_path / "stick.qfs"
    written = export(window, path, keys[1])
    assert written.events == written.written > 6
    take_in(centre, window, path, keys[0])
    take_in(centre, window, path, keys[0])
    assert cases(centre) == 6
    window.sync(centre)
    assert cases(centre) == 6
    assert export(window, tmp_path / "later.qfs", keys[1]).events == 0


def test_a_copy_that_was_cut_short_is_gone_on_with(
    make: Make, tmp_path: Path, keys: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stick, "_WIRE_BYTES", 512)
    window, centre = make("window"), make("centre").serve()
    centre.enrol(window)
    for number in range(6):
        window.accept(f"断网第{number}件")
    path = tmp_path / "stick.qfs"
    first = export(window, path, keys[1])
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(AppError) as caught:
        list(stick.read_stick(path, keys[0]))
    assert caught.value.code == "stick.damaged"
    second = export(window, path, keys[1])
    assert 0 < second.written < second.events == first.events
    take_in(centre, window, path, keys[0])
    assert cases(centre) == 6


def test_only_the_centre_reads_it(make: Make, tmp_path: Path, keys: tuple[bytes, bytes]) -> None:
    window, centre = make("window"), make("centre").serve()
    centre.enrol(window)
    window.accept("涉及商业秘密的诉求", name="河畔绝密科技有限公司")
    path = tmp_path / "stick.qfs"
    export(window, path, keys[1])
    assert "绝密".encode() not in path.read_bytes()
    with pytest.raises(AppError) as caught:
        list(stick.read_stick(path, stick.new_key()[0]))
    assert caught.value.code == "stick.not_for_us"


@pytest.mark.parametrize("place", [40, -20])
def test_a_changed_stick_is_refused(
    make: Make, tmp_path: Path, keys: tuple[bytes, bytes], place: int
) -> None:
    window, centre = make("window"), make("centre").serve()
    centre.enrol(window)
    window.accept()
    path = tmp_path / "stick.qfs"
    export(window, path, keys[1])
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(AppError):
        take_in(centre, window, path, keys[0])
    assert cases(centre) == 0


def test_another_file_is_left_as_it_is(make: Make, tmp_path: Path, keys: tuple[bytes, bytes]) -> None:
    window, centre = make("window"), make("centre").serve()
    centre.enrol(window)
    window.accept()
    path = tmp_path / "letter.txt"
    path.write_text("不要覆盖")
    with pytest.raises(AppError) as caught:
        export(window, path, keys[1])
    assert caught.value.code == "stick.not_ours"
    assert path.read_text() == "不要覆盖"


def test_where_it_cannot_be_written_is_said(make: Make, tmp_path: Path, keys: tuple[bytes, bytes]) -> None:
    """A folder that is not there, which a stick not plugged in looks like, is told from one that is full or locked."""
    window = make("window")
    for path, code in ((tmp_path / "none" / "a.qfs", "stick.no_folder"), (tmp_path, "stick.unwritable")):
        with pytest.raises(AppError) as caught:
            export(window, path, keys[1])
        assert caught.value.code == code
