"""``qifu selftest``: the whole main job in a throw-away home, also in the frozen program."""

import sys
from typing import Annotated

import typer

from desktop.cli.output import DONE, NO, emit
from desktop.cli.station import JsonOption

app = typer.Typer(add_completion=False)


@app.command()
def selftest(
    as_json: JsonOption = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="出错时显示细节")] = False,
) -> None:
    """自检：建库、迁移、受理、查找、打印、载入资源。"""
    from services.selftest import run

    results = run()
    good = all(result.ok for result in results)
    if verbose:
        sys.stderr.write("".join(f"{r.name}: {r.error}\n" for r in results if r.error))
    document = {"ok": good, "steps": [{"name": r.name, "ok": r.ok, "error": r.error} for r in results]}
    text = "\n".join(f"{'✓' if r.ok else '✗'} {r.name}" for r in results)
    emit(document, as_json=as_json, text=text, code=DONE if good else NO)
