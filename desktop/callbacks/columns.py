"""What the page says of tasks: the lists, the columns of a list, and what was said in earlier calls."""

from typing import Any

from desktop import words
from desktop.queue.live.model import Badge, Column
from desktop.widgets import Tone
from domain.callbacks.model import SampleGroup

SECOND = "second"
LISTS = (
    ("open", "待回访"),
    ("due_today", "今日到期"),
    ("overdue", "超期"),
    ("mine", "我的"),
    (SECOND, "二次回访"),
    ("unreachable", "联系不上"),
    ("done", "已回访"),
)
"""Name of ``services.callbacks.tasks`` → word; ``SECOND`` are the open ones after a case was done again."""
MOST = 500
"""Rows of a list that only looks back."""


def is_second(task: Any) -> bool:
    """Whether the case was opened again before."""
    return bool(task.group == SampleGroup.REOPENED.value or task.round > 1)


def task_columns(zone: Any) -> tuple[Column, ...]:
    """``zone`` gives the site's time zone."""
    return (
        Column(
            "期限", 7, lambda one, now: _due(one, zone()), badge=lambda one, now: due_badge(one, now, zone())
        ),
        Column("企业", 9, lambda one, now: one.applicant),
        Column("事由", 8, lambda one, now: " ".join(one.excerpt.split())),
        Column("已打", 2, lambda one, now: str(one.attempts or ""), is_right=True),
    )


def due_badge(task: Any, now_ms: int, zone: str) -> Badge:
    """How the task stands against its limit, or how it ended."""
    if task.state != "open":
        tone = {"done": Tone.OK, "unreachable": Tone.WARN, "reopened": Tone.DANGER}.get(
            task.state, Tone.QUIET
        )
        return tone, words.word(words.CALLBACK_STATES, task.state)
    due = _due(task, zone)
    if task.overdue:
        return Tone.DANGER, f"超期 {due}"
    today = words.local(task.due_at, zone).date() == words.local(now_ms, zone).date()
    return (Tone.WARN, f"今天 {due[6:]}") if today else (Tone.INFO, due)


def _due(task: Any, zone: str) -> str:
    return words.moment(task.due_at, zone)[5:]


def attempt_words(attempt: Any, facts: Any) -> str:
    """One earlier call in a line."""
    parts = [
        words.moment(attempt.at, facts.zone)[5:],
        words.person(attempt.actor, facts.staff_names),
        words.word(words.CALL_RESULTS, attempt.result.value),
        *answer_words(attempt.answers),
        attempt.note,
    ]
    return "  ".join(part for part in parts if part)


def answer_words(answers: Any) -> list[str]:
    """What the enterprise said, in words."""
    said = []
    if answers.solved is not None:
        said.append("已解决" if answers.solved else "没有解决")
    if answers.on_time is not None:
        said.append("按时" if answers.on_time else "没有按时")
    if answers.attitude is not None:
        said.append(f"态度{words.word(words.ATTITUDES, answers.attitude.value)}")
    if answers.level is not None:
        said.append(words.word(words.LEVELS, str(answers.level)))
    if answers.wish:
        said.append(f"“{answers.wish}”")
    return said
