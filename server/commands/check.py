"""``qifu-server check``."""

import typer

from server.commands.shared import Home, emit, working

app = typer.Typer(add_completion=False)


@app.command(help="先把读模型补齐，再核对链、日志摘要和件数；有不符的，退出码 1。")
def check(home: Home) -> None:
    from server.checking import check_node

    with working(home) as node:
        found = check_node(node)
    emit(
        {
            "ok": found.ok,
            "events": found.events,
            "cases": found.cases,
            "devices": found.devices,
            "held": found.held,
            "scopes": found.scopes,
            "broken": list(found.broken),
        },
        0 if found.ok else 1,
    )
