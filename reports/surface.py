"""What papers are drawn on. Lengths in the surface's unit (points or dots), y grows downwards from the top."""

from typing import Protocol

from reports.qr import Matrix
from reports.text import Line, Style


class Surface(Protocol):
    """One page or strip being drawn."""

    def line_of_text(self, x: float, baseline: float, line: Line, style: Style) -> None:
        """Draw a set line whose left end is ``x``."""

    def rule(self, x1: float, y1: float, x2: float, y2: float, thickness: float) -> None:
        """Draw a straight line."""

    def frame(self, x: float, y: float, width: float, height: float, thickness: float) -> None:
        """Draw the outline of a box."""

    def shade(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        """Fill a box; 0 is black, 1 is white."""

    def qr(self, x: float, y: float, size: float, matrix: Matrix) -> None:
        """Draw a QR code ``size`` wide, without its quiet zone."""
