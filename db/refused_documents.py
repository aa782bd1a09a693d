"""Which documents of the upstream were not taken in, and why: a small file beside the store."""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from db.store.atomic import write_file
from domain.documents import RefusedDocument

FILE = "sync/refused-documents.json"


def keep_refused(home: Path, refused: tuple[RefusedDocument, ...]) -> None:
    """Remember ``refused`` in place of what was refused before."""
    path = home / FILE
    if refused or path.exists():
        write_file(path, json.dumps([asdict(one) for one in refused]).encode(), mode=0o600)


def read_refused(home: Path) -> tuple[RefusedDocument, ...]:
    """What was refused when documents were last taken in."""
    with suppress(OSError, ValueError, TypeError):
        return tuple(RefusedDocument(**one) for one in json.loads((home / FILE).read_bytes()))
    return ()
