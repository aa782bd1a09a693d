"""Boards that agree with what the items and packages say.

The lexicon knows which board, item and package go together. Every such cell is as likely as its three labels are on
their own; a board's share is the sum of its cells, mixed half and half with what the board's own weights said.
"""

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]

SHARE_OF_CELLS = 0.6
SOFTNESS = 1.5
"""The three opinions come from the same words; without softening they would be counted as independent."""


def agreed_boards(
    boards: Vector, items: Vector, packages: Vector, cells: npt.NDArray[np.int16], weights: Vector
) -> Vector:
    """The chances of the boards, given the chances of all three axes (each sums to 1).

    ``cells`` is n × 3: places of board, item, package; ``weights`` says how usual each cell is (0 to 1).
    """
    parts = boards[cells[:, 0]] * items[cells[:, 1]] * packages[cells[:, 2]]
    mass = np.power(np.maximum(parts, 1e-30), 1 / SOFTNESS) * weights
    sums = np.bincount(cells[:, 0], weights=mass, minlength=len(boards))
    total = float(sums.sum())
    if total <= 0:
        return boards
    mixed = SHARE_OF_CELLS * sums / total + (1 - SHARE_OF_CELLS) * boards
    return np.asarray(mixed, dtype=np.float32)
