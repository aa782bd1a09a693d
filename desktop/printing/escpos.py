"""A picture of dots as the bytes of a thermal printer (ESC/POS). The picture makes every character print everywhere."""

import io
import logging
import os
import shutil
from functools import cache
from typing import Any

CHUNK_ROWS = 48
"""Rows sent as one picture: 3.5 KB on 80 mm paper, below the 4 KB that the smallest printers buffer."""
TEAR_LINES = {384: 4}
"""Lines fed before the cut, by dots across: small printers have a tear bar and skip the cut, which feeds, too."""
_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"


def escpos_bytes(png: bytes) -> bytes:
    """What a printer takes to print ``png`` (one bit a dot) and cut the paper behind it."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        printer = _dummy(picture.width)
        printer.hw("INIT")
        printer.image(picture, impl="bitImageRaster", fragment_height=CHUNK_ROWS)
        if picture.width in TEAR_LINES:
            printer.print_and_feed(TEAR_LINES[picture.width])
        printer.cut(feed=False)
    return bytes(printer.output)


def _dummy(width: int) -> Any:
    capabilities, printer = _library()
    profile = capabilities.Profile()
    # A profile that does not know the width of its paper is told about on standard output, once a picture.
    profile.profile_data = profile.profile_data | {"media": {"width": {"pixels": width}}}
    return printer.Dummy(profile=profile)


@cache
def _library() -> tuple[Any, Any]:
    """python-escpos, loaded with the first ticket: 0.3 s.

    WORKAROUND python-escpos 3.1 gives the root logger a handler and leaves a folder in the temporary directory.
    """
    placeholder = logging.NullHandler()
    logging.getLogger().addHandler(placeholder)
    try:
        from escpos import capabilities, printer
    finally:
        logging.getLogger().removeHandler(placeholder)
    if _PICKLES not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return capabilities, printer
