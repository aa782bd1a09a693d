"""``qifu-server init``."""

from typing import Annotated

import typer

from domain.errors import AppError
from server.commands.shared import Home, emit

app = typer.Typer(add_completion=False)
SQLCIPHER = "sqlcipher"


@app.command(
    help="建立中心（PostgreSQL）或大厅主机（--store sqlcipher）。没有 --database 时用随附的 PostgreSQL。"
)
def init(
    home: Home,
    site: Annotated[str, typer.Option(metavar="CODE", help="网点代码", show_default=False)],
    name: Annotated[str, typer.Option(metavar="NAME", help="网点名称", show_default=False)],
    letters: Annotated[str, typer.Option(metavar="XX", help="受理编号开头的 2 至 4 个字母")] = "",
    database: Annotated[str, typer.Option(metavar="URL", help="postgresql://用户@主机/库")] = "",
    host_name: Annotated[
        list[str] | None, typer.Option("--host-name", metavar="HOST", help="别人用来找到它的名字，可多次")
    ] = None,
    store: Annotated[str, typer.Option(metavar="KIND", help="sqlcipher：加密文件，用于大厅主机")] = "",
) -> None:
    from server.making import make_node

    _check_database(database)
    if store not in ("", "postgresql", SQLCIPHER):
        raise AppError("server.usage", detail="--store 的值不对，可用 postgresql、sqlcipher")
    if store == SQLCIPHER and database:
        raise AppError("server.usage", detail="--store sqlcipher 不能和 --database 同时使用")
    made = make_node(
        home, site, name, letters, database=database, hub=store == SQLCIPHER, names=tuple(host_name or ())
    )
    emit({"home": str(made.home), "role": made.role, "site": made.site, "device": made.device})


def _check_database(url: str) -> None:
    """``server.database_url`` for what is no address of PostgreSQL, before a home is made for it."""
    from db.centre import is_address

    if url and not is_address(url):
        raise AppError("server.database_url")
