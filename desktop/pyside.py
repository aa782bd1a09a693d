"""What has to be put right about the Qt binding before it is used."""

import ctypes
import sys

_PLENTY = 1 << 40


def keep_true_alive() -> None:
    """Keep ``True`` from being freed by signals.

    WORKAROUND: PySide6 6.12.0 gives ``Signal.emit`` a borrowed ``True`` as its result, so that every call drops one
    reference; after some 600 calls Python 3.11 ends with "Fatal Python error: bool_dealloc". From 3.12 on
    ``True`` cannot be freed (PEP 683); here it is given the same.
    """
    if sys.version_info < (3, 12):
        count = ctypes.c_ssize_t.from_address(id(True))
        if count.value < _PLENTY // 2:
            count.value += _PLENTY
