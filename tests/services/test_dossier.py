"""The archive dossier: one PDF of the whole case with its files, read back by another program."""

import hashlib
import io
from concurrent.futures import CancelledError
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from domain.errors import AppError
from domain.staff import Actor, Role
from reports import enclosures, fonts, preview
from services.back_office.closing import feed_back_case, resolve_case
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.dossier import save_dossier
from services.files import attach_file
from services.printing import record_print, waiting_prints
from services.ratings.giving import rate_case
from services.station import Station
from tests.fixed import form

POLICY = Actor("policy", Role.SPECIALIST, board="policy")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
NAME = (
    "浙江省杭州市钱塘江金融港湾人工智能与集成电路产业创新发展联合投资控股集团股份有限公司第一分公司西湖区" * 2
)[:60]
RARE = "𠮷田先生和㐂喜先生来访。"
LONG = RARE + "".join(f"第{n:03d}句说明情况；" for n in range(400))


def _pdf(pages: int, size: tuple[float, float] = (595, 842)) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(*size)
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


def _picture(kind: str = "PNG", size: tuple[int, int] = (640, 480), **saved: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#336699").save(buffer, kind, **saved)
    return buffer.getvalue()


def _attach(station: Station, number: str, name: str, content: bytes) -> None:
    station.submit_upkeep(attach_file, number, name, io.BytesIO(content)).result()


def _saved(station: Station, number: str, folder: Path) -> pypdf.PdfReader:
    saved = save_dossier(station, number, folder / "卷宗.pdf")
    return pypdf.PdfReader(io.BytesIO(saved.file.read_bytes()))


def _outline(reader: pypdf.PdfReader) -> list[tuple[int, str, int]]:
    """(level, title, page from 1) of every bookmark."""

    def walk(entries: list[object], level: int) -> list[tuple[int, str, int]]:
        found: list[tuple[int, str, int]] = []
        for entry in entries:
            if isinstance(entry, list):
                found += walk(entry, level + 1)
            else:
                page = reader.get_destination_page_number(entry)  # type: ignore[arg-type]
                assert page is not None
                found.append((level, str(entry.title), page + 1))  # type: ignore[attr-defined]
        return found

    return walk(reader.outline, 0)


def _text(page: pypdf.PageObject) -> str:
    return "".join(page.extract_text().split())


@pytest.fixture
def number(station: Station) -> str:
    accepted = station.call(accept_case, form(name=NAME, text=LONG, material=("营业执照",)))
    station.call(record_print, accepted.number, "case_slip", "a5")
    station.call(answer_case, accepted.number, "材料已齐，可以申报。", as_actor=POLICY)
    station.call(resolve_case, accepted.number, "可以申报。", as_actor=POLICY)
    station.call(feed_back_case, accepted.number)
    return accepted.number


def test_the_dossier_holds_case_and_files_with_contents_and_bookmarks(
    station: Station, number: str, tmp_path: Path
) -> None:
    _attach(station, number, "合同.pdf", _pdf(3))
    _attach(station, number, "现场.jpg", _picture("JPEG", (1200, 300)))
    _attach(
        station,
        number,
        "传真.tiff",
        _picture("TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))]),
    )
    reader = _saved(station, number, tmp_path)
    marks = _outline(reader)
    titles = [title for _, title, _ in marks]
    assert titles[:2] == ["封面", "卷内目录"]
    assert [title for level, title, _ in marks if level == 1] == [
        "附件 1　合同.pdf",
        "附件 2　现场.jpg",
        "附件 3　传真.tiff",
    ]
    assert len(reader.pages) == marks[-1][2] + 1, "the last file has two pages"
    contents = _text(reader.pages[1])
    for level, title, page in marks[2:]:
        if title != "附件":
            assert f"{''.join(title.split())}{page}" in contents, (level, title)
            assert f"第{page}页/共{len(reader.pages)}页" in _text(reader.pages[page - 1])
    everything = "".join(_text(page) for page in reader.pages)
    assert NAME in everything
    for sentence in ("第000句", "第399句", "材料已齐，可以申报。", "受理回执", "〓田先生"):
        assert sentence in everything
    for file in station.call(show_case, number).files:
        assert file.sha256 in everything


def test_fonts_are_embedded_and_the_code_reads_from_the_cover(
    station: Station, number: str, tmp_path: Path
) -> None:
    reader = _saved(station, number, tmp_path)
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            found = font.get_object()
            assert found["/BaseFont"].partition("+")[2] in (fonts.REGULAR, fonts.BOLD)
            assert found["/FontDescriptor"]["/FontFile2"].get_data()
    cover = preview.pages((tmp_path / "卷宗.pdf").read_bytes(), width_px=1240)[0]
    (code,) = zxingcpp.read_barcodes(Image.frombytes("RGB", (cover.width, cover.height), cover.rgb))
    assert code.text.startswith("QYS1:")


def test_each_dossier_is_a_recorded_copy(station: Station, number: str, tmp_path: Path) -> None:
    copies = [save_dossier(station, number, tmp_path / f"{n}.pdf").copy for n in range(2)]
    assert copies == [1, 2]
    assert [effect.detail["paper"] for effect in station.call(waiting_prints)] == ["case_slip"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("坏.pdf", b"%PDF-1.7\n" + b"x" * 2000, "文件打不开"),
        ("加密.pdf", None, "文件打不开"),
        ("坏.png", _picture()[:200], "文件打不开"),
        ("页多.pdf", _pdf(enclosures.MAX_PAGES + 1), "文件页数太多"),
        (
            "说明.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            "不能按页显示",
        ),
    ],
)
def test_a_file_that_cannot_be_shown_has_a_page_with_its_hash(
    station: Station, number: str, tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    content = content or _encrypted()
    _attach(station, number, name, content)
    _attach(station, number, "好.png", _picture())
    reader = _saved(station, number, tmp_path)
    texts = [_text(page) for page in reader.pages]
    assert says in texts[-2]
    assert hashlib.sha256(content).hexdigest() in texts[-2]
    assert "附件2" in texts[-1]


def _encrypted() -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(_pdf(1)))
    writer.encrypt("geheim", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_lost_file_has_a_page_too(station: Station, number: str, tmp_path: Path) -> None:
    _attach(station, number, "合同.pdf", _pdf(1))
    (file,) = station.call(show_case, number).files
    (station.home / "attachments" / file.sha256[:2] / file.sha256).unlink()
    reader = _saved(station, number, tmp_path)
    assert "附件库里没有这个文件的内容" in _text(reader.pages[-1])


def test_nothing_active_of_a_handed_in_pdf_reaches_the_dossier(
    station: Station, number: str, tmp_path: Path
) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(_pdf(1)))
    action = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    writer.add_attachment("a.exe", b"MZ")
    buffer = io.BytesIO()
    writer.write(buffer)
    _attach(station, number, "表.pdf", buffer.getvalue())
    reader = _saved(station, number, tmp_path)
    root = reader.trailer["/Root"]
    assert set(root) <= {"/Type", "/Pages", "/Outlines", "/PageMode", "/Lang"}
    assert all("/Annots" not in page and "/AA" not in page for page in reader.pages)


def test_huge_and_long_pages_stay_small_pictures() -> None:
    content = _pdf(1, (14_000, 200))
    (picture,) = enclosures.pictures(content, "application/pdf", 1)
    assert picture is not None
    assert max(picture.width, picture.height) <= 2_000


def test_a_picture_of_too_many_dots_is_refused_by_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _picture("PNG", (9_000, 7_000))
    assert enclosures.look(bomb, "image/png").why is enclosures.NotShown.TOO_LARGE
    monkeypatch.setattr(enclosures, "MAX_PIXELS", 10**9)
    assert enclosures.look(bomb, "image/png").why is None


def test_a_folder_that_is_not_there_is_said_before_anything_is_recorded(
    station: Station, number: str, tmp_path: Path
) -> None:
    with pytest.raises(AppError) as caught:
        save_dossier(station, number, tmp_path / "nowhere" / "a.pdf")
    assert caught.value.code == "printing.cannot_write"
    assert "dossier" not in station.call(show_case, number).prints


def test_what_cannot_be_written_stays_waiting(station: Station, number: str, tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.mkdir()
    with pytest.raises(AppError) as caught:
        save_dossier(station, number, target)
    assert caught.value.code == "printing.cannot_write"
    assert [e.attempts for e in station.call(waiting_prints) if e.detail["paper"] == "dossier"] == [1]
    assert sorted(file.name for file in tmp_path.iterdir()) >= ["a.pdf"]
    assert not (tmp_path / "a.pdf.part").exists()


def test_a_dossier_that_is_stopped_leaves_no_file_and_stays_waiting(
    station: Station, number: str, tmp_path: Path
) -> None:
    _attach(station, number, "合同.pdf", _pdf(3))
    told: list[tuple[int, int]] = []

    def stopped(done: int, total: int) -> bool:
        told.append((done, total))
        return not total or done < total - 1

    before = sorted(tmp_path.iterdir())
    with pytest.raises(CancelledError):
        save_dossier(station, number, tmp_path / "a.pdf", progress=stopped)
    assert told[-1][0] == told[-1][1] - 1
    assert sorted(tmp_path.iterdir()) == before
    assert [e.attempts for e in station.call(waiting_prints) if e.detail["paper"] == "dossier"] == [0]
    assert _saved(station, number, tmp_path).pages


def test_opinions_stand_in_it_for_those_who_may_know_them(
    station: Station, number: str, tmp_path: Path
) -> None:
    station.call(rate_case, number, 2, text="等得太久", as_actor=SUPERVISOR)
    station.actor = SUPERVISOR
    told = _outline(_saved(station, number, tmp_path))
    assert "评价与回访" in [title for _, title, _ in told]
    station.actor = station.device_actor
    kept_back = _saved(station, number, tmp_path)
    assert "等得太久" not in "".join(_text(page) for page in kept_back.pages)
    assert "评价与回访" not in [title for _, title, _ in _outline(kept_back)]
