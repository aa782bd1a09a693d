"""What a window is called: its name, ``3 号窗口``, ``前台``, ``综合窗口``; never 前台 号窗口."""

STANDS_ALONE = ("窗口", "窗", "台", "厅", "室", "区")
"""Ends of a name to which nothing needs to be added; the voice says them so, too."""


def window_words(code: str, name: str = "") -> str:
    """What people look for; empty where there is no window."""
    if name or not code:
        return name
    if code[-1].isascii():
        return f"{code} 号窗口"
    return code if code.endswith(STANDS_ALONE) else f"{code}窗口"


def short_window(code: str) -> str:
    """The same where the column says that it is a window: ``3 号``, ``前台``."""
    return f"{code} 号" if code[-1:].isalnum() and code.isascii() else code
