"""A clock that stands still, and forms to fill in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.cases.intake import IntakeForm

ZONE = ZoneInfo("Asia/Shanghai")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
USCC = "91330100MA2H0KCB5W"
NAME = "杭州蓝鲸智能装备有限公司"
TEXT = "想申请今年的技改补贴，请专人看一下材料。"


def local_ms(text: str) -> int:
    """``2026-11-18 10:00`` in the site's zone as UTC milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


WEDNESDAY = local_ms("2026-11-18 10:00")


@dataclass(slots=True)
class FixedClock:
    """``domain.clock.Clock`` that stands still until it is told to move."""

    at_ms: int = WEDNESDAY

    def now_ms(self) -> int:
        return self.at_ms

    def set(self, text: str) -> None:
        """Set to local time."""
        self.at_ms = local_ms(text)

    def move(self, *, days: float = 0, hours: float = 0, ms: int = 0) -> None:
        self.at_ms += int(days * DAY_MS + hours * HOUR_MS) + ms


def form(**fields: Any) -> IntakeForm:
    """A form that is good enough to be accepted, without asking the router."""
    return IntakeForm(**{"text": TEXT, "name": NAME, "boards": ("policy",), **fields})
