"""``qifu demo``: the main job without a screen, through the same services as the window."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.output import emit
from desktop.cli.station import HomeOption, JsonOption

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="把回执和告知单存到这里")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """无屏演示：受理三类诉求（含一件“一类事”），打印全部回执。"""
    from services.demo import run_demo
    from services.setup import init_station
    from services.station import open_station

    with tempfile.TemporaryDirectory(prefix="qifu-demo-") as folder:
        place = home or Path(folder) / "home"
        init_station(place, demo=True)
        station = open_station(place)
        try:
            made = run_demo(station, out)
        finally:
            station.close()
    listed = [
        {"number": m.number, "kind": m.kind, "paper": m.paper, "size": m.size, "file": str(m.file)}
        for m in made
    ]
    lines = [f"{m['number']}  {m['kind']:<12} {m['paper']:<16} {m['size']:<5} {m['file']}" for m in listed]
    emit(listed, as_json=as_json, text="\n".join(lines))
