"""What an erasure deletes, in words."""

from typing import Any


def plan_lines(plan: Any, most: int | None = None) -> list[str]:
    """What goes, a line each; beyond ``most`` cases the others are counted."""
    lines = [f"办件 {one.number}" + ("（未办结）" if one.is_open else "") for one in plan.cases[:most]]
    if len(lines) < len(plan.cases):
        still_open = sum(one.is_open for one in plan.cases)
        lines.append(f"……共 {len(plan.cases)} 件办件，其中未办结 {still_open} 件")
    lines += [f"企业档案 {one} 的联系人和法定代表人" for one in plan.enterprises]
    counts = (
        (plan.events, "条记录里的个人信息"),
        (plan.ratings, "个评价里的文字"),
        (plan.tickets, "个排队号上的名称"),
        (plan.papers, "份打印过的单据"),
        (plan.files, "个附件"),
        (plan.drafts, "份草稿"),
    )
    lines += [f"{count} {what}" for count, what in counts if count]
    return [*lines, "本机备份全部换新；存到别处的备份和已打印的纸张请另行销毁。"]
