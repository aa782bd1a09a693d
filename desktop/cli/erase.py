"""``qifu erase``: deleting a person's data on a lawful request, at a station that works alone."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.case_options import zone_of
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command
from desktop.words import ERASURE_GROUNDS, word
from domain.erasure import Ground
from domain.errors import AppError

if TYPE_CHECKING:
    from services.erasure import ErasurePlan

app = typer.Typer(add_completion=False)


@station_command(app)
def erase(
    asked: Asked,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="受理编号")] = "",
    uscc: Annotated[
        str, typer.Option("--uscc", metavar="CODE", help="这个企业的全部办件和档案里的个人信息")
    ] = "",
    phone: Annotated[str, typer.Option("--phone", metavar="NUMBER", help="只限写有这个电话的")] = "",
    reason: Annotated[
        Ground | None,
        typer.Option(
            "--reason", help="依据：request 本人申请，withdrawn 撤回同意，order 机关决定，mistake 误录"
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不可恢复")] = False,
) -> None:
    """依法删除个人信息（独立网点的管理员）。不加 --yes 只列出将删除什么。"""
    from desktop.erasure_words import plan_lines
    from services.erasure import Wanted, erase_person, finish_erasure, plan_erasure

    wanted = Wanted(case, uscc, phone)
    with asked.opened() as station:
        if not yes:
            plan = station.call(plan_erasure, wanted)
        elif reason is None:
            raise AppError("erasure.reason_missing")
        else:
            plan = station.call(erase_person, wanted, reason)
            station.run_aside(finish_erasure)
        zone = zone_of(station)
    document = {"erased": yes, "reason": reason.value if reason and yes else None, **_document(plan, zone)}
    head = f"已删除（{word(ERASURE_GROUNDS, reason)}）：" if yes and reason else "将删除（加 --yes 才删除）："
    asked.emit(document, "\n".join([head, *(f"  {one}" for one in plan_lines(plan))]))


def _document(plan: "ErasurePlan", zone: str) -> dict[str, Any]:
    cases = [
        {"number": one.number, "accepted_at": local_iso(one.accepted_at, zone), "open": one.is_open}
        for one in plan.cases
    ]
    names = ("events", "ratings", "tickets", "papers", "files", "drafts")
    return {
        "cases": cases,
        "enterprises": list(plan.enterprises),
        **{name: getattr(plan, name) for name in names},
    }
