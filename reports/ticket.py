"""取号小票 on 58 or 80 mm thermal paper: the number as large as the roll allows, then what somebody who waits asks."""

from collections.abc import Iterator
from dataclasses import replace

from domain.printing.papers import SitePlace, Ticket
from reports import fonts
from reports.blocks import Block, Gap
from reports.page_frame import unknown_note
from reports.sheet import Fact
from reports.strip import StripSetter, StripSize
from reports.text import Style, Typesetter, clean

TICKET_TITLE = "取号小票"
_NUMBER_SHARE = 0.36
"""Type size of the number as a share of the roll, so that four characters fill most of it: capitals 18 mm high on
80 mm paper, read at arm's length and held up to a window."""
_LEAST_SHARE = 0.1
_MODULE_DOTS = 4
"""0.5 mm: tickets are scanned from behind a counter and on worn, crumpled paper."""


def ticket_blocks(ticket: Ticket, strip: StripSize, setter: Typesetter) -> list[Block]:
    """Return what stands on the ticket, from its top to its end."""
    return list(_Composer(ticket, strip, setter).blocks())


class _Composer(StripSetter):
    """Sets one ticket for one roll."""

    def __init__(self, ticket: Ticket, strip: StripSize, setter: Typesetter) -> None:
        super().__init__(replace(strip, size=strip.size + 2), setter)
        self.ticket = ticket
        size = self.strip.size
        self.middle = replace(self.text, align="center")
        self.group = Style(fonts.BOLD, round(size * 1.5), round(size * 1.95), "center")
        self.mark = Style(fonts.BOLD, round(size * 1.15), round(size * 1.6), "center")
        self.ahead = Style(fonts.BOLD, round(size * 1.25), round(size * 1.75), "center")

    def blocks(self) -> Iterator[Block]:
        yield Gap(self.strip.size / 2)
        yield self.passage(self.ticket.site.name, self.middle)
        yield self.passage(self.ticket.number, self._number_style())
        yield self.passage(self.ticket.group, self.group)
        for mark in _marks(self.ticket):
            yield self.passage(mark, self.mark)
        yield self.rule()
        for line in _waiting(self.ticket):
            yield self.passage(line, self.ahead)
        yield self.rule()
        yield from map(self.fact, _facts(self.ticket))
        yield from self._code()
        yield from self._foot()

    def _number_style(self) -> Style:
        """As large as the number allows on one line."""
        dots, text = self.strip.dots, clean(self.ticket.number)
        wished = Style(fonts.BOLD, round(dots * _NUMBER_SHARE), 0, "center")
        fitting = wished.size * dots / max(dots, self.setter.width(text, wished))
        size = max(int(fitting), round(dots * _LEAST_SHARE))
        return replace(wished, size=size, leading=round(size * 1.15))

    def _code(self) -> Iterator[Block]:
        if self.ticket.qr:
            # A quiet zone of four modules belongs to a QR code.
            quiet = Gap(round(self.strip.size * 1.2))
            yield from (quiet, self.code(self.ticket.qr, _MODULE_DOTS), quiet)

    def _foot(self) -> Iterator[Block]:
        yield self.rule()
        if self.ticket.notice:
            yield self.passage(self.ticket.notice, self.bold, multiline=True)
        for line in (*_ask(self.ticket.site), _copy(self.ticket.copy), unknown_note(self.setter)):
            if line:
                yield self.passage(line, self.small)
        yield Gap(self.strip.size)


def _marks(ticket: Ticket) -> Iterator[str]:
    """What sets this number apart from the others of its group."""
    if ticket.appointment:
        yield f"预约 {ticket.appointment}"
    if ticket.priority:
        named = "优先" in ticket.priority
        yield ticket.priority if named else f"优先 · {ticket.priority}"


def _waiting(ticket: Ticket) -> Iterator[str]:
    if not ticket.ahead:
        yield "前面没有人，请留意叫号"
        return
    yield f"前面还有 {ticket.ahead} 人"
    if ticket.wait_minutes is not None:
        yield f"预计等候约 {_minutes(max(1, ticket.wait_minutes))}"


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时 {rest} 分钟" if rest else f"{hours} 小时"


def _facts(ticket: Ticket) -> Iterator[Fact]:
    yield Fact("取号时间", ticket.issued_at)
    if ticket.wait_at:
        yield Fact("等候地点", ticket.wait_at, strong=True)
    if ticket.enterprise:
        yield Fact("企业", ticket.enterprise)


def _ask(site: SitePlace) -> Iterator[str]:
    if site.hours:
        yield f"服务时间 {site.hours}"
    if site.phone:
        yield f"咨询电话 {site.phone}"
    if site.address:
        yield site.address


def _copy(copy: int) -> str:
    return f"补打，第 {copy} 张" if copy > 1 else ""
