"""``qifu print``: a paper of a case as a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.output import emit
from desktop.cli.station import ActorOption, HomeOption, JsonOption, opened
from domain.errors import AppError

app = typer.Typer(add_completion=False)

_NAMES = {
    "slip": "case_slip",
    "受理回执": "case_slip",
    "notice": "one_time_notice",
    "一次性告知单": "one_time_notice",
}


@app.command()
def print_(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="slip（受理回执）或 notice（一次性告知单）")],
    number: Annotated[str, typer.Argument(metavar="N", help="编号、短号或 id")],
    size: Annotated[str, typer.Option("--paper", metavar="SIZE", help="a5、a4、80mm 或 58mm")] = "a5",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="存为 .pdf；热敏纸也可存 .png")
    ] = None,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """打印一张纸到文件；每次打印都记一份。"""
    from services.printing import mark_printed, record_print, render_document

    if out is None:
        raise AppError("printing.out_missing")
    as_pdf = _wants_pdf(out, size)
    with opened(home, staff) as station:
        _check_folder(out)
        job = station.call(record_print, number, _NAMES.get(paper, paper.replace("-", "_")), size)
        drawn = render_document(job.document, size, as_pdf=as_pdf)
        try:
            out.write_bytes(drawn.data)
        except OSError as error:
            station.call(mark_printed, job.id, type(error).__name__)
            raise AppError("printing.cannot_write", file=str(out)) from error
        station.call(mark_printed, job.id)
    document = {"file": str(out), "copy": job.copy}
    if drawn.undrawable:
        from desktop.messages import sentence

        sys.stderr.write(sentence(AppError("printing.rare_characters")) + "\n")
    emit(document, as_json=as_json, text=f"已存为 {out}（第 {job.copy} 次打印）")


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
