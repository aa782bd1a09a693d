"""The tabs of the sync page, by name."""

WAITING, REFUSED, CONFLICTS = "waiting", "refused", "conflicts"
REVIEWS, QUARANTINE, DAY_END = "reviews", "quarantine", "day_end"
SECTIONS = (
    (WAITING, "等待"),
    (REFUSED, "退回"),
    (CONFLICTS, "冲突"),
    (REVIEWS, "复核"),
    (QUARANTINE, "隔离"),
    (DAY_END, "日终核对"),
)
