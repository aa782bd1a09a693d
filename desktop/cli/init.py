"""``qifu init``: make a station. It announces a key that lies beside the store."""

from typing import Annotated

import typer

from desktop.cli.output import emit
from desktop.cli.station import HomeOption, JsonOption, ask_passphrase, home_of

app = typer.Typer(add_completion=False)

_KEY_WORDS = {
    "key_file": "密钥在 QIFU_KEY_FILE 指定的文件：{where}",
    "key_store": "密钥在操作系统的钥匙串",
    "passphrase": "密钥由口令保护",
    "home_file": "注意：密钥与数据放在一起（{where}），拷走整个目录的人就能读出数据。"
    "请改用系统钥匙串、口令（QIFU_PASSPHRASE）或密钥文件（QIFU_KEY_FILE）。",
}


@app.command()
def init(
    home: HomeOption = None,
    demo: Annotated[bool, typer.Option("--demo", help="演示中心：工作人员、窗口齐备，内容均为虚构")] = False,
    cases: Annotated[bool, typer.Option("--cases", help="演示中心里预置虚构的诉求件")] = False,
    site_name: Annotated[str, typer.Option("--site-name", metavar="N", help="网点名称")] = "",
    site_letters: Annotated[
        str, typer.Option("--site-letters", metavar="XX", help="编号用的 2–4 个字母")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """建立一个独立网点，或演示中心。"""
    from services.setup import init_demo_centre, init_station

    place, ask = home_of(home), ask_passphrase()
    if demo:
        made = init_demo_centre(place, cases=cases, ask=ask)
    else:
        made = init_station(place, site_name=site_name, site_letters=site_letters, ask=ask)
    document = {"home": str(made.home), "site": made.site, "key": made.key.kind.value}
    words = _KEY_WORDS[made.key.kind.value].format(where=made.key.where)
    emit(document, as_json=as_json, text=f"网点已建立：{made.home}\n{words}")
