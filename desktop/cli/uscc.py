"""``qifu uscc CODE``: is this a right unified social credit code, and whose kind is it."""

from typing import Annotated, Any

import typer

from desktop.cli.output import DONE, NO, emit
from desktop.messages import sentence
from desktop.messages.uscc import BODIES, KINDS, warning_sentences
from domain.enterprises.credit_code import CreditCode, parse
from domain.errors import AppError

app = typer.Typer(add_completion=False)


@app.command()
def uscc(
    code: Annotated[str, typer.Argument(metavar="CODE", help="统一社会信用代码，全角、小写、空格、短横均可")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """核对统一社会信用代码：对为 0，不对为 1。"""
    try:
        parsed = parse(code)
    except AppError as error:
        emit(_refused(error), as_json=as_json, text=sentence(error), code=NO)
    else:
        emit(_accepted(parsed), as_json=as_json, text=_as_text(parsed), code=DONE)


def _accepted(parsed: CreditCode) -> dict[str, Any]:
    return {
        "code": parsed.code,
        "kind": str(parsed.kind),
        "warnings": warning_sentences(parsed),
        "error": None,
        "body": str(parsed.body),
        "region": parsed.region,
        "warning_codes": list(parsed.warnings),
    }


def _refused(error: AppError) -> dict[str, Any]:
    return {
        "code": None,
        "kind": None,
        "warnings": [],
        "error": sentence(error),
        "error_code": error.code,
        "suggestion": error.params.get("suggestion"),
    }


def _as_text(parsed: CreditCode) -> str:
    head = f"{parsed.code}  {KINDS[parsed.kind]}（{BODIES[parsed.body]}登记）"
    return "\n".join([head, *(f"注意：{line}" for line in warning_sentences(parsed))])
