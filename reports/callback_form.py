"""回访登记表 on A4: a row a task with its QR code and boxes to tick, ten to a page, every page with its head."""

from collections.abc import Sequence
from dataclasses import replace

from domain.printing.callback_form import CallbackForm, FormRow
from reports import fonts, qr
from reports.blocks import draw_lines
from reports.page import A4
from reports.page_frame import MM, unknown_note
from reports.pdf import PdfSurface
from reports.rare import SystemFonts, system_fonts
from reports.text import Line, Style, Typesetter, clean, shortened

TITLE = "回访登记表"
ROWS = 10
GROUPS = {"ordinary": "抽样", "hard": "疑难件", "complaint": "投诉件", "reopened": "重办件"}
_MARGIN = 12 * MM
_WIDTH = A4.width - 2 * _MARGIN
_ROW = 23.6 * MM
_CODE = 14 * MM
_CODE_CELL = 21 * MM
_FACTS = 77 * MM
_HEAD = 22 * MM
_PAD = 1.4 * MM
_TEXT = Style(size=8.4, leading=11.6)
_BOLD = replace(_TEXT, face=fonts.BOLD)
_SMALL = Style(size=7.4, leading=10.2, grey=0.3)
_HEADING = Style(face=fonts.BOLD, size=17, leading=22, align="center")
_HINT = (
    "□ 内打 √；没有解决或不满意的，录入后自动重办。录入时扫行首二维码即打开该件。"
    "本表含联系电话，录入后交督办人员保管或销毁。"
)
_TICKS = (
    "结果  □ 接通  □ 无人接听  □ 号码不对  □ 拒绝回访",
    "解决  □ 是  □ 否     按时  □ 是  □ 否     态度  □ 好  □ 一般  □ 差",
    "满意  □ 非常满意 □ 满意 □ 基本满意 □ 不满意 □ 非常不满意",
    "意见",
)


def callback_form_pdf(form: CallbackForm, *, system: SystemFonts | None = None) -> bytes:
    """Return the sheets as one PDF; the same form gives the same bytes."""
    fonts.register()
    with fonts.DRAWING:
        return _Sheets(form, Typesetter(system or system_fonts())).pdf()


def page_count(form: CallbackForm) -> int:
    """How many pages the form takes."""
    return max(1, -(-len(form.rows) // ROWS))


class _Sheets:
    """Draws one form."""

    def __init__(self, form: CallbackForm, setter: Typesetter) -> None:
        self._form, self._setter = form, setter
        self._surface = PdfSurface(A4.width, A4.height, title=TITLE, author=form.site)

    def pdf(self) -> bytes:
        pages = page_count(self._form)
        for page in range(pages):
            rows = self._form.rows[page * ROWS : (page + 1) * ROWS]
            self._page(rows, page, pages)
            self._surface.next_page()
        return self._surface.finish()

    def _page(self, rows: Sequence[FormRow], page: int, pages: int) -> None:
        self._head()
        y = _MARGIN + _HEAD
        for at, row in enumerate(rows, page * ROWS + 1):
            self._row(at, row, y)
            y += _ROW
        self._foot(f"第 {page + 1} 页 / 共 {pages} 页，共 {len(self._form.rows)} 件")

    def _head(self) -> None:
        form = self._form
        self._line(form.site, replace(_TEXT, align="center"), _MARGIN, _MARGIN, _WIDTH)
        self._line(TITLE, _HEADING, _MARGIN, _MARGIN + 4 * MM, _WIDTH)
        told = f"回访人 {form.caller}　　印表时间 {form.printed_at}　　回访日期 ______年____月____日　　签字"
        self._line(told, _TEXT, _MARGIN, _MARGIN + 15 * MM, _WIDTH)

    def _foot(self, counted: str) -> None:
        y = A4.height - _MARGIN - 2 * _SMALL.leading
        note = unknown_note(self._setter)
        self._line(note or _HINT, _SMALL, _MARGIN, y, _WIDTH)
        counter = replace(_SMALL, align="right")
        self._line(counted, counter, _MARGIN, y + _SMALL.leading, _WIDTH)

    def _row(self, at: int, row: FormRow, y: float) -> None:
        ticks = _MARGIN + _CODE_CELL + _FACTS
        edges = ((_MARGIN, _CODE_CELL), (_MARGIN + _CODE_CELL, _FACTS), (ticks, _MARGIN + _WIDTH - ticks))
        for x, width in edges:
            self._surface.frame(x, y, width, _ROW, 0.5)
        code = qr.matrix(row.code)
        # Four modules of quiet zone on every side are within the cell.
        self._surface.qr(_MARGIN + (_CODE_CELL - _CODE) / 2, y + 2.9 * MM, _CODE, code)
        order = replace(_SMALL, align="center")
        self._line(str(at), order, _MARGIN, y + _ROW - 4.4 * MM, _CODE_CELL)
        self._facts(row, _MARGIN + _CODE_CELL + _PAD, y + 0.9 * MM)
        for place, text in enumerate(_TICKS):
            self._line(text, _TEXT, ticks + _PAD, y + 1.5 * MM + place * 5.1 * MM, edges[2][1] - 2 * _PAD)
        wish = y + _ROW - 3.2 * MM
        self._surface.rule(ticks + _PAD + 8 * MM, wish, _MARGIN + _WIDTH - _PAD, wish, 0.3)

    def _facts(self, row: FormRow, x: float, y: float) -> None:
        width = _FACTS - 2 * _PAD
        again = f"　已拨 {row.attempts} 次" if row.attempts else ""
        self._line(
            f"{row.number}　{GROUPS.get(row.group, row.group)}　{row.due} 前{again}", _SMALL, x, y, width
        )
        y += _SMALL.leading
        name = self._set(row.applicant, _BOLD, width, 2)
        draw_lines(self._surface, name, _BOLD, x, y, width)
        y += len(name) * _BOLD.leading
        self._line(f"{row.contact}　{row.phone or '（没有留电话）'}", _BOLD, x, y, width)
        y += _BOLD.leading
        left = 2 if len(name) == 1 else 1
        matter = self._set(f"{row.board}：{row.matter}" if row.board else row.matter, _SMALL, width, left)
        draw_lines(self._surface, matter, _SMALL, x, y, width)

    def _line(self, text: str, style: Style, x: float, y: float, width: float) -> None:
        draw_lines(self._surface, self._set(text, style, width, 1), style, x, y, width)

    def _set(self, text: str, style: Style, width: float, most: int) -> tuple[Line, ...]:
        """At most ``most`` lines; a longer text ends in an ellipsis, since the case itself is a scan away."""
        whole = clean(shortened(text, 400))
        lines = self._setter.lines(whole, style, width)
        cut = len(whole)
        while len(lines) > most:
            cut -= max(1, (len(lines) - most) * 4)
            lines = self._setter.lines(whole[:cut] + "…", style, width)
        return lines
