"""Work without a store: routing per keystroke, and the slip."""

import importlib.util
import random

from benchmarks import made_up, slip
from benchmarks.big_store import SEED
from benchmarks.measuring import Measured, Settings, in_turn, timed
from reports import fonts, qr, render
from services import router


def route(settings: Settings) -> list[Measured]:
    """Suggestions after each character of a matter."""
    chance = random.Random(SEED)
    texts = [made_up.matter(chance) for _ in range(settings.rounds(25))]
    router.suggest(texts[0])
    taken = [
        timed(lambda text=text, end=end: router.suggest(text[:end]))
        for text in texts
        for end in range(1, len(text) + 1)
    ]
    return [Measured(f"route, per keystroke of {len(texts)} matters", taken, bar_ms=20, p95_bar_ms=20)]


def paper(settings: Settings) -> list[Measured]:
    """A case slip with QR code to PDF bytes, warm, beside the same slip by other libraries."""
    fonts.register()
    ours, _ = in_turn(settings.rounds(25), _ours, qr.matrix.cache_clear)
    peers = {"fpdf2": slip.with_fpdf2}
    if importlib.util.find_spec("weasyprint"):
        peers["WeasyPrint"] = slip.with_weasyprint
    found = [Measured("slip with QR to PDF, A5, warm", ours, bar_ms=25)]
    for name, make in peers.items():
        (times,) = in_turn(settings.rounds(5), make)
        least = {"fpdf2": 20, "WeasyPrint": 40}[name]
        found.append(Measured(f"the same slip by {name}", times, "our slip", ours, least_ratio=least))
    return found


def _ours() -> None:
    qr.matrix.cache_clear()
    render(slip.SLIP, "a5")
