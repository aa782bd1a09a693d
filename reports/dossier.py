"""归档卷宗 as one PDF with bookmarks: cover, contents with page numbers, whole history, answers, and every file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from domain.printing.dossier import Dossier, DossierFile
from reports import fonts, words
from reports.dossier_sheets import cover_sections, file_facts, parts_of
from reports.enclosures import Allowance, Enclosure, PagePicture
from reports.page import A4, Laid, PageComposer
from reports.page_frame import MM
from reports.pdf import PdfSurface
from reports.sections import bare_sheet
from reports.sheet import Column, Facts, Listing, Remark, Section
from reports.text import Typesetter, shortened
from reports.wording import Said

Progress = Callable[[int, int], bool]
"""Told (pages done, pages in all; 0 in all while the files are looked through); answers whether to go on."""
Files = Callable[[str], bytes | None]
"""The content of a file by its SHA-256, None where it cannot be read."""
_COVER = "封面"
_FILES = "附件"
_ANY_PAGE = "888"
"""Stands for a page number while the contents page is laid out; real ones are no wider."""


class DossierCancelled(Exception):
    """``progress`` said not to go on."""


def dossier_pdf(
    dossier: Dossier, setter: Typesetter, files: Files, progress: Progress = lambda done, total: True
) -> bytes:
    """The whole dossier on A4. ``files`` is asked twice for each file, so that one at a time is held.

    To be called without ``fonts.DRAWING``: it is taken for one part or page at a time and let go while files are read
    and drawn, so that other papers come out meanwhile. Raises ``DossierCancelled``.
    """
    return _Binder(dossier, setter, files, progress).bound()


@dataclass(frozen=True, slots=True)
class _Part:
    """Pages under one bookmark. ``pictured`` pages of a file follow those of the sheet."""

    name: str
    composer: PageComposer
    laid: Laid
    level: int = 0
    file: DossierFile | None = None
    pictured: int = 0

    @property
    def pages(self) -> int:
        """How many pages it takes."""
        return self.pictured or len(self.laid.pages)


class _Binder:
    """Lays out every part, counts, then draws."""

    def __init__(self, dossier: Dossier, setter: Typesetter, files: Files, progress: Progress) -> None:
        self._dossier, self._setter, self._files = dossier, setter, files
        self._progress, self._allowance = progress, Allowance()
        self._said = Said(dossier)

    def bound(self) -> bytes:
        said = self._said
        cover = self._part(_COVER, said.title, tuple(cover_sections(self._dossier, said)), is_cover=True)
        rest = [self._part(name, name, sections) for name, sections in parts_of(self._dossier, said)]
        rest += [self._file(place, file) for place, file in enumerate(self._dossier.files, 1)]
        contents = self._contents(rest, cover.pages, None)
        contents = self._contents(rest, cover.pages, contents.pages)
        return self._drawn([cover, contents, *rest])

    def _contents(self, rest: Sequence[_Part], before: int, own: int | None) -> _Part:
        """The contents page; ``own`` is how many pages it takes itself, None while that is not known."""
        rows, page = [], before + (own or 0) + 1
        for place, part in enumerate(rest, 1):
            name = part.name if part.level == 0 else f"　{part.name}"
            rows.append((str(place), name, _ANY_PAGE if own is None else str(page)))
            page += part.pages
        columns = Column("序号", 1, "center"), Column("名称", 9), Column("页码", 1.2, "center")
        heading = self._said.heading("contents")
        return self._part(heading, heading, (Listing(heading, columns, tuple(rows), compact=True),))

    def _part(self, name: str, title: str, sections: tuple[Section, ...], *, is_cover: bool = False) -> _Part:
        sheet = bare_sheet(self._dossier, self._said, sections, title=title)
        if not is_cover:
            sheet = replace(sheet, qr="", emblem="")
        with fonts.DRAWING:
            composer = PageComposer(sheet, A4, self._setter)
            return _Part(name, composer, composer.laid_out())

    def _file(self, place: int, file: DossierFile) -> _Part:
        self._told(0, 0)
        seen = self._allowance.look(file.size, lambda: self._files(file.sha256), file.media_type)
        name = f"{_FILES} {place}　{shortened(file.name, 60)}"
        part = self._part(name, f"{_FILES} {place}", tuple(_about(file, seen)))
        return replace(part, level=1, file=file, pictured=seen.pages)

    def _drawn(self, parts: Sequence[_Part]) -> bytes:
        page, title = A4, f"{self._said.title} {self._dossier.number}"
        with fonts.DRAWING:
            surface = PdfSurface(page.width, page.height, title=title, author=self._said.place)
        total, before, in_files = sum(part.pages for part in parts), 0, False
        for part in parts:
            self._told(before, total)
            if part.level and not in_files:
                surface.bookmark(_FILES)
                in_files = True
            surface.bookmark(part.name, level=part.level)
            if part.pictured:
                self._draw_file(surface, part, before, total)
            else:
                with fonts.DRAWING:
                    part.composer.draw(surface, part.laid, before=before, total=total)
            before += part.pages
        self._told(total, total)
        with fonts.DRAWING:
            return surface.finish()

    def _draw_file(self, surface: PdfSurface, part: _Part, before: int, total: int) -> None:
        file = part.file
        assert file is not None
        content = self._files(file.sha256) or b""
        with closing(self._allowance.pictures(content, file.media_type, part.pictured)) as drawn:
            for index, picture in enumerate(drawn, 1):
                with fonts.DRAWING:
                    _draw_picture(surface, part, picture, index)
                    part.laid.foot.draw(surface, before + index, total)
                    surface.next_page()
                self._told(before + index, total)

    def _told(self, done: int, total: int) -> None:
        if not self._progress(done, total):
            raise DossierCancelled


def _draw_picture(surface: PdfSurface, part: _Part, picture: PagePicture | None, index: int) -> None:
    """Page ``index`` of a file under its caption, or a sentence in its place."""
    caption = f"{part.name}　第 {index} 页 / 共 {part.pictured} 页"
    if picture is None:
        caption += "　这一页没有显示，原件按 SHA-256 保存在附件库"
    top = part.composer.caption(surface, caption)
    if picture is not None:
        _place(surface, part.composer, picture, top, part.laid.foot.height)


def _place(
    surface: PdfSurface, composer: PageComposer, picture: PagePicture, top: float, foot: float
) -> None:
    """The picture as large as it fits between caption and foot, in the middle."""
    page = composer.page
    room = page.height - page.margin - foot - top - 2 * MM
    scale = min(page.inner / picture.width, room / picture.height)
    width, height = picture.width * scale, picture.height * scale
    surface.jpeg(page.margin + (page.inner - width) / 2, top, width, height, picture.jpeg)


def _about(file: DossierFile, seen: Enclosure) -> Iterator[Section]:
    """What stands in place of a file that is not shown."""
    yield Facts(file_facts(file))
    if seen.why is not None:
        yield Remark(words.NOT_SHOWN[seen.why.value])
