"""Templates of a site: published as versions, kept by what was printed, emblem decoded with care."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from domain.errors import AppError
from domain.printing.offering import PAPERS
from domain.staff import Actor, Role
from reports import emblem as emblems
from services.cases import accept_case
from services.paper_templates import (
    change_paper_templates,
    preview_template,
    read_emblem,
    read_template_facts,
)
from services.printing import printed_papers, record_print, render_document
from services.station import Station
from tests.fixed import FixedClock, form

ADMIN = Actor("admin", Role.ADMIN)


def _document(station: Station, **top: Any) -> dict[str, Any]:
    return {**station.call(read_template_facts).templates.document(), **top}


def _code(call: Any) -> str:
    with pytest.raises(AppError) as caught:
        call()
    return caught.value.code


@pytest.fixture
def number(station: Station) -> str:
    return station.call(accept_case, form()).number


def _picture(path: Path, kind: str = "PNG", size: tuple[int, int] = (900, 600), mode: str = "RGB") -> Path:
    Image.new(mode, size, "#336699").save(path, kind)
    return path


def test_a_reprint_keeps_the_words_and_the_emblem_it_was_printed_with(
    station: Station, number: str, tmp_path: Path, clock: FixedClock
) -> None:
    emblem = read_emblem(_picture(tmp_path / "a.png"))
    first = _document(station, name_line="第一中心", emblem=emblem)
    station.call(change_paper_templates, first, as_actor=ADMIN)
    job = station.call(record_print, number, "case_slip", "a5")
    clock.move(ms=1)
    station.call(change_paper_templates, {**first, "name_line": "第二中心", "emblem": ""}, as_actor=ADMIN)
    later = station.call(record_print, number, "case_slip", "a5")
    old, new = station.call(printed_papers, number)
    assert old.document == job.document
    assert (old.document["wording"]["name_line"], new.document["wording"]["name_line"]) == (
        "第一中心",
        "第二中心",
    )
    assert (old.document["wording"]["emblem"], later.document["wording"]["emblem"]) == (emblem, "")
    assert render_document(old.document, "a5").data == render_document(job.document, "a5").data


def test_the_emblem_is_not_written_into_every_print(station: Station, number: str, tmp_path: Path) -> None:
    emblem = read_emblem(_picture(tmp_path / "a.png"))
    station.call(change_paper_templates, _document(station, emblem=emblem), as_actor=ADMIN)
    job = station.call(record_print, number, "case_slip", "a5")
    kept = station.submit_upkeep(lambda ground: _kept(ground, job.id)).result()
    assert kept["wording"]["template"] == 1
    assert kept["wording"]["emblem"] == ""


def _kept(ground: Any, job_id: str) -> dict[str, Any]:
    with ground.store.read() as uow:
        snapshot = uow.prints.get(job_id)
    assert snapshot is not None
    return dict(snapshot.body)


def test_a_clerk_may_look_but_not_change(station: Station) -> None:
    assert station.call(read_template_facts).may_change is False
    assert _code(lambda: station.call(change_paper_templates, _document(station))) == "permission.denied"


def test_headings_that_the_paper_does_not_have_are_refused(station: Station) -> None:
    document = _document(station)
    document["papers"]["case_slip"]["headings"]["poem"] = "诗"
    assert (
        _code(lambda: station.call(change_paper_templates, document, as_actor=ADMIN))
        == "printing.template_field"
    )


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_has_a_sample_and_nothing_is_recorded(station: Station, paper: str) -> None:
    document = _document(station, name_line="{网点}服务台")
    made = station.call(preview_template, paper, document)
    size = "a4" if paper == "dossier" else "a5"
    assert render_document(made, size).data.startswith(b"%PDF-")
    assert station.call(read_template_facts).version == 0


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "L"), ("JPEG", "CMYK")])
def test_an_emblem_becomes_a_small_picture_without_transparency(tmp_path: Path, kind: str, mode: str) -> None:
    path = tmp_path / ("a.png" if kind == "PNG" else "a.jpg")
    Image.new(mode, (4000, 1000)).save(path, kind)
    with Image.open(io.BytesIO(base64.b64decode(read_emblem(path)))) as made:
        assert max(made.size) <= 300
        assert made.mode in ("RGB", "P", "L")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 50, "printing.emblem_invalid"),
        ("a.png", b"<svg/>", "storage.attachment_mismatch"),
        ("a.pdf", b"%PDF-1.7 x", "printing.emblem_kind"),
        ("a.png", b"MZ" + b"x" * 50, "storage.attachment_program"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * (6 << 20), "printing.emblem_invalid"),
    ],
)
def test_what_is_no_emblem_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert _code(lambda: read_emblem(tmp_path / name)) == code
    assert _code(lambda: read_emblem(tmp_path / "nowhere.png")) == "files.not_found"


def test_a_picture_of_too_many_dots_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = _picture(tmp_path / "bomb.png", size=(6_000, 5_000))
    assert _code(lambda: read_emblem(bomb)) == "printing.emblem_invalid"
    monkeypatch.setattr(emblems, "MAX_PIXELS", 10**9)
    assert read_emblem(bomb)
