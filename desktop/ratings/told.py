"""The story of one rating, line by line: what each step brought."""

from collections.abc import Iterator
from typing import Any

from desktop import words
from desktop.ratings.columns import tag_words


def lines_of(detail: Any, facts: Any) -> list[tuple[str, str]]:
    """(name, words) of all that this person may know."""
    item = detail.item
    if detail.rating is None:
        return [line for line in _own(detail) if line[1]]
    return [
        line for line in (*_head(detail, facts), *_steps(detail.rating, facts), ("编号", item.ref)) if line[1]
    ]


def _own(detail: Any) -> Iterator[tuple[str, str]]:
    item = detail.item
    yield "月份", item.month
    yield "勾选", tag_words(item.tags)
    yield "再次评价", words.word(words.LEVELS, str(item.second_level)) if item.second_level else ""
    yield "申诉理由", detail.own_appeal or ""
    yield "裁定", detail.decision or ""
    yield "编号", item.ref


def _head(detail: Any, facts: Any) -> Iterator[tuple[str, str]]:
    item, rating = detail.item, detail.rating
    yield "企业", item.applicant or "未登记企业"
    yield "是哪一次", f"{'来访' if item.of == 'visit' else '办件'} {item.number or ''}"
    yield "联系人", "  ".join(part for part in (detail.contact, detail.phone) if part)
    yield "给出", f"{_at(rating.given_at, facts)}  {words.word(words.RATING_SOURCES, item.source)}"
    yield "涉及", words.joined(words.person(one, facts.staff_names) for one in item.concerned)
    yield "勾选", tag_words(item.tags)
    yield "原话", rating.opinion.text


def _steps(rating: Any, facts: Any) -> Iterator[tuple[str, str]]:
    if (done := rating.verified) is not None:
        yield "核实", _said(done, facts, "属实" if done.confirmed else "不属实", done.finding)
    if (done := rating.answer) is not None:
        yield "整改" if done.fixed else "说明", _said(done, facts, "", done.text)
    for call in rating.calls:
        yield "回访", _said(call, facts, words.word(words.CALL_RESULTS, call.result.value), call.note)
    if rating.second is not None:
        yield "再次评价", words.word(words.LEVELS, str(rating.second.level))
    if (appeal := rating.appeal) is not None:
        yield "申诉", _said(appeal, facts, "", appeal.reason)
        yield "裁定", appeal.decision if appeal.decided_at is not None else "还没有裁定"


def _said(step: Any, facts: Any, result: str, text: str) -> str:
    who = words.person(step.actor, facts.staff_names)
    return "  ".join(part for part in (_at(step.at, facts), who, result, text) if part)


def _at(at: int, facts: Any) -> str:
    return words.moment(at, facts.zone)[5:]
