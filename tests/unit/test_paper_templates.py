"""A site's words for its papers: strict about names and lengths, and never more than words."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from domain.errors import AppError
from domain.printing import templates
from domain.printing.offering import PAPERS
from domain.printing.templates import (
    MAX_EMBLEM_CHARS,
    PaperTemplates,
    Placeholder,
    completed,
    filled,
    unknown_placeholders,
)

SHIPPED: dict[str, Any] = json.loads(resources.path("reference/paper_templates.json").read_text("utf-8"))


def _changed(**top: Any) -> dict[str, Any]:
    return {**deepcopy(SHIPPED), **top}


def _worded(paper: str = "case_slip", **words: Any) -> dict[str, Any]:
    document = deepcopy(SHIPPED)
    document["papers"][paper].update(words)
    return document


def _refused(document: dict[str, Any]) -> AppError:
    with pytest.raises(AppError) as caught:
        PaperTemplates.from_document(document)
    return caught.value


def test_the_shipped_document_has_words_for_every_paper_and_comes_back_unchanged() -> None:
    read = PaperTemplates.from_document(SHIPPED)
    assert tuple(read.papers) == PAPERS
    assert PaperTemplates.from_document(read.document()) == read


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (_changed(margin_mm=7), "margin_mm"),
        (_changed(margin_mm=26), "margin_mm"),
        (_changed(margin_mm=True), "margin_mm"),
        (_changed(seal="roof"), "seal"),
        (_changed(name_line="长" * 61), "name_line"),
        (_changed(script="rm -rf"), "script"),
        (_changed(papers={}), "papers"),
        (_worded(title=""), "title"),
        (_worded(title="题" * 21), "title"),
        (_worded(opening="长" * 301), "opening"),
        (_worded(opening=None), "opening"),
        (_worded(signatures=["甲", "乙", "丙", "丁"]), "signatures"),
        (_worded(signatures="甲"), "signatures"),
        (_worded(headings={"matter": ""}), "headings"),
        (_worded(code="import os"), "papers"),
    ],
)
def test_what_is_wrong_is_named(document: dict[str, Any], field: str) -> None:
    error = _refused(document)
    assert (error.code, error.params["field"]) == ("printing.template_field", field)


@pytest.mark.parametrize(
    "sentence",
    [
        "{编号.__class__}",
        "{0}",
        "{}",
        "{编号!r}",
        "{编号:>9}",
        "{self}",
        "{编号",
        "编号}",
        "{{编号}",
        "{ 编号 }",
    ],
)
@pytest.mark.parametrize("field", ["title", "opening", "footer"])
def test_a_name_in_braces_that_is_not_on_the_list_is_refused(sentence: str, field: str) -> None:
    error = _refused(_worded(**{field: sentence}))
    assert (error.code, error.params["field"], error.params["paper"]) == (
        "printing.template_placeholder", field, "case_slip",
    )  # fmt: skip


def test_without_the_list_it_would_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "unknown_placeholders", lambda sentence: iter(()))
    PaperTemplates.from_document(_worded(opening="{编号.__class__}"))


@pytest.mark.parametrize(
    "emblem", ["not base64!", "R0lGODlh", 7, "A" * (MAX_EMBLEM_CHARS + 4), "PHN2Zz48L3N2Zz4="]
)
def test_an_emblem_is_a_small_picture_of_the_two_kinds(emblem: Any) -> None:
    assert _refused(_changed(emblem=emblem)).code == "printing.emblem_invalid"


def test_names_are_replaced_once_and_doubled_braces_are_braces() -> None:
    values = {"编号": "{申请人}", "申请人": "甲"}
    assert filled("{编号}与{申请人}，{{编号}}", values) == "{申请人}与甲，{编号}"


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from("{}编号申请人x.!:0["), max_size=20))
def test_filling_never_fails_and_leaves_no_known_name(sentence: str) -> None:
    values = dict.fromkeys((name.value for name in Placeholder), "值")
    said = filled(sentence, values)
    if not list(unknown_placeholders(sentence)) and "{{" not in sentence and "}}" not in sentence:
        assert "{" not in said


def test_a_document_of_another_version_is_completed_and_what_is_unknown_left_out() -> None:
    own = {
        "name_line": "我们",
        "papers": {"case_slip": {"title": "回执"}, "poster": {"title": "海报"}},
        "later": 1,
    }
    read = PaperTemplates.from_document(completed(own, SHIPPED))
    assert read.name_line == "我们"
    assert read.papers["case_slip"].title == "回执"
    assert dict(read.papers["case_slip"].headings) == SHIPPED["papers"]["case_slip"]["headings"]
    assert read.papers["urging_slip"].title == "催办单"
