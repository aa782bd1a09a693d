"""Every error a person may meet has its sentence, and the sentence gets the words it needs."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.messages import all_sentences, queue, sentence
from domain.errors import AppError

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "db", "services", "reports", "desktop", "sync")
SENTENCES = all_sentences()
ALSO = {name: of for name, (of, _) in queue.ALSO.items()}


def raised_in(tree: ast.AST) -> Iterator[tuple[int, str, frozenset[str] | None]]:
    """(line, code, names of the parameters) of every ``AppError("code", …)``; None where they are unpacked."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AppError" and node.args):
            continue
        if isinstance(node.args[0], ast.Constant):
            names = [keyword.arg for keyword in node.keywords]
            given = None if None in names else frozenset(name for name in names if name)
            yield node.lineno, str(node.args[0].value), given
        elif isinstance(node.args[0], ast.IfExp):
            for branch in (node.args[0].body, node.args[0].orelse):
                if isinstance(branch, ast.Constant):
                    yield node.lineno, str(branch.value), None


def fields_of(template: str) -> set[str]:
    """The parameters that a sentence needs, also those that it puts in another way."""
    return {ALSO.get(name, name) for _, name, _, _ in string.Formatter().parse(template) if name}


def missing(tree: ast.AST) -> list[str]:
    """Codes without a sentence, and sentences whose parameters are not given."""
    found = []
    for line, code, given in raised_in(tree):
        if code not in SENTENCES:
            found.append(f"{line}: {code} has no sentence")
        elif given is not None and not fields_of(SENTENCES[code]) <= given:
            found.append(f"{line}: {code} lacks {fields_of(SENTENCES[code]) - given}")
    return found


def test_every_code_has_its_sentence_and_its_parameters() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{one}"
        for room in ROOMS
        for file in sorted((ROOT / room).rglob("*.py"))
        for one in missing(ast.parse(file.read_text("utf-8")))
    ]
    assert found == []


def test_every_code_named_anywhere_has_its_sentence() -> None:
    """Also those that are not raised on the spot: in tables and in comparisons."""
    areas = "|".join(sorted({code.partition(".")[0] for code in SENTENCES}))
    looks_like_one = re.compile(rf"({areas})\.[a-z_0-9]*[a-z0-9]")  # a trailing underscore: built from parts
    named = {
        (node.value, str(file.relative_to(ROOT)))
        for room in ("domain", "db", "services", "reports")
        for file in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and looks_like_one.fullmatch(node.value)
    }
    assert {one for one in named if one[0] not in SENTENCES} == set()


@pytest.mark.parametrize("source", ["AppError('cases.unheard_of')", "AppError('cases.closed')"])
def test_what_is_missing_is_seen(source: str) -> None:
    assert missing(ast.parse(source))


def test_sentences_are_chinese_and_end() -> None:
    for code, text in SENTENCES.items():
        assert any("\u3000" <= c <= "\u9fff" for c in text), code
        assert text.endswith(("。", "？", "！", "{reason}")), code  # a reason is a sentence itself


def test_a_sentence_is_filled_in_and_codes_are_put_into_words() -> None:
    assert "QJ1" in sentence(AppError("cases.closed", number="QJ1"))
    told = sentence(AppError("permission.denied", action="staff_settings", role="clerk"))
    assert "staff_settings" not in told
    assert "clerk" not in told


def test_str_of_an_error_tells_no_parameter() -> None:
    error = AppError("cases.phone_invalid", phone="13800000000")
    assert str(error) == "cases.phone_invalid"


def test_words_of_those_who_type_braces_do_no_harm() -> None:
    assert "{x}" in sentence(AppError("cases.not_found", number="{x}"))
