"""What Ctrl+K finds besides commands: cases and enterprises."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from desktop import words
from desktop.shell.page import Command, PageContext
from desktop.shell.palette import Found, Provider
from services.cases import search_cases
from services.enterprises import find_enterprises

MOST = 6


def providers(context: PageContext) -> Sequence[Provider]:
    """Cases by number, short number, text or pinyin initials; enterprises by name, initials or code."""

    def find_cases(text: str) -> "Found | Future[Found]":
        return _mapped(context, search_cases, text, lambda row: _case_command(context, row)) if text else []

    def find_known(text: str) -> "Found | Future[Found]":
        return _mapped(context, find_enterprises, text, lambda row: _begin(context, row)) if text else []

    return [find_cases, find_known]


def _mapped(context: PageContext, service: Any, text: str, make: Any) -> "Future[Found]":
    answer: Future[Found] = Future()

    def take(found: "Future[Any]") -> None:
        if found.cancelled():
            answer.cancel()
        elif found.exception() is not None:
            answer.set_exception(found.exception())
        else:
            answer.set_result([make(row) for row in found.result()])

    context.station.submit(service, text, limit=MOST).add_done_callback(take)
    return answer


def _case_command(context: PageContext, row: Any) -> Command:
    return Command(
        f"{row.number}  {row.applicant}",
        lambda: context.navigator.open("cases", row.id),
        "folders",
        detail=f"{words.word(words.STATES, row.state)} · {' '.join(row.excerpt.split())[:24]}",
    )


def _begin(context: PageContext, row: Any) -> Command:
    return Command(
        f"为 {row.name} 受理",
        lambda: context.navigator.open("intake", (row.uscc, row.name)),
        "buildings",
        detail=row.uscc or "",
    )
