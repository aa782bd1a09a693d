"""The shipped reference documents: complete, consistent with each other, and read into frozen values."""

import json
from collections import Counter

import pytest

import resources
from domain.catalog.reference import (
    load_boards,
    load_items,
    load_local_items,
    load_measures,
    load_packages,
)
from domain.errors import AppError


def document(kind: str) -> dict[str, object]:
    return json.loads(resources.path(f"reference/{kind}.json").read_text(encoding="utf-8"))


BOARDS = load_boards(document("boards"))
CODES = {board.code for board in BOARDS}


def test_boards_are_the_eleven_of_the_scheme():
    codes = "intake project policy finance talent legal innovation opening data appeal local"
    assert " ".join(board.code for board in BOARDS) == codes
    assert next(board for board in BOARDS if board.code == "local").lead is None


def test_items_have_unique_codes_of_their_group_and_a_known_board():
    items = load_items(document("catalog"))
    assert len({item.code for item in items}) == len(items) == 71
    assert all(item.code.startswith(item.group) and len(item.code) == 4 for item in items)
    assert {item.board for item in items} <= CODES


def test_local_items_name_a_known_board_once_each():
    local = load_local_items(document("catalog"))
    assert {item.board for item in local} <= CODES
    assert len({item.names for item in local}) == len(local) > 50


def test_packages_are_the_24_and_every_tick_has_a_board():
    packages = load_packages(document("packages"))
    assert len({package.name for package in packages}) == 24
    for package in packages:
        ticks = package.basic + package.value_added
        assert package.basic
        assert {tick.board for tick in ticks} | set(package.boards) <= CODES


def test_value_added_items_and_measures_are_titles_not_sentences():
    titles = [tick.name for package in load_packages(document("packages")) for tick in package.value_added]
    titles += [measure.title for measure in load_measures(document("measures"))]
    assert max(map(len, titles)) <= 16
    assert not [title for title in titles if "。" in title]


def test_measures_are_numbered_without_a_gap_and_name_known_boards():
    measures = load_measures(document("measures"))
    assert [measure.number for measure in measures] == list(range(1, 146))
    assert {measure.board for measure in measures} <= CODES | {None}
    assert Counter(measure.board for measure in measures)["policy"] == 37


def test_a_document_of_another_kind_is_refused():
    with pytest.raises(AppError) as caught:
        load_items(document("boards"))
    assert caught.value.code == "catalog.bad_document"


def test_an_incomplete_entry_is_named_by_its_number():
    broken = {
        "kind": "boards",
        "entries": [{"code": "a", "name": "b", "lead": None, "duties": []}, {"code": "x"}],
    }
    with pytest.raises(AppError) as caught:
        load_boards(broken)
    assert caught.value.params == {"kind": "boards", "where": "2"}
