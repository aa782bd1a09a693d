"""Who is asked: the lowest keyed hashes of a site and month, so many that the share holds.

The hash is HMAC-SHA256 under a key that never leaves the store of the responsible centre: whoever closes a case
cannot tell whether it will be asked about. What was drawn stays drawn; later closings top it up.
"""

import hmac
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from domain.callbacks.model import SampleGroup
from domain.cases.model import Case, CaseKind, LimitClass

KEY_BYTES = 32


def keyed_hash(key: bytes, site: str, month: str, case_id: str, round_: int) -> bytes:
    """The place of a closing in its month's order; ``month`` is ``2026-11`` by the site's zone."""
    message = "\0".join(("qifu:callback:1", site, month, case_id, str(round_)))
    return hmac.digest(key, message.encode(), "sha256")


def wanted(count: int, percent: int) -> int:
    """How many of ``count`` are asked: at least ``percent`` of them and at least one; none where nobody is to be."""
    return max(1, -(-count * percent // 100)) if count and percent else 0


def drawn_now(hashes: Mapping[str, bytes], drawn: Collection[str], percent: int) -> tuple[str, ...]:
    """Those to draw beside ``drawn``: the lowest hashes first, until the share of all ``hashes`` holds."""
    lacking = wanted(len(hashes), percent) - len(drawn)
    if lacking <= 0:
        return ()
    left = sorted((value, one) for one, value in hashes.items() if one not in drawn)
    return tuple(one for _, one in left[:lacking])


def group_of(case: Case) -> SampleGroup:
    """The group that ``case`` is sampled in; the surest one that fits."""
    if case.reopened:
        return SampleGroup.REOPENED
    if case.kind is CaseKind.COMPLAINT:
        return SampleGroup.COMPLAINT
    hard = case.limit.limit is LimitClass.HARD or case.escalated_at is not None
    return SampleGroup.HARD if hard else SampleGroup.ORDINARY


def month_of(at_ms: int, zone: str) -> str:
    """``2026-11`` of an instant by the site's zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m")


def month_span(month: str, zone: str) -> tuple[int, int]:
    """When ``2026-11`` begins and ends at the site, UTC milliseconds."""
    year, number = (int(part) for part in month.split("-"))
    begin = datetime(year, number, 1, tzinfo=ZoneInfo(zone))
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    return int(begin.timestamp() * 1000), int(end.timestamp() * 1000)
