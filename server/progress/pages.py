"""The pages themselves, from what the services tell to HTML."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.ratings.decide import MAX_WORDS
from server.progress import words
from server.progress.markup import Html, fill, joined, shipped
from services.ratings.link_form import LinkPage
from services.ratings.links import Progress, Stage
from services.ratings.public_steps import PublicStep

_NOTHING = Html("")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form held that was not taken, and why: a sentence."""

    trouble: str
    level: int | None = None
    text: str = ""


def progress_page(page: LinkPage, *, thanks: bool = False, typed: Typed | None = None) -> Html:
    """How the case stands, with the form where a rating may be given; ``thanks`` comes after one was."""
    progress = page.progress
    body = fill(
        "progress",
        thanks=fill("thanks") if thanks and progress.rated else _NOTHING,
        trouble=fill("trouble", text=typed.trouble) if typed else _NOTHING,
        site=progress.site,
        number=progress.number,
        state=words.STATES.get(progress.state, words.TITLE),
        promise=_promise(progress),
        form=_form(page, typed),
        steps=joined([_step(step, progress.zone) for step in reversed(progress.steps)]),
        desk=_desk(progress),
    )
    return _page(words.TITLE, body)


def notice_page(notice: tuple[str, str]) -> Html:
    """A heading and a sentence."""
    heading, sentence = notice
    return _page(heading, fill("notice", heading=heading, sentence=sentence))


def _page(title: str, body: Html) -> Html:
    return fill("page", title=title, style=shipped("page.css"), body=body)


def _promise(progress: Progress) -> str:
    if progress.closed_at is not None:
        return words.SEE_DESK.get(progress.state) or f"{_minute(progress.closed_at, progress.zone)} 办结"
    if progress.paused:
        return "暂停期间不计时，恢复后时限顺延。"
    if progress.due_at is None:
        return ""
    due = f"承诺 {_minute(progress.due_at, progress.zone)} 前办结"
    return due + "（暂定，放假安排公布后可能调整）" if progress.provisional else due


def _form(page: LinkPage, typed: Typed | None) -> Html:
    if not page.stamp:
        return fill("rated") if page.progress.rated else _NOTHING
    chosen = typed.level if typed else None
    levels = [
        fill("level", level=str(level), word=word, checked=Html(" checked") if level == chosen else _NOTHING)
        for level, word in words.LEVELS.items()
    ]
    again = page.progress.stage is Stage.SECOND
    return fill(
        "rating",
        heading="处理后，您现在满意吗？" if again else "这件事办得怎么样？",
        stamp=page.stamp,
        levels=joined(levels),
        text=typed.text if typed else "",
        limit=str(MAX_WORDS),
    )


def _step(step: PublicStep, zone: str) -> Html:
    boards = "、".join(step.boards)
    about = words.BOARDS_OF.get(step.code, words.TO_BOARDS).format(boards=boards) if boards else ""
    return fill("step", at=_minute(step.at, zone), word=words.STEPS[step.code], about=about)


def _desk(progress: Progress) -> Html:
    phone = f"，电话 {progress.phone}" if progress.phone else ""
    until = f"本页可查看至 {_day(progress.ends_at, progress.zone)}。" if progress.ends_at is not None else ""
    return fill("desk", ask=f"有疑问请到{progress.site}窗口{phone}。", until=until)


def _minute(at_ms: int, zone: str) -> str:
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))
    return f"{_day(at_ms, zone)} {local:%H:%M}"


def _day(at_ms: int, zone: str) -> str:
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))
    return f"{local.year}年{local.month}月{local.day}日"
