"""The table of commands: name, module that holds it, one line of help.

A module is imported only when its command runs, so that ``qifu --help`` stays as quick as an empty program. Each
module exposes ``app``: a typer application with one command, or a group.
"""

COMMANDS: dict[str, tuple[str, str]] = {
    "due": ("desktop.cli.due", "推算办理期限，逐日说明"),
    "uscc": ("desktop.cli.uscc", "核对统一社会信用代码"),
    "route": ("desktop.cli.route", "按诉求内容推荐服务板块、事项和一类事"),
}
