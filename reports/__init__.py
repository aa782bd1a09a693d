"""Paper: PDF and thermal raster from stored snapshots.

``render`` and ``preview.pages`` are what other rooms use; ``fonts.register()`` at start makes the first
paper quick.
"""

from reports.dossier import DossierCancelled
from reports.rendering import PaperSize, Rendered, render

__all__ = ["DossierCancelled", "PaperSize", "Rendered", "render"]
