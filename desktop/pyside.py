"""What has to be put right about the Qt binding before it is used."""

import ctypes
import sys

_PLENTY = 1 << 40


def keep_true_alive() -> None:
    """Keep ``True``, ``False`` and ``None`` from being freed by the binding.

    WORKAROUND: PySide6 6.12.0 hands out borrowed constants as if they were new: every ``Signal.emit`` drops one
    reference to ``True``, every ``property`` or ``data`` without a value and every paint or key event that Python
    takes drops one to ``None``. After some thousand of these Python 3.11 ends with "Fatal Python error:
    bool_dealloc" or "none_dealloc". From 3.12 on constants cannot be freed (PEP 683); here they are given the same.
    """
    if sys.version_info < (3, 12):
        for constant in (True, False, None):
            count = ctypes.c_ssize_t.from_address(id(constant))
            if count.value < _PLENTY // 2:
                count.value += _PLENTY
