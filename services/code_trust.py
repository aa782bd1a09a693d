"""Whom the command line and a station's codes folder trust, and what they recognise."""

import json
from pathlib import Path

import resources
from domain.codes.recognise import Registries
from domain.codes.trust import Trust
from domain.codes.trust_files import MAX_BYTES, read_trust
from domain.errors import AppError

FOLDER = "codes"
TRUST_FILE = "trust.json"
SEEN = "seen"


def load_trust(file: Path) -> Trust:
    """Trust from a file that the person names.

    Raises ``AppError``: ``codes.file_unreadable`` and what ``read_trust`` raises.
    """
    try:
        with file.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise AppError("codes.file_unreadable", file=file.name) from error
    return read_trust(body)


def trust_of_home(home: Path) -> Trust:
    """The trust kept in a station's folder; nobody is trusted where there is none."""
    file = home / FOLDER / TRUST_FILE
    return load_trust(file) if file.exists() else Trust()


def shipped_registries() -> Registries:
    """Hosts and patterns of registries as shipped."""
    document = json.loads(resources.path("reference/code_hosts.json").read_text("utf-8"))
    return Registries.from_document(document)
