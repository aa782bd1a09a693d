"""Entry point of ``qifu``."""

import errno
import os
import sys

import typer

from desktop.cli.commands import COMMANDS
from domain.errors import AppError
from services.command_line import BUG, REFUSED, USAGE_ERROR, is_call_for_help, lazy_app, usage_detail

INTERRUPTED = 130
_PATH_ERRORS = {
    errno.EACCES,
    errno.EEXIST,
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}


app = lazy_app(COMMANDS, "企服前台：企业综合服务中心窗口程序的命令行。")


def main() -> None:
    """Run ``qifu``; an error a person can act on is one sentence on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except AppError as error:
        code = _refuse(error)
    except USAGE_ERROR as error:
        if is_call_for_help(error):
            sys.stderr.write(error.format_message() + "\n")
            sys.exit(REFUSED)
        code = _refuse(AppError("cli.usage", detail=usage_detail(error)))
    except typer.Abort:
        code = REFUSED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (``qifu case list | head``): there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _refuse(AppError("cli.path", path=error.filename)) if _is_about_path(error) else _report(error)
    except Exception as error:
        code = _report(error)
    sys.exit(code or 0)


def _is_about_path(error: OSError) -> bool:
    return bool(error.filename) and error.errno in _PATH_ERRORS


def _report(error: Exception) -> int:
    """A bug: where it happened, and nothing of what was being worked on."""
    from desktop.crash_report import crash_report

    sys.stderr.write("程序出错，这一步没有完成。请把下面的报告交给维护人员（不含企业和个人信息）：\n")
    sys.stderr.write(crash_report(error) + "\n")
    return BUG


def _refuse(error: AppError) -> int:
    from desktop.messages import sentence

    sys.stderr.write(sentence(error) + "\n")
    return REFUSED


if __name__ == "__main__":
    main()
