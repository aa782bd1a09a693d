"""``qifu-server serve``."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands.shared import Home

app = typer.Typer(add_completion=False)
worker_app = typer.Typer(add_completion=False)

Port = Annotated[int, typer.Option(min=0, max=65535, help="端口；0 为任意空闲端口")]
Embedded = Annotated[bool, typer.Option("--embedded", help="数据须在随附的 PostgreSQL 里")]
Cert = Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help="证书（PEM）")]
Key = Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="证书的私钥（PEM）")]
Tls = Annotated[bool, typer.Option("--tls", help="自制证书，放在数据目录里；设备入网时认定它")]
Names = Annotated[
    list[str] | None, typer.Option("--name", metavar="HOST", help="别人用来找到它的名字，可多次")
]
Token = Annotated[str, typer.Option(envvar="QIFU_METRICS_TOKEN", help="别的机器读 /metrics 的口令")]


@app.command(help="开始服务，直到收到停止信号。不加密的 http 只在本机地址上。")
def serve(
    home: Home,
    port: Port = 8460,
    host: Annotated[str, typer.Option(help="监听的地址")] = "127.0.0.1",
    embedded: Embedded = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数")] = 1,
    tls: Tls = False,
    tls_cert: Cert = None,
    tls_key: Key = None,
    name: Names = None,
    metrics_token: Token = "",
) -> None:
    from server.collecting import collect_seldom
    from server.logs import log_to
    from server.making import need_embedded
    from server.serving import Serving
    from server.serving import serve as run

    log_to()
    collect_seldom()
    if embedded:
        need_embedded(home)
    names = tuple(name or ())
    run(home, Serving(host, port, workers, tls, tls_cert, tls_key, names, metrics_token))


@worker_app.command(hidden=True)
def worker(
    home: Home,
    socket: Annotated[int, typer.Option(min=0)],
    tls: Tls = False,
    tls_cert: Cert = None,
    tls_key: Key = None,
    name: Names = None,
    metrics_token: Token = "",
) -> None:
    from server.collecting import collect_seldom
    from server.logs import log_to
    from server.serving import Serving, serve_from

    log_to()
    collect_seldom()
    how = Serving(tls=tls, cert=tls_cert, key=tls_key, names=tuple(name or ()), metrics_token=metrics_token)
    serve_from(home, socket, how)
