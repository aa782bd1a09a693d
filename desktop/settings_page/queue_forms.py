"""The forms of the queue's settings: a group, a window, a priority, the rules of all."""

from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from desktop.settings_page.queue_rows import Row, RowForm, TicksField

NORMAL = "normal"
DEFAULT_MINUTES = 8


def minutes_text(seconds: int | str) -> str:
    """Seconds as minutes: ``8``, ``1.5``; what could not be read as it was typed."""
    return seconds if isinstance(seconds, str) else f"{seconds / 60:g}"


def seconds_of(minutes: str) -> int | str:
    """Minutes as typed → seconds; what cannot be read stays, and the rules refuse it by its field."""
    try:
        return round(float(minutes) * 60)
    except (ValueError, OverflowError):
        return minutes


def whole(text: str) -> int | str:
    """A count as typed; what cannot be read stays."""
    return int(text) if text.isascii() and text.isdecimal() else text


class GroupForm(RowForm):
    """队列."""

    def __init__(self) -> None:
        super().__init__()
        self._boards: Mapping[str, str] = {}
        self.add("code", "编码", max_length=12, hint="定下后不再改：已经发出的号记着它。")
        self.add("name", "名称", max_length=30)
        self.add("prefix", "号码前缀", max_length=2, hint="一到两个大写字母，印在号码前面。")
        self.boards = TicksField("对应板块")
        self.boards.changed.connect(self.edited)
        self.column.addWidget(self.boards)
        self.add("quota", "每日限额", max_length=4, hint="0 是不限。只管取号机，窗口取号不受限。")
        self.add("typical_s", "预计分钟", max_length=8, hint="还没有办过几件时，用它估算等候。")
        self.add("note", "取号机说明", max_length=100)

    def set_boards(self, boards: Mapping[str, str]) -> None:
        """The boards there are (code → name)."""
        self._boards = boards

    def show_row(self, row: Row, *, is_new: bool) -> None:
        texts = {name: str(row[name]) for name in ("code", "name", "prefix", "quota", "note")}
        self.fill({**texts, "typical_s": minutes_text(row["typical_s"])}, is_new=is_new)
        self.boards.show_choices(self._boards, row["boards"])

    def read(self) -> Row:
        fields = self.fields
        return {
            **{name: fields[name].text() for name in ("code", "name", "note")},
            "prefix": fields["prefix"].text().upper(),
            "boards": self.boards.ticked(),
            "quota": whole(fields["quota"].text()),
            "typical_s": seconds_of(fields["typical_s"].text()),
        }


class WindowForm(RowForm):
    """窗口."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: Mapping[str, str] = {}
        self.add("code", "窗口号", max_length=8, hint="和各窗口“本机窗口”里填的一致。")
        self.add("name", "名称", max_length=30, placeholder="可以不填")
        self.groups, self.helps = TicksField("办理队列"), TicksField("空闲时帮办")
        for ticks in (self.groups, self.helps):
            ticks.changed.connect(self.edited)
            self.column.addWidget(ticks)

    def set_groups(self, groups: Mapping[str, str]) -> None:
        """The groups there are (code → name)."""
        self._groups = groups

    def show_row(self, row: Row, *, is_new: bool) -> None:
        self.fill({name: str(row[name]) for name in ("code", "name")}, is_new=is_new)
        self.groups.show_choices(self._groups, row["groups"])
        self.helps.show_choices(self._groups, row["helps"])

    def read(self) -> Row:
        return {
            **{name: self.fields[name].text() for name in ("code", "name")},
            "groups": self.groups.ticked(),
            "helps": self.helps.ticked(),
        }


class PriorityForm(RowForm):
    """优先."""

    def __init__(self) -> None:
        super().__init__()
        self.add("code", "编码", max_length=20)
        self.add("name", "名称", max_length=30)
        self.add(
            "head_start_min", "提前分钟", max_length=4, hint="当作早来了这么多分钟；1440 排在所有人前面。"
        )

    def show_row(self, row: Row, *, is_new: bool) -> None:
        self.fill({name: str(row[name]) for name in ("code", "name", "head_start_min")}, is_new=is_new)

    def read(self) -> Row:
        texts = {name: self.fields[name].text() for name in ("code", "name")}
        return {**texts, "head_start_min": whole(self.fields["head_start_min"].text())}


class RulesForm(RowForm):
    """规则 of the whole queue."""

    COUNTS = ("recall_limit", "back_after")
    TIMES = ("long_service_s", "alarm_wait_s", "alarm_pause_s")
    TEXTS = ("notice", "ticket_note")

    def __init__(self) -> None:
        super().__init__()
        self.add("recall_limit", "最多重呼", max_length=2, hint="次。到了次数只能按过号。")
        self.add("back_after", "过号回来", max_length=2, hint="让前面几个人先办。")
        self.add(
            "long_service_s", "办理过久", max_length=8, hint="分钟。超过的当作忘了按“办结”，不计入平均。"
        )
        self.add("alarm_wait_s", "等候警示", max_length=8, hint="分钟。有人等得更久，大厅页会提醒。")
        self.add("alarm_pause_s", "暂停警示", max_length=8, hint="分钟。窗口暂停得更久，大厅页会提醒。")
        self.add("notice", "显示屏通知", max_length=200, hint="平时的；当天的通知在“大厅”里发布。")
        self.add("ticket_note", "小票附言", max_length=200)
        self.column.addStretch(1)

    def show_row(self, row: Row, *, is_new: bool = False) -> None:
        counts = {name: str(row[name]) for name in (*self.COUNTS, *self.TEXTS)}
        self.fill({**counts, **{name: minutes_text(row[name]) for name in self.TIMES}})

    def read(self) -> Row:
        fields = self.fields
        found: dict[str, Any] = {name: whole(fields[name].text()) for name in self.COUNTS}
        found |= {name: seconds_of(fields[name].text()) for name in self.TIMES}
        return found | {name: fields[name].text() for name in self.TEXTS}


def blank_group(rows: list[Row]) -> Row:
    """A group with the first letter that is free."""
    taken = {row["code"] for row in rows} | {row["prefix"] for row in rows}
    letter = next((one for one in ascii_uppercase if one not in taken), "")
    return {
        "code": letter,
        "name": "",
        "prefix": letter,
        "boards": [],
        "quota": 0,
        "typical_s": DEFAULT_MINUTES * 60,
        "note": "",
    }


def blank_window(rows: list[Row]) -> Row:
    """A window with the next number, serving what the last one serves."""
    numbers = [int(row["code"]) for row in rows if str(row["code"]).isdecimal()]
    served = list(rows[-1]["groups"]) if rows else []
    return {"code": str(max(numbers, default=0) + 1), "name": "", "groups": served, "helps": []}


def blank_priority(rows: list[Row]) -> Row:
    """A priority to be named."""
    taken = {row["code"] for row in rows}
    code = next(f"p{number}" for number in range(1, len(rows) + 2) if f"p{number}" not in taken)
    return {"code": code, "name": "", "head_start_min": 0}
