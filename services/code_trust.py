"""What a text is verified with where there is no store: a trust file that the person names, the shipped registries."""

import json
from pathlib import Path

import resources
from domain.codes.recognise import Registries
from domain.codes.trust import Trust
from domain.codes.trust_files import MAX_BYTES, read_trust
from domain.errors import AppError

# Nothing of the database here: its libraries would cost more time than the verdict.


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


def shipped_registries() -> Registries:
    """Hosts and patterns of registries as shipped."""
    document = json.loads(resources.path("reference/code_hosts.json").read_text("utf-8"))
    return Registries.from_document(document)
