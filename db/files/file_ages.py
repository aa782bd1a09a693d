"""How old files are, by the time that the machine gave them. Others may put them in place or drop them meanwhile."""

from collections.abc import Iterable
from pathlib import Path


def written_ms(file: Path) -> float | None:
    """When it was last written to, UTC milliseconds; None where it is gone."""
    try:
        return file.stat().st_mtime * 1000
    except FileNotFoundError:
        return None


def written_before(files: Iterable[Path], before_ms: float) -> list[Path]:
    """Those of ``files`` that are there and were last written to before ``before_ms`` (UTC milliseconds)."""
    return [file for file in files if (at := written_ms(file)) is not None and at < before_ms]
