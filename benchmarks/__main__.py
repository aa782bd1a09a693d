"""Measure, print a table, and keep it in ``benchmarks/RESULTS.md``.

    python -m benchmarks [names…] [--quick|--full] [--cache DIR]

Without names everything but ``search-many`` runs with ``--quick``, and everything without it. Made stores are kept in
the cache folder, ``qifu-benchmarks`` among the temporary files unless said otherwise.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import centre, centre_growth, closed_loop, codes, programs, queue, store_work, table, thinking
from benchmarks.measuring import Measured, Settings

BENCHMARKS: dict[str, Callable[[Settings], list[Measured]]] = {
    "start": programs.start,
    "help": programs.cli_help,
    "accept": store_work.accept,
    "search": store_work.search,
    "search-many": store_work.search_many,
    "lists": store_work.lists,
    "queue": queue.queue,
    "hub": queue.hub,
    "centre": centre.centre,
    "centre-growth": centre_growth.centre_growth,
    "loop": closed_loop.closed_loop,
    "slip": thinking.paper,
    "route": thinking.route,
    "verify": codes.verify,
    "frame": codes.frame,
    "recogniser": codes.recogniser,
}
SLOW = {"search-many"}


def main() -> int:
    """0 when every bar is met, 1 when one is missed."""
    options = _options()
    cache: Path = options.cache
    cache.mkdir(parents=True, exist_ok=True)
    _keep_apart(cache)
    where = table.machine()
    print(where)
    missed = False
    with tempfile.TemporaryDirectory(prefix="run-", dir=cache) as scratch:
        settings = Settings(cache, Path(scratch), options.quick, options.full)
        for name in options.names or _all(quick=options.quick):
            measured = BENCHMARKS[name](settings)
            text = table.section(name, measured, where, quick=options.quick)
            print("\n" + text, flush=True)
            table.keep({name: text}, list(BENCHMARKS))
            missed |= any(one.holds is False for one in measured)
    return 1 if missed else 0


def _all(*, quick: bool) -> list[str]:
    return [name for name in BENCHMARKS if not (quick and name in SLOW)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHMARKS, []], metavar="name", help=" ".join(BENCHMARKS)
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="fewer rounds, no million cases")
    size.add_argument("--full", action="store_true", help="a centre of ten million events, too")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "qifu-benchmarks")
    return parser.parse_args()


def _keep_apart(cache: Path) -> None:
    """Witnesses of made stores, and compiled modules of the programs that are started, lie in the cache."""
    os.environ["QIFU_WITNESS_DIR"] = str(cache / "witness")
    os.environ["PYTHONPYCACHEPREFIX"] = str(cache / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.pop("QIFU_HOME", None)


if __name__ == "__main__":
    sys.exit(main())
