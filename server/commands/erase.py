"""``qifu-server erase``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.erasure import Ground
from domain.errors import AppError
from server.commands.shared import Home, emit, moment, working

if TYPE_CHECKING:
    from services.erasure import ErasurePlan

app = typer.Typer(add_completion=False)


@app.command(
    help="依法删除个人信息。不加 --yes 只列出将删除什么；加上才删除，各网点和窗口同步后也删除，并换掉各自的备份。"
)
def erase(
    home: Home,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="受理编号")] = "",
    uscc: Annotated[str, typer.Option(metavar="CODE", help="这个企业的全部办件和档案里的个人信息")] = "",
    phone: Annotated[str, typer.Option(metavar="NUMBER", help="只限写有这个电话的")] = "",
    reason: Annotated[
        Ground | None,
        typer.Option(help="依据：request 本人申请，withdrawn 撤回同意，order 机关决定，mistake 误录"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不可恢复")] = False,
) -> None:
    from server.erasures import finish
    from server.folding import fold_all
    from services.erasure import Wanted, erase_person, plan_erasure

    wanted = Wanted(case, uscc, phone)
    with working(home) as node:
        fold_all(node)
        if not yes:
            plan = node.call(plan_erasure, wanted, as_actor=node.operator)
            emit({"erased": False, **_told(plan)})
            return
        if reason is None:
            raise AppError("erasure.reason_missing")
        plan = node.call(erase_person, wanted, reason, as_actor=node.operator)
        finish(node)
    emit({"erased": True, "reason": reason.value, **_told(plan)})


def _told(plan: "ErasurePlan") -> dict[str, Any]:
    cases = [
        {"number": one.number, "accepted_at": moment(one.accepted_at), "open": one.is_open}
        for one in plan.cases
    ]
    names = ("events", "ratings", "tickets", "papers", "files", "drafts")
    return {
        "cases": cases,
        "enterprises": list(plan.enterprises),
        **{name: getattr(plan, name) for name in names},
    }
