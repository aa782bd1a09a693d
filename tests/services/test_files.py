"""Files of a case: taken in, refused, given out again."""

import io
from pathlib import Path

import pytest

from db.files.attachments import Attachments
from domain.errors import AppError
from services.cases import accept_case, show_case
from services.files import attach_file, attach_path, save_file
from services.station import Ground, Station
from tests.fixed import form

PDF = b"%PDF-1.7\n" + b"x" * 2000


@pytest.fixture
def number(station: Station) -> str:
    return station.call(accept_case, form()).number


def _attach(station: Station, number: str, name: str, content: bytes) -> None:
    station.submit_upkeep(attach_file, number, name, io.BytesIO(content)).result()


def _sealed(station: Station) -> list[Path]:
    folder = station.home / "attachments"
    return [file for file in folder.rglob("*") if file.is_file()] if folder.exists() else []


def test_attached_sealed_and_given_out_again(station: Station, number: str, tmp_path: Path) -> None:
    scan = tmp_path / "营业执照.pdf"
    scan.write_bytes(PDF)
    station.submit_upkeep(attach_path, number, scan).result()
    (file,) = station.call(show_case, number).files
    assert (file.name, file.size, file.media_type) == ("营业执照.pdf", len(PDF), "application/pdf")
    assert all(b"%PDF" not in sealed.read_bytes() for sealed in _sealed(station))
    target = station.submit_upkeep(save_file, file.sha256, tmp_path / "out.pdf").result()
    assert target.read_bytes() == PDF


def test_the_same_file_twice_is_once(station: Station, number: str) -> None:
    for _ in range(2):
        _attach(station, number, "a.pdf", PDF)
    assert len(station.call(show_case, number).files) == 1
    assert len(_sealed(station)) == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.pdf", b"", "storage.attachment_empty"),
        ("大.pdf", b"%PDF-" + b"x" * (30 << 20), "storage.attachment_too_large"),
        ("发票.pdf", b"MZ" + b"\x00" * 100, "storage.attachment_program"),
        ("发票.exe", b"MZ" + b"\x00" * 100, "storage.attachment_program"),
        ("笔记.txt", b"text", "storage.attachment_kind"),
        ("照片.png", PDF, "storage.attachment_mismatch"),
    ],
)
def test_refused_and_nothing_left_behind(
    station: Station, number: str, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(AppError) as caught:
        _attach(station, number, name, content)
    assert caught.value.code == code
    assert station.call(show_case, number).files == ()
    assert _sealed(station) == []


def test_a_case_that_is_not_there_keeps_no_file(station: Station) -> None:
    with pytest.raises(AppError):
        _attach(station, "YX261118AB00017", "a.pdf", PDF)
    assert _sealed(station) == []


def test_without_clearing_away_it_would(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Attachments, "discard", lambda self, received: None)
    with pytest.raises(AppError):
        _attach(station, "YX261118AB00017", "a.pdf", PDF)
    assert len(_sealed(station)) == 1


def test_names_are_cleaned(station: Station, number: str) -> None:
    _attach(station, number, "../../\u202e执照\x00.pdf", PDF)
    assert station.call(show_case, number).files[0].name == "执照.pdf"


def test_missing_on_disk_and_unknown(station: Station, number: str, tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        station.submit_upkeep(attach_path, number, tmp_path / "none.pdf").result()
    assert caught.value.code == "files.not_found"
    with pytest.raises(AppError) as caught:
        station.submit_upkeep(save_file, "0" * 64, tmp_path / "x").result()
    assert caught.value.code == "storage.attachment_missing"


def test_a_damaged_file_is_not_given_out(station: Station, number: str, tmp_path: Path) -> None:
    _attach(station, number, "a.pdf", PDF)
    (sealed,) = _sealed(station)
    content = bytearray(sealed.read_bytes())
    content[100] ^= 1
    sealed.chmod(0o600)
    sealed.write_bytes(bytes(content))
    sha256 = station.call(show_case, number).files[0].sha256
    with pytest.raises(AppError) as caught:
        station.submit_upkeep(save_file, sha256, tmp_path / "out.pdf").result()
    assert caught.value.code == "storage.attachment_damaged"
    assert list(tmp_path.glob("out*")) == []


def test_a_file_is_announced(station: Station, number: str) -> None:
    heard: list[frozenset[str]] = []
    station.add_listener(lambda changes: heard.append(changes.areas))
    _attach(station, number, "a.pdf", PDF)
    assert heard == [frozenset({"cases"})]


def test_upkeep_works_on_the_station_s_own_ground(station: Station) -> None:
    def look(ground: Ground) -> Path:
        return ground.home

    assert station.submit_upkeep(look).result() == station.home
