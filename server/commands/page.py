"""``qifu-server page``: the page behind a slip's link, over the store of a desk."""

from typing import Annotated

import typer

from server.commands.shared import Home

app = typer.Typer(add_completion=False)


@app.command(help="提供回执链接的网页（查进度、评价），只在本机端口上，由 nginx 对外。")
def page(
    home: Home,
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口；0 为任意空闲端口")] = 8460,
    host: Annotated[str, typer.Option(help="本机地址")] = "127.0.0.1",
) -> None:
    # uvicorn and the store are imported by the command that needs them.
    from server.logs import log_to
    from server.running import serve_page

    log_to()
    serve_page(home, host, port)
