"""Enrolment: a code and a key become a device, once. The same code and key get the same answer, however often."""

from collections.abc import Callable

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from db.audience import site_tree
from db.reference import OF_SITE, document_bytes
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.enrolment import Device, DeviceRole
from domain.errors import AppError
from domain.sites import SiteEntry
from domain.staff import Actor
from server.auth.tokens import make_token
from server.nodes import ServerNode
from server.refusing import Refusal
from services.devices import Applicant, enrol_device, open_code
from services.sites import take_branch
from sync.enrol_code import code_hash
from sync.frames import FrameError, open_frame
from sync.protocol import OLDEST, VERSION
from sync.protocol_access import (
    MAX_STATEMENT_BYTES,
    AccessCode,
    CarriedDocument,
    Enrol,
    EnrolAnswer,
    EnrolStatement,
    enrol_bytes,
)

_PLAIN = b"\0"
"""The first byte of a frame that is CBOR as it stands."""
_CODES = {
    "enrol.unknown": AccessCode.ENROL_UNKNOWN,
    "enrol.expired": AccessCode.ENROL_EXPIRED,
    "enrol.used": AccessCode.ENROL_USED,
    "enrol.wrong_role": AccessCode.ENROL_WRONG_ROLE,
    "enrol.device_taken": AccessCode.ENROL_DEVICE,
    "enrol.site_taken": AccessCode.ENROL_SITE_TAKEN,
    "enrol.sites_unknown": AccessCode.ENROL_SITES,
}


def read_statement(asked: Enrol, allowed_host: Callable[[str], bool]) -> EnrolStatement:
    """What the device says, with its signature checked; ``Refusal``."""
    try:
        plain = open_frame(_PLAIN + asked.statement, limit=MAX_STATEMENT_BYTES + 1)
        statement = EnrolStatement.model_validate(plain)
    except (FrameError, ValidationError) as error:
        raise Refusal(400, "frame.malformed", "statement") from error
    try:
        key = Ed25519PublicKey.from_public_bytes(statement.public_key)
        key.verify(asked.signature, enrol_bytes(asked.statement))
    except (InvalidSignature, ValueError) as error:
        raise Refusal(401, AccessCode.SIGNATURE) from error
    if not allowed_host(statement.host):
        raise Refusal(401, AccessCode.SIGNATURE, "host")
    oldest, newest = statement.versions
    if oldest > VERSION:
        raise Refusal(426, AccessCode.TOO_NEW)
    if newest < OLDEST:
        raise Refusal(426, AccessCode.TOO_OLD)
    return statement


def enrol(
    uow: UnitOfWork, clock: Clock, actor: Actor, statement: EnrolStatement, node: ServerNode, epoch: str
) -> EnrolAnswer:
    """Enrol the device of ``statement``, or say again what it was told; ``Refusal``."""
    hashed, applicant = code_hash(statement.code), _applicant(statement)
    try:
        code = open_code(uow, clock, actor, hashed, applicant)
        device = uow.devices.get(applicant.device)
        is_first = code.used_at is None
        if is_first:
            _need_mapping(uow, code.site, applicant)
            if code.role == DeviceRole.CENTRE:
                take_branch(uow, clock, node.operator, code.site, _brought(statement))
            device = enrol_device(uow, clock, actor, code, applicant)
            uow.devices.use_code(hashed, device.device, cbor2.dumps(list(device.letters)), clock.now_ms())
    except AppError as error:
        if error.code not in _CODES:
            raise
        detail = str(error.params.get("role", error.params.get("sites", "")))
        raise Refusal(403, _CODES[error.code], detail) from error
    if device is None or device.is_revoked:
        raise Refusal(403, AccessCode.REVOKED)
    return _answer(uow, clock, device, node, epoch, is_first)


def _applicant(statement: EnrolStatement) -> Applicant:
    old = statement.old
    return Applicant(
        device=statement.device,
        public_key=statement.public_key,
        role=statement.role.value,
        name=statement.name,
        old_site=old.site if old else "",
        old_letters=old.letters if old else (),
    )


def _brought(statement: EnrolStatement) -> list[SiteEntry]:
    return [SiteEntry(one.code, one.name, one.parent, one.letters) for one in statement.sites]


def _need_mapping(uow: UnitOfWork, site: str, applicant: Applicant) -> None:
    """A station may have called itself anything but another site of the tree: its events would count as that one's."""
    if applicant.old_site not in ("", site) and applicant.old_site in site_tree(uow.reference).entries:
        raise Refusal(403, AccessCode.ENROL_WRONG_SITE, site)


def _answer(
    uow: UnitOfWork, clock: Clock, device: Device, node: ServerNode, epoch: str, is_first: bool
) -> EnrolAnswer:
    now_ms = clock.now_ms()
    # Whoever got hold of the statement can send it again for as long as the code is kept; he cannot sign a challenge.
    token, until = make_token(node.token_key, device.device, now_ms) if is_first else ("", 0)
    return EnrolAnswer(
        site=device.site,
        role=DeviceRole(device.role),
        letters=device.letters,
        server=node.device,
        server_site=node.site,
        public_key=node.public_key,
        epoch=epoch,
        now=now_ms,
        token=token,
        token_until=until,
        documents=(_site_document(uow, device.site),),
    )


def _site_document(uow: UnitOfWork, site: str) -> CarriedDocument:
    """The site document of ``site``; of one that was only named in the tree, what the tree says."""
    kind = "site" if site == uow.events.node.site else f"site{OF_SITE}{site}"
    found = uow.reference.get(kind)
    if found is None:
        entry = site_tree(uow.reference).entries.get(site)
        if entry is None:
            raise AppError("sites.unknown", site=site)
        told = {"code": entry.code, "name": entry.name, "letters": entry.letters, "windows": 1}
        found = {**told, "kind": "site", "version": 0}
    return CarriedDocument(kind="site", version=found["version"], body=document_bytes(found))
