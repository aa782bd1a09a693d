"""Entry point of ``qifu-server``."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import AppError
from server.sentences import sentence

REFUSED = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
_USAGE_ERROR: Any = typer.BadParameter.__base__

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="企服前台的服务程序。",
)


@app.callback()
def _root() -> None:
    pass


@app.command("page", help="提供回执链接的网页（查进度、评价），只在本机端口上，由 nginx 对外。")
def page(
    home: Annotated[Path, typer.Option(envvar="QIFU_HOME", help="数据目录", show_default=False)],
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口；0 为任意空闲端口")] = 8460,
    host: Annotated[str, typer.Option(help="本机地址")] = "127.0.0.1",
) -> None:
    # uvicorn and the store are imported by the command that needs them.
    from server.logs import log_to
    from server.running import serve_page

    log_to()
    serve_page(home, host, port)


def main() -> None:
    """Run ``qifu-server``; an error a person can act on is one sentence on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except AppError as error:
        code = _refuse(sentence(error))
    except _USAGE_ERROR as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            code = _refuse(error.format_message())
        else:
            code = _refuse(sentence(AppError("server.usage", detail=_named(error))))
    except typer.Abort:
        code = REFUSED
    except Exception as error:
        from server.logs import told

        sys.stderr.write(f"程序出错，请把这一行交给维护人员：{told(error)}\n")
        code = BUG
    sys.exit(code or 0)


def _refuse(text: str) -> int:
    sys.stderr.write(text + "\n")
    return REFUSED


def _named(error: Any) -> str:
    """The option that is wrong. Typer's own words are English."""
    parameter = getattr(error, "param", None)
    return getattr(error, "option_name", "") or next(iter(getattr(parameter, "opts", ())), "") or "命令"


if __name__ == "__main__":
    main()
