"""Where a home lies when nobody says."""

import os
from pathlib import Path


def default_home() -> Path:
    """``QIFU_HOME``, else the user's data folder."""
    given = os.environ.get("QIFU_HOME")
    if given:
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_data_dir("qifu-desk", appauthor=False))
