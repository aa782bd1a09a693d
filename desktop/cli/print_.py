"""``qifu print``: a paper of a case as a file."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli.station_command import Asked, station_command
from domain.errors import AppError

app = typer.Typer(add_completion=False)

DOSSIER = "dossier"
NAMES = {
    "case_slip": ("slip", "受理回执"),
    "one_time_notice": ("notice", "一次性告知单"),
    "assignment_slip": ("assignment", "交办单"),
    "transfer_slip": ("transfer", "return", "转办单", "退回单"),
    "urging_slip": ("urging", "催办单"),
    "supervision_slip": ("supervision", "督办单"),
    "consultation_minutes": ("minutes", "会商纪要"),
    "feedback_slip": ("feedback", "办结反馈单"),
    "rating_form": ("rating", "评价表"),
    DOSSIER: ("归档卷宗",),
}
"""Paper → the names it has on the command line besides its own."""
_PAPER_OF = {name: paper for paper, names in NAMES.items() for name in names}
_HELP = "、".join(f"{names[0]}（{names[-1]}）" for names in NAMES.values() if len(names) > 1)


@station_command(app)
def print_(
    asked: Asked,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help=f"{_HELP}、dossier（归档卷宗）")],
    number: Annotated[str, typer.Argument(metavar="N", help="编号、短号或 id")],
    size: Annotated[
        str | None, typer.Option("--paper", metavar="SIZE", help="a5（默认）、a4、80mm 或 58mm；卷宗为 a4")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="存为 .pdf；热敏纸也可存 .png")
    ] = None,
) -> None:
    """打印一张纸到文件；每次打印都记一份。"""
    if out is None:
        raise AppError("printing.out_missing")
    wanted = _PAPER_OF.get(paper, paper.replace("-", "_"))
    size = size or ("a4" if wanted == DOSSIER else "a5")
    as_pdf = _wants_pdf(out, size)
    with asked.opened() as station:
        _check_folder(out)
        if wanted == DOSSIER:
            copy, undrawable = _dossier(station, number, size, out)
        else:
            copy, undrawable = _paper(station, wanted, number, size, out, as_pdf=as_pdf)
    if undrawable:
        from desktop.messages import sentence

        sys.stderr.write(sentence(AppError("printing.rare_characters")) + "\n")
    asked.emit({"file": str(out), "copy": copy}, text=f"已存为 {out}（第 {copy} 次打印）")


def _paper(
    station: Any, paper: str, number: str, size: str, out: Path, *, as_pdf: bool
) -> tuple[int, tuple[int, ...]]:
    from services.printing import mark_printed, record_print, render_document

    job = station.call(record_print, number, paper, size)
    drawn = render_document(job.document, size, as_pdf=as_pdf)
    try:
        out.write_bytes(drawn.data)
    except OSError as error:
        station.call(mark_printed, job.id, type(error).__name__)
        raise AppError("printing.cannot_write", file=str(out)) from error
    station.call(mark_printed, job.id)
    return job.copy, drawn.undrawable


def _dossier(station: Any, number: str, size: str, out: Path) -> tuple[int, tuple[int, ...]]:
    from services.dossier import SIZE, save_dossier

    if size != SIZE:
        raise AppError("printing.size_unfit", size=size[:40], known=SIZE)
    if out.suffix.lower() != ".pdf":
        raise AppError("printing.dossier_only_pdf")
    saved = save_dossier(station, number, out)
    return saved.copy, saved.undrawable


def _wants_pdf(out: Path, size: str) -> bool:
    suffix = out.suffix.lower()
    if suffix == ".pdf":
        return True
    if suffix == ".png" and size in ("80mm", "58mm"):
        return False
    raise AppError("printing.out_type", file=out.name)


def _check_folder(out: Path) -> None:
    if not out.absolute().parent.is_dir():
        raise AppError("printing.cannot_write", file=str(out))
