"""Shipped files: fonts, icons, style sheets, seed catalogues.

``path(name)`` is the only way to reach them; it works from source and from the frozen program.
"""

import sys
from pathlib import Path


def path(name: str) -> Path:
    """Return the file ``name`` (slash-separated, relative to this folder), e.g. ``fonts/NotoSansSC-Regular.ttf``."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) / "resources" if frozen else Path(__file__).parent
    return root / name
