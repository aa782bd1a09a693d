"""``qifu voice``: the announcement of a call as a sound file. Needs no store and makes none."""

from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.output import emit
from desktop.voice.assembling import MAX_RATE, MIN_RATE, write_file
from domain.errors import AppError
from domain.queue.announcing import Call, spoken_text

app = typer.Typer(add_completion=False)


@app.command()
def voice(
    number: Annotated[str, typer.Option("--number", metavar="A032", help="号码")],
    window: Annotated[str, typer.Option("--window", metavar="W", help="窗口号")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.wav", help="存到这个文件")] = None,
    text: Annotated[bool, typer.Option("--text", help="只写出要说的话，不生成声音")] = False,
    rate: Annotated[int, typer.Option("--rate", min=MIN_RATE, max=MAX_RATE, help="语速，百分数")] = 100,
    volume: Annotated[int, typer.Option("--volume", min=0, max=100, help="音量")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """把叫号播报存成 WAV 文件：先钟声，再说两遍。"""
    call = Call("cli", number, window, 0)
    said = spoken_text(call)
    if text:
        emit({"text": said}, as_json=as_json, text=said)
        return
    if out is None:
        raise AppError("voice.out_missing")
    seconds = round(write_file(out, call, rate=rate, volume=volume), 2)
    emit(
        {"file": str(out), "text": said, "seconds": seconds},
        as_json=as_json,
        text=f"已存到 {out}（{seconds} 秒）",
    )
