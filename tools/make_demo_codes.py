"""Make the demonstration codes that are shipped: ready credentials and public keys, no secret of any kind.

Run ``python tools/make_demo_codes.py``. Root, issuer and holder are made anew each time and forgotten.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import resources
from services.demo_codes import make_demo_codes, write_demo_codes


def main() -> None:
    folder = resources.path("demo/codes")
    write_demo_codes(make_demo_codes(time.time_ns() // 1_000_000), folder)
    (folder / "holder.pem").unlink()
    print(*sorted(file.name for file in folder.iterdir()))


if __name__ == "__main__":
    main()
