"""Verifying a text outside the desk: with a trust file that the person names, or with a station's own trust."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from domain.codes.profiles import Profile
from domain.codes.recognise import Registries, read
from domain.codes.trust import Trust
from domain.codes.trust_files import MAX_BYTES, read_trust
from domain.codes.verdict import Verdict
from domain.codes.verification import LearnedTime
from domain.errors import AppError

if TYPE_CHECKING:
    from db.unit_of_work import UnitOfWork
    from domain.clock import Clock
    from domain.staff import Actor

# A text is verified without a store: the database's libraries would cost more time than the verdict.


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


def verify_here(
    uow: "UnitOfWork",
    clock: "Clock",
    actor: "Actor",
    text: str,
    profile: Profile | None,
    now: LearnedTime | None,
) -> Verdict:
    """The verdict with this station's trust and its memory of presentations; nothing else is recorded."""
    from services.trust import learned_time, registries, trust_of

    return read(
        text,
        trust=trust_of(uow),
        now=now or learned_time(uow, clock),
        registries=registries(uow),
        profile=profile,
        replay=uow.replay_marks,
    )
