"""The day's waiting things and the care for the data, in sentences."""

from datetime import datetime
from typing import Any, Protocol

from desktop import words
from desktop.messages.supervision import LEVELS
from desktop.today.tasks import Act, Line
from desktop.widgets import Tone

MOST = 6
_TONES = {"red": Tone.DANGER, "sensitive": Tone.DANGER}
GIB = 1 << 30


class Doer(Protocol):
    """What can be done about the lines."""

    def open_case(self, key: str) -> None: ...
    def note_reminder(self, reminder: Any) -> None: ...
    def continue_draft(self, draft: Any) -> None: ...
    def print_again(self, paper: Any) -> None: ...
    def mark_out(self, paper: Any) -> None: ...
    def print_notice(self, key: str) -> None: ...
    def show_open_cases(self) -> None: ...
    def make_backup(self) -> None: ...
    def open_safety(self) -> None: ...
    def open_folder(self) -> None: ...


def waiting_lines(today: Any, doer: Doer) -> list[Line]:
    """What one is reminded of, papers to be confirmed, drafts to go on with, promises that wait for a calendar."""
    papers = [_paper(paper, today.zone, doer) for paper in today.papers[:MOST]]
    drafts = [_draft(draft, today.zone, doer) for draft in today.drafts[:MOST]]
    reminders = [_reminder(one, today.zone, doer) for one in today.reminders[:MOST]]
    return [
        *reminders,
        *_more(len(today.reminders), "条督办提醒"),
        *papers,
        *_more(len(today.papers), "份单据待确认"),
        *drafts,
        *_more(len(today.drafts), "份草稿"),
        *_provisional(today.counts["provisional"], doer),
    ]


def _reminder(one: Any, zone: str, doer: Doer) -> Line:
    due = f"{words.due_words(one.due_at, zone)} 到期" if one.due_at is not None else ""
    return Line(
        f"督办提醒 · {words.word(LEVELS, one.level.value)}：{one.number}",
        _TONES.get(one.level.value, Tone.WARN),
        " · ".join(part for part in (one.applicant, one.excerpt, due) if part),
        (
            Act("打开", lambda: doer.open_case(one.case_id)),
            Act("知悉", lambda: doer.note_reminder(one)),
        ),
    )


def _paper(paper: Any, zone: str, doer: Doer) -> Line:
    what = words.word(words.PAPERS, paper.paper)
    return Line(
        f"{what}可能没有打印出来：{paper.number}",
        Tone.WARN,
        f"{paper.applicant} · 第 {paper.copy} 份 · {words.moment(paper.printed_at, zone)[5:]}",
        (Act("补打", lambda: doer.print_again(paper)), Act("已打印", lambda: doer.mark_out(paper))),
    )


def _draft(draft: Any, zone: str, doer: Doer) -> Line:
    from desktop.intake.form import headline

    return Line(
        headline(draft.fields),
        Tone.INFO,
        f"草稿 · {words.moment(draft.updated_at, zone)[5:]}",
        (Act("继续", lambda: doer.continue_draft(draft)),),
    )


def _more(count: int, what: str) -> list[Line]:
    return [Line(f"还有 {count - MOST} {what}。", Tone.QUIET)] if count > MOST else []


def _provisional(count: int, doer: Doer) -> list[Line]:
    if not count:
        return []
    text = f"{count} 件的期限是暂定的"
    detail = "放假安排公布后自动重算，不用动手。"
    return [Line(text, Tone.QUIET, detail, (Act("查看在办", doer.show_open_cases),))]


def material_lines(today: Any, doer: Doer) -> list[Line]:
    """Cases whose boards wait for material that the enterprise is to be told of, the most urgent first."""
    lines = [_material(call, today, doer) for call in today.material]
    rest = today.material_total - len(lines)
    return [*lines, *([Line(f"还有 {rest} 件等企业补材料。", Tone.QUIET)] if rest else [])]


def _material(call: Any, today: Any, doer: Doer) -> Line:
    told = f" · 告知单已打印 {call.printed} 份" if call.printed else ""
    due = f" · 期限 {words.moment(call.due_at, today.zone)[5:]}" if call.due_at else ""
    return Line(
        f"{call.applicant}：{words.joined(call.missing)}",
        Tone.QUIET if call.printed else Tone.WARN,
        f"{call.number} · {words.joined(call.boards)} · {call.phone or '没有留电话'}{due}{told}",
        (
            Act("打印告知单", lambda: doer.print_notice(call.key)),
            Act("打开", lambda: doer.open_case(call.key)),
        ),
    )


def care_lines(care: Any, doer: Doer) -> list[Line]:
    """What deserves attention, worst first; one calm line where nothing does."""
    lines = []
    if care.disk_is_low:
        text = f"磁盘只剩 {care.free_bytes / GIB:.1f} GB"
        detail = "满了就不能再受理。请删除不用的文件，或把旧备份移到别处。"
        lines.append(Line(text, Tone.DANGER, detail, (Act("打开数据目录", doer.open_folder),)))
    if not care.recovery_code:
        detail = "密钥丢失后，没有恢复码就打不开数据。"
        lines.append(Line("还没有恢复码", Tone.WARN, detail, (Act("生成恢复码", doer.open_safety),)))
    if care.backup_is_old:
        text = f"最近的备份是 {_day(care.backup_at)}" if care.backup_at else "还没有备份"
        lines.append(
            Line(text, Tone.WARN, "每天打开程序时会自动备份。", (Act("立即备份", doer.make_backup),))
        )
    if care.key_beside:
        detail = "能拷走整个目录的人就能读数据。"
        lines.append(Line("密钥和数据在同一目录", Tone.WARN, detail, (Act("怎么办", doer.open_safety),)))
    return lines or [Line(f"一切正常，最近备份 {_day(care.backup_at)}", Tone.OK)]


def _day(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000).astimezone():%m-%d %H:%M}"
