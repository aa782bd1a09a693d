"""Pictures of codes as counters see them: turned, seen askew, blurred, noisy, dark, small, and some of it together.

Run ``python tools/degrade_qr.py [--out DIR] [--seed N]``: makes 300 pictures of a credential, a presentation and a
slip, reads each with our way in (``services.scanning``) and with zxing-cpp as its manual calls it, and prints the
rates side by side for each kind of damage. With ``--out`` the pictures are kept. Strength grows from 1 to 10 until
most cannot be read, so 100 % is not to be expected of anyone.
"""

import argparse
import io
import platform
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import qrcode
import zxingcpp
from PIL import Image, ImageFilter
from qrcode.constants import ERROR_CORRECT_M

from domain.codes.building import presentation_text
from domain.codes.slips import Slip, SlipOf, slip_text
from services.scanning import read_picture
from tests.code_minting import DEVICE, HOLDER, NOW, qym, shown

SIZE = 1000
STRENGTHS = range(1, 11)
SLIP = Slip(
    of=SlipOf.CASE,
    id="01938c1e-7b1c-7000-8000-000000000001",
    number="QJ261122AB0017K",
    site="QJXC",
    board="policy",
    kind="request",
    accepted_at=NOW,
    due_at=NOW,
)
Grey = Image.Image
Damage = Callable[[Grey, int, random.Random], Grey]


@dataclass(frozen=True)
class Picture:
    """One made picture: what was done to it, how strongly, and what it says."""

    damage: str
    strength: int
    code: str
    text: str
    image: Grey


def drawn(text: str, module_px: int) -> Grey:
    """``text`` as a QR code in the middle of a light grey picture of 1000 × 1000."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=module_px, border=4)
    code.add_data(text)
    image = code.make_image().get_image().convert("L")
    side = max(SIZE, image.width + 80)
    ground = Image.new("L", (side, side), 225)
    ground.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return ground.resize((SIZE, SIZE), Image.Resampling.LANCZOS) if side != SIZE else ground


def rotation(image: Grey, strength: int, draw: random.Random) -> Grey:
    return image.rotate(draw.uniform(5, 18) * strength, Image.Resampling.BICUBIC, fillcolor=225)


def perspective(image: Grey, strength: int, draw: random.Random) -> Grey:
    """The right side further away, and a little of everything else."""
    far = SIZE * 0.028 * strength
    corners = [
        (0, 0),
        (SIZE, far),
        (SIZE - draw.uniform(0, far), SIZE - far),
        (draw.uniform(0, far / 2), SIZE),
    ]
    square = [(0, 0), (SIZE, 0), (SIZE, SIZE), (0, SIZE)]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, square, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    found = np.linalg.solve(np.array(rows, float), np.array(values, float))
    return image.transform(
        (SIZE, SIZE), Image.Transform.PERSPECTIVE, tuple(found), Image.Resampling.BICUBIC, fillcolor=225
    )


def blur(image: Grey, strength: int, draw: random.Random) -> Grey:
    return image.filter(ImageFilter.GaussianBlur(0.45 * strength))


def motion(image: Grey, strength: int, draw: random.Random) -> Grey:
    """A hand that moves while the shutter is open."""
    pixels = np.asarray(image, float)
    steps = 1 + strength
    moved = [np.roll(pixels, (step // 3, step), (0, 1)) for step in range(steps)]
    return Image.fromarray(np.mean(moved, axis=0).astype(np.uint8))


def noise(image: Grey, strength: int, draw: random.Random) -> Grey:
    chance = np.random.default_rng(draw.randrange(2**32))
    pixels = np.asarray(image, float) + chance.normal(0, 11 * strength, (SIZE, SIZE))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def low_light(image: Grey, strength: int, draw: random.Random) -> Grey:
    """Little light, and the noise of a sensor that makes the most of it."""
    chance = np.random.default_rng(draw.randrange(2**32))
    light = 0.5 / strength
    pixels = np.asarray(image, float) * light + chance.normal(4, 1.5, (SIZE, SIZE))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def uneven_light(image: Grey, strength: int, draw: random.Random) -> Grey:
    """A lamp's reflection on the glass and a shadow beside it."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    spot = np.exp(-((x - draw.uniform(300, 700)) ** 2 + (y - draw.uniform(300, 700)) ** 2) / (2 * 140.0**2))
    shadow = 1 - 0.085 * strength * (x / SIZE)
    pixels = np.asarray(image, float) * shadow + spot * 26 * strength
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def small(image: Grey, strength: int, draw: random.Random) -> Grey:
    side = int(SIZE * (1 - 0.085 * strength))
    ground = Image.new("L", (SIZE, SIZE), 225)
    ground.paste(image.resize((side, side), Image.Resampling.BILINEAR), (draw.randrange(SIZE - side), 0))
    return ground


def compressed(image: Grey, strength: int, draw: random.Random) -> Grey:
    """Sent through a messenger, small and badly compressed."""
    side = int(SIZE * (0.9 - 0.04 * strength))
    buffer = io.BytesIO()
    image.resize((side, side)).save(buffer, "JPEG", quality=max(3, 42 - 4 * strength))
    return Image.open(buffer).convert("L").resize((SIZE, SIZE), Image.Resampling.BILINEAR)


def together(image: Grey, strength: int, draw: random.Random) -> Grey:
    """A phone held to a camera: a bit of everything."""
    part = (strength + 2) // 3
    bent = perspective(rotation(image, part, draw), part, draw)
    return noise(low_light(blur(bent, part, draw), part, draw), 0 if part < 3 else 1, draw)


DAMAGES: tuple[Damage, ...] = (
    rotation,
    perspective,
    blur,
    motion,
    noise,
    low_light,
    uneven_light,
    small,
    compressed,
    together,
)


def pictures(seed: int = 1) -> Iterator[Picture]:
    """300 pictures: 3 codes × 10 kinds of damage × 10 strengths. The same ones for the same seed."""
    draw = random.Random(seed)
    codes = {"QYM1": qym(), "QYP1": presentation_text(shown(), HOLDER), "QYS1": slip_text(SLIP, DEVICE)}
    for name, text in codes.items():
        clean = drawn(text, 7)
        for damage in DAMAGES:
            for strength in STRENGTHS:
                yield Picture(damage.__name__, strength, name, text, damage(clean, strength, draw))


def ours(image: Grey) -> list[str]:
    """By the way every picture goes at the counter."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return [one.text for one in read_picture(buffer.getvalue())]


def theirs(image: Grey) -> list[str]:
    """zxing-cpp as its manual calls it."""
    return [one.text for one in zxingcpp.read_barcodes(image)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for picture in pictures(options.seed):
        if options.out is not None:
            options.out.mkdir(parents=True, exist_ok=True)
            picture.image.save(options.out / f"{picture.code}-{picture.damage}-{picture.strength:02}.png")
        right = [int(picture.text in read(picture.image)) for read in (ours, theirs)]
        for name in (picture.damage, "all"):
            for at, value in enumerate((1, *right)):
                counted[name][at] += value
    print(f"{platform.platform()}, zxing-cpp {version('zxing-cpp')}, seed {options.seed}")
    print(f"{'':<14}{'pictures':>9}{'ours':>12}{'zxing-cpp':>12}")
    counted["all"] = counted.pop("all")
    for name, (total, by_us, by_them) in counted.items():
        print(f"{name:<14}{total:>9}{by_us:>6} {by_us / total:>4.0%}{by_them:>7} {by_them / total:>4.0%}")


if __name__ == "__main__":
    main()
