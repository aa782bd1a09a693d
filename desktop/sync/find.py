"""What Ctrl+K knows of sync, whether its page was opened before or not."""

from desktop.shell.page import Command, PageContext
from desktop.shell.palette import Provider, matching
from desktop.sync.sections import SECTIONS

_LETTERS = {
    "waiting": "dengdai dd shangbao",
    "refused": "tuihui th",
    "conflicts": "chongtu ct caiding",
    "reviews": "fuhe fh",
    "quarantine": "geli gl",
    "day_end": "rizhong rz hedui hd",
}


def provider(context: PageContext) -> Provider:
    """A run at once, and every tab by name."""
    return lambda text: matching(_commands(context), text) if text.strip() else []


def _commands(context: PageContext) -> list[Command]:
    navigator, icon = context.navigator, "arrows-clockwise"
    going = [
        Command(
            f"同步：{word}",
            lambda name=name: navigator.open("sync", name),  # type: ignore[misc]
            icon,
            words=f"tongbu tb {_LETTERS[name]}",
        )
        for name, word in SECTIONS
    ]
    at_once = (
        Command("立即同步", context.sync.now, icon, words="lijitongbu ljtb tongbu tb")
        if context.sync
        else None
    )
    return [at_once, *going] if at_once is not None else going
