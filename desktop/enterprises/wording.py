"""Facts of an enterprise in words: where a value comes from, how a licence stands, what a code was found to be."""

from datetime import date
from typing import Any

from desktop import words
from desktop.messages.codes import ANSWERS, REASONS
from desktop.widgets import Tone
from domain.codes.verdict import Answer, Reason
from domain.enterprises.licences import Light, Standing, days_left, light_of

LIGHT_TONES = {Light.GREEN: Tone.OK, Light.YELLOW: Tone.WARN, Light.GREY: Tone.QUIET}
ANSWER_TONES = {Answer.VALID: Tone.OK, Answer.INVALID: Tone.DANGER, Answer.CANNOT_TELL: Tone.WARN}
_MORE_REASONS = {"other_subject": "这个码是另一家企业的，不能用于本企业。"}
_STALE = "名单已过更新期，请尽快联网或导入新名单。"


def told_by(fact: Any, zone: str, people: Any) -> str:
    """Where a value comes from: ``企业码证明（浙江登记，至 2027-02-20）``, ``名单导入（园区.xlsx，2026-11-22）``."""
    source = words.SOURCES[fact.source.value]
    day = f"{words.local(fact.at, zone):%Y-%m-%d}"
    if fact.source.value == "proved":
        if fact.lapsed:
            return f"曾由企业码证明（{fact.by}，证明已到期）"
        until = f"，至 {words.local(fact.until, zone):%Y-%m-%d}" if fact.until else ""
        return f"{source}（{fact.by}，{day} 核验{until}）"
    who = words.person(fact.by, people) if fact.source.value == "typed" else fact.by
    return f"{source}（{'，'.join(filter(None, (who, day)))}）"


def others_of(fact: Any, people: Any) -> str:
    """What others say instead of what counts, or an empty text."""
    lines = [f"{words.SOURCES[one.source.value]}为“{shown(one.key, one.value)}”" for one in fact.others]
    return "；".join(lines)


def shown(key: tuple[str, ...], value: Any) -> str:
    """A value as people read it."""
    if key[0] == "kind":
        return words.word(words.APPLICANTS, str(value))
    return str(getattr(value, "word", None) or getattr(value, "name", None) or value)


def licence_badge(licence: Any, standing: Standing, today: date) -> tuple[str, Tone]:
    """``绿 · 有效``, ``黄 · 即将到期（还有 12 天）`` with the tone: colour, shape and word say the same."""
    light = light_of(licence, today)
    text = f"{words.LIGHTS[light.value]} · {words.STANDINGS[standing.value]}"
    left = days_left(licence, today)
    if standing is Standing.EXPIRING and left is not None:
        text += f"（还有 {left} 天）" if left else "（今天到期）"
    return text, LIGHT_TONES[light]


def answer_badge(verdict: str) -> tuple[str, Tone]:
    """The word for a verdict and its tone; one of a newer program stands for itself."""
    if verdict not in set(Answer):
        return verdict, Tone.QUIET
    return ANSWERS[Answer(verdict)], ANSWER_TONES[Answer(verdict)]


def reason_sentences(reasons: Any) -> list[str]:
    """A sentence for each reason, once."""
    return [_reason(code) for code in dict.fromkeys(reasons)]


def _reason(code: str) -> str:
    if code == Reason.STALE:
        return _STALE
    if code in set(Reason):
        return REASONS[Reason(code)]
    return _MORE_REASONS.get(code, code)


def case_line(row: Any, zone: str) -> str:
    """One case in a line: day, state, beginning of the matter."""
    state = words.word(words.STATES, row.state)
    return f"{words.local(row.accepted_at, zone):%Y-%m-%d}　{state}　{row.excerpt}"


def alert(changed: Any) -> str:
    """A verdict that changed, for a notice: which enterprise, from what to what, which cases are open."""
    name = changed.name or changed.uscc
    before, now = (answer_badge(one)[0] for one in (changed.before, changed.now))
    text = f"“{name}”的企业码复核后由“{before}”变为“{now}”。" + "".join(reason_sentences(changed.reasons))
    numbers = words.joined(case.number for case in changed.cases[:3])
    return text + (f"在办件：{numbers}{' 等' if len(changed.cases) > 3 else ''}。" if numbers else "")
