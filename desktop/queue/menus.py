"""Menus of the queue bar and strip: where to transfer, who was held or missed, and what is seldom needed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from desktop.queue import wording
from desktop.queue.controls import KEYS, WORDS
from desktop.queue.serving import Serving
from desktop.window_words import short_window, window_words
from domain.queue.desk import TicketLine
from domain.queue.model import TicketState

SHOWN = 20
TRANSFER_KEY, BACK_KEY, NUMBER_KEY = "Shift+F7", "Shift+F5", "Shift+F4"
Pick = Callable[[str, str], None]


def transfer_menu(serving: Serving, parent: QWidget, own_group: str, pick: Pick) -> QMenu:
    """转: groups, then windows; their letters and digits pick. ``pick`` takes (group, window), one of them empty."""
    menu = closing_menu(parent)
    menu.setAccessibleName("转到")
    view = serving.view
    headline(menu, "转到队列")
    for group in view.groups if view else ():
        if group.code != own_group:
            text = f"&{group.code}  {group.name}，等 {group.waiting} 人"
            menu.addAction(text, partial(pick, group.code, ""))
    headline(menu, "转到窗口，只由它叫")
    for window in view.windows if view else ():
        if window.code != serving.place:
            called = window.name and f"{short_window(window.code)} {window.name}"
            state = "" if window.open else "，没有开"
            menu.addAction(f"&{called or window_words(window.code)}{state}", partial(pick, "", window.code))
    return menu


def back_menu(serving: Serving, parent: QWidget, tickets: Iterable[TicketLine]) -> QMenu:
    """暂挂和过号: whom to bring back."""
    menu = closing_menu(parent)
    held = serving.window.held if serving.window is not None else ()
    headline(menu, "暂挂的，继续办理")
    for place, ticket in enumerate(held, 1):
        menu.addAction(f"{_mnemonic(place)}{_line(ticket, serving)}", partial(serving.resume, ticket))
    if not held:
        headline(menu, "    没有")
    headline(menu, "过号的，来了")
    missed = [one for one in tickets if one.state is TicketState.MISSED]
    for place, ticket in enumerate(sorted(missed, key=lambda one: -one.since)[:SHOWN], len(held) + 1):
        entry = menu.addMenu(f"{_mnemonic(place)}{_line(ticket, serving)}")
        entry.addAction("&1 叫到本窗口", partial(serving.call, ticket.id, ticket.number))
        entry.addAction("&2 恢复排队", partial(serving.rejoin, ticket))
    if not missed:
        headline(menu, "    没有")
    return menu


@dataclass(frozen=True, slots=True)
class Ways:
    """What bar and strip show for the entries of the menu that ask for more."""

    transfer: Callable[[], None]
    bring_back: Callable[[], None]
    ask_number: Callable[[], None]


def more_menu(serving: Serving, parent: QWidget, ways: Ways) -> QMenu:
    """Everything that can be done, also what bar or strip have no room for."""
    menu = closing_menu(parent)
    for name in ("arrive", "begin_case", "recall", "miss", "hold", "finish", "next"):
        action = menu.addAction(f"{WORDS[name]}\t{KEYS[name]}", partial(serving.press, name))
        action.setEnabled(name == "next" or serving.ticket is not None)
    menu.addAction(f"转到…\t{TRANSFER_KEY}", ways.transfer).setEnabled(serving.ticket is not None)
    wrong = menu.addAction("用时不准", partial(serving.press, "mark_time"))
    wrong.setCheckable(True)
    wrong.setChecked(serving.ticket is not None and serving.ticket.time_wrong)
    wrong.setEnabled(serving.ticket is not None)
    menu.addSeparator()
    menu.addAction(f"叫指定号…\t{NUMBER_KEY}", ways.ask_number)
    menu.addAction(f"暂挂和过号…\t{BACK_KEY}", ways.bring_back)
    if serving.is_paused:
        menu.addAction("恢复服务", serving.go_on)
    else:
        menu.addMenu(pause_menu(serving, menu))
    return menu


def pause_menu(serving: Serving, parent: QWidget) -> QMenu:
    """暂停服务: why, for people to read."""
    menu = QMenu("暂停服务", parent)
    for place, reason in enumerate(wording.PAUSES, 1):
        menu.addAction(f"{_mnemonic(place)}{reason}", partial(serving.pause, reason))
    return menu


def headline(menu: QMenu, text: str) -> None:
    """A line that cannot be chosen; styled menus draw no text in their sections."""
    menu.addAction(text).setEnabled(False)


def closing_menu(parent: QWidget) -> QMenu:
    """A menu that goes when it is closed."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def drop_down(menu: QMenu, anchor: QWidget) -> None:
    """Show ``menu`` below ``anchor``, its first entry chosen."""
    menu.popup(anchor.mapToGlobal(QPoint(0, anchor.height() + 2)))
    first = next((one for one in menu.actions() if one.isEnabled() and not one.isSeparator()), None)
    if first is not None:
        menu.setActiveAction(first)


def _line(ticket: TicketLine, serving: Serving) -> str:
    since = wording.waited(serving.now_ms - ticket.since)
    return f"{ticket.number}  {since}  {wording.short(wording.who(ticket))}".replace("&", "&&")


def _mnemonic(place: int) -> str:
    return f"&{place} " if place < 10 else ""
