"""The one table of words: no code without a word, no room with a table of its own for the same codes."""

import ast
import json
from enum import StrEnum
from pathlib import Path

import pytest

import resources
from domain.callbacks.model import CallResult
from domain.cases.assignments import AssignmentRole, AssignmentState
from domain.cases.decisions import ConflictChoice, ReviewDecision
from domain.cases.model import ApplicantKind, Capacity, CaseKind, CaseState, Channel, Scope
from domain.cases.progress import ToldBy
from domain.deadlines.clock import Alert
from domain.printing.offering import PAPERS
from domain.printing.papers import Ticket
from resources.words import table

ROOT = Path(__file__).parents[2]
TABLES: dict[str, type[StrEnum]] = {
    "kinds": CaseKind,
    "channels": Channel,
    "scopes": Scope,
    "applicants": ApplicantKind,
    "capacities": Capacity,
    "states": CaseState,
    "share_states": AssignmentState,
    "share_roles": AssignmentRole,
    "told_by": ToldBy,
    "alerts": Alert,
    "call_results": CallResult,
    "conflict_choices": ConflictChoice,
    "review_decisions": ReviewDecision,
}
ALIKE = 3
"""Pairs of code and word that two tables share where one is a copy of the other."""


@pytest.mark.parametrize(("name", "codes"), TABLES.items())
def test_every_code_has_its_word(name: str, codes: type[StrEnum]) -> None:
    assert set(table(name)) == set(codes)
    assert all(table(name).values())


def test_every_paper_and_every_level_has_its_word() -> None:
    assert set(table("papers")) == {*PAPERS, Ticket.PAPER}
    assert list(table("levels")) == [str(level) for level in range(5, 0, -1)]


def test_no_table_of_that_name() -> None:
    with pytest.raises(KeyError):
        table("nonsense")


def copies(tree: ast.AST) -> list[str]:
    """The shared tables that a module says again: ``ALIKE`` of their pairs in one literal."""
    document = json.loads(resources.path("words.json").read_text("utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            said = {(_value(key), _value(value)) for key, value in zip(node.keys, node.values, strict=True)}
            found += [name for name, words in document.items() if len(said & set(words.items())) >= ALIKE]
    return found


def _value(node: ast.AST | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


@pytest.mark.parametrize("room", ["desktop", "reports", "server"])
def test_no_room_says_a_shared_table_again(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    found = {str(file.relative_to(ROOT)): copies(ast.parse(file.read_text("utf-8"))) for file in files}
    assert {file: names for file, names in found.items() if names} == {}


def test_a_table_said_again_is_seen() -> None:
    assert copies(ast.parse('{"point": "点", "chain": "链", "block": "块"}')) == ["scopes"]
