"""The queue's settings over a real store: what is typed is published, or refused where it stands."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.settings_page.queue import GROUPS, PRIORITIES, QueueCard
from desktop.settings_page.queue_forms import minutes_text, seconds_of, whole
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.queue.desk import TicketOrder
from domain.queue.rules import QueueRules
from domain.staff import Actor, Role
from services.queue import rules, tickets
from services.station import Station
from tests.ui.desk import Desk, make_desk

SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    station.actor = SUPERVISOR
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def open_card(desk: Desk) -> QueueCard:
    card: QueueCard = desk.show(QueueCard(desk.context))
    card.load()
    desk.settle()
    return card


def in_force(station: Station) -> QueueRules:
    return station.call(rules.read_rules_facts).rules


def type_over(desk: Desk, field: Any, text: str) -> None:
    field.editor.selectAll()
    desk.press(field.editor, Qt.Key.Key_Delete)
    desk.type(field.editor, text)


def save(desk: Desk, card: QueueCard) -> None:
    card.save.click()
    desk.settle()


def test_nothing_typed_is_nothing_to_save(desk: Desk, station: Station) -> None:
    card = open_card(desk)
    assert card.typed() == in_force(station).document()
    assert not card.save.isEnabled()
    for part in (card.groups, card.windows, card.priorities):
        for place in range(len(part.rows())):
            part.choose(place)
    assert not card.is_changed()


def test_a_group_is_added_and_served(desk: Desk, station: Station) -> None:
    card = open_card(desk)
    card.groups.add.click()
    form = card.group_form
    type_over(desk, form.fields["name"], "Tax")
    type_over(desk, form.fields["quota"], "40")
    type_over(desk, form.fields["typical_s"], "7.5")
    form.boards.toggle("policy")
    assert "E" in card.unserved.text()
    card.windows.choose(0)
    card.window_form.groups.toggle("E")
    assert not card.unserved.isVisible()
    save(desk, card)
    fresh = in_force(station)
    group = fresh.group("E")
    assert (group.name, group.prefix, group.quota, group.typical_s) == ("Tax", "E", 40, 450)
    assert group.boards == ("policy",)
    assert "E" in fresh.window("1").groups
    assert not card.save.isEnabled()
    assert form.fields["code"].editor.isReadOnly()


def test_a_window_is_added_and_removed(desk: Desk, station: Station) -> None:
    card = open_card(desk)
    card.windows.add.click()
    save(desk, card)
    assert in_force(station).window("9").groups == ("A", "B", "C", "D")
    card.windows.choose(8)
    card.windows.remove.click()
    save(desk, card)
    assert "9" not in in_force(station).windows


def test_a_priority_is_added_and_the_ordinary_one_stays(desk: Desk, station: Station) -> None:
    card = open_card(desk)
    card.show_part(PRIORITIES)
    card.priorities.choose(0)
    assert not card.priorities.remove.isEnabled()
    card.priorities.add.click()
    form = card.priorities.form
    type_over(desk, form.fields["name"], "Investor")
    type_over(desk, form.fields["head_start_min"], "20")
    save(desk, card)
    assert in_force(station).priority("p1").head_start_min == 20


def test_limits_are_typed_in_minutes(desk: Desk, station: Station) -> None:
    card = open_card(desk)
    type_over(desk, card.rules.fields["alarm_wait_s"], "20")
    type_over(desk, card.rules.fields["recall_limit"], "2")
    save(desk, card)
    fresh = in_force(station)
    assert (fresh.alarm_wait_s, fresh.recall_limit) == (1200, 2)


@pytest.mark.parametrize(
    ("part", "field", "typed"),
    [
        ("groups", "prefix", "A"),
        ("groups", "quota", "x"),
        ("groups", "typical_s", ""),
        ("groups", "name", " "),
    ],
)
def test_a_refusal_stands_at_the_field_and_the_text_stays(
    desk: Desk, station: Station, part: str, field: str, typed: str
) -> None:
    before = in_force(station)
    card = open_card(desk)
    card.groups.choose(1)
    line = card.group_form.fields[field]
    type_over(desk, line, typed)
    card.groups.choose(0)
    card.show_part("rules")
    save(desk, card)
    assert (card.part.value(), card.groups.table.currentIndex().row()) == (GROUPS, 1)
    assert line.error()
    assert line.text() == typed.strip()
    assert in_force(station) == before
    assert card.save.isEnabled()


def test_a_bad_limit_is_found_among_the_rules(desk: Desk, station: Station) -> None:
    card = open_card(desk)
    type_over(desk, card.rules.fields["long_service_s"], "0")
    save(desk, card)
    assert card.part.value() == "rules"
    assert card.rules.fields["long_service_s"].error()


def test_a_group_that_somebody_waits_in_cannot_go(desk: Desk, station: Station) -> None:
    station.call(tickets.issue_ticket, TicketOrder(group="D"))
    card = open_card(desk)
    card.groups.choose(3)
    card.groups.remove.click()
    assert all("D" not in row["groups"] for row in card.windows.rows())
    save(desk, card)
    assert card.wrong.isVisible()
    assert "D" in in_force(station).groups
    card.undo.click()
    desk.settle()
    assert card.typed() == in_force(station).document()


def test_what_is_published_elsewhere_shows_unless_somebody_types(desk: Desk, station: Station) -> None:
    card = open_card(desk)
    document = in_force(station).document()
    document["recall_limit"] = 5
    station.call(rules.change_queue_rules, document)
    card.load()
    desk.settle()
    assert card.rules.fields["recall_limit"].text() == "5"
    type_over(desk, card.rules.fields["back_after"], "4")
    document["recall_limit"] = 6
    station.call(rules.change_queue_rules, document)
    card.load()
    desk.settle()
    assert card.rules.fields["back_after"].text() == "4"
    assert card.wrong.isVisible()


def test_who_may_not_change_it_only_reads(desk: Desk, station: Station) -> None:
    station.actor = Actor("clerk", Role.CLERK)
    card = open_card(desk)
    assert card.why_not.isVisible()
    assert not card.save.isVisible()
    assert not card.group_form.isEnabled()
    assert not card.groups.add.isVisible()


@pytest.mark.parametrize("seconds", [60, 90, 450, 500, 1801, 12345, 86399])
def test_minutes_come_back_as_the_same_seconds(seconds: int) -> None:
    assert seconds_of(minutes_text(seconds)) == seconds
    assert len(minutes_text(seconds)) <= 8


@pytest.mark.parametrize("text", ["", "x", "-1", "1e999", "٣", "nan"])
def test_what_is_no_count_stays_as_it_was_typed(text: str) -> None:
    assert whole(text) == text


@pytest.mark.parametrize("text", ["", "x", "1e999", "nan"])
def test_what_is_no_time_stays_as_it_was_typed(text: str) -> None:
    assert minutes_text(seconds_of(text)) == text
