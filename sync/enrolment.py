"""Joining a hub or centre, the line's side: a device says who it is and with which code it comes.

What it brings comes from the store and what it is told goes there (``services/enrolling.py``).
"""

import json
import platform
from typing import Self

from domain.clock import Clock
from domain.enrolment import DeviceRole
from domain.errors import AppError
from domain.joining import Enrolled, GivenDocument, Newcomer, OldSite
from domain.program import PROGRAM
from sync.address import Address
from sync.enrol_code import CodeTextError, Invitation, read_invitation, read_pin
from sync.protocol_access import (
    AccessCode,
    BroughtSite,
    CarriedDocument,
    Enrol,
    EnrolAnswer,
    EnrolStatement,
    OldChain,
    OldStation,
    enrol_bytes,
    statement_bytes,
)
from sync.transport import CONNECT_S, STALL_S, Transport
from sync.transport_errors import CancelledError, LinkDown, Refused, TransportError, WrongServer

MAX_NAME = 60
PATH = "/v1/enrol"
_REFUSALS = frozenset(
    {
        AccessCode.ENROL_UNKNOWN,
        AccessCode.ENROL_EXPIRED,
        AccessCode.ENROL_USED,
        AccessCode.ENROL_DEVICE,
        "enrol.letters_exhausted",
    }
)


def invitation_of(typed: str, url: str = "", pin: str = "") -> Invitation:
    """What was typed or scanned: a code or a whole QR code; ``url`` and ``pin`` beside it count before the QR code's.

    ``AppError``: ``enrol.code_length``, ``.code_character``, ``.code_check``, ``.code_form``, ``.pin_form``,
    ``.url_missing``, ``sync.address_invalid``, ``sync.https_needed``.
    """
    try:
        told = read_invitation(typed)
    except CodeTextError as error:
        raise _wrong_code(str(error), typed) from error
    try:
        fingerprint = read_pin(pin) if pin.strip() else told.pin
    except CodeTextError as error:
        raise AppError("enrol.pin_form") from error
    address = url.strip() or told.url
    if not address:
        raise AppError("enrol.url_missing")
    Address.of(address)
    return Invitation(told.code, address, fingerprint)


class Enrolment:
    """One try to join; ``cancel`` may come from any thread."""

    def __init__(
        self,
        invitation: Invitation,
        clock: Clock,
        *,
        role: DeviceRole = DeviceRole.WINDOW,
        name: str = "",
        program: str = PROGRAM,
        stall_s: float = STALL_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        self._invitation = invitation
        self.is_answer_lost = False
        self._clock = clock
        self._role = role
        self._name = " ".join((name or platform.node()).split())[:MAX_NAME]
        self._program = program
        self._line = Transport(
            invitation.url,
            pin=invitation.pin,
            token_source=None,
            clock=clock,
            stall_s=stall_s,
            connect_s=connect_s,
        )

    def ask(self, newcomer: Newcomer) -> Enrolled:
        """Ask to be enrolled. ``AppError`` with an ``enrol.*`` or ``sync.*`` code, ``sync.cancelled`` among them."""
        statement = statement_bytes(self._statement(newcomer))
        request = Enrol(statement=statement, signature=newcomer.sign(enrol_bytes(statement)))
        try:
            answer = self._line.post(PATH, request, EnrolAnswer)
        except TransportError as error:
            spoken = self._line.traffic.bytes_up > 0
            self.is_answer_lost = spoken and isinstance(error, LinkDown | CancelledError)
            raise self._for_people(error) from error
        self.is_answer_lost = True  # until what it said is in the store
        return self._enrolled(answer)

    def cancel(self) -> None:
        """Stop, at once. What the server did already is told again when the same device comes with the same code."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def _statement(self, newcomer: Newcomer) -> EnrolStatement:
        return EnrolStatement(
            code=self._invitation.code,
            public_key=newcomer.public_key,
            device=newcomer.device,
            name=self._name,
            role=self._role,
            host=self._line.host,
            now=self._clock.now_ms(),
            program=self._program,
            old=None if newcomer.old is None else _old(newcomer.old),
            sites=tuple(
                BroughtSite(code=one.code, name=one.name, parent=one.parent, letters=one.letters)
                for one in newcomer.sites
            ),
        )

    def _enrolled(self, answer: EnrolAnswer) -> Enrolled:
        if answer.role != self._role:
            raise AppError("enrol.wrong_role", role=answer.role.value)
        return Enrolled(
            url=self._invitation.url,
            pin=self._invitation.pin,
            name=self._name,
            site=answer.site,
            role=answer.role.value,
            letters=answer.letters,
            server=answer.server,
            server_site=answer.server_site,
            public_key=answer.public_key,
            epoch=answer.epoch,
            now=answer.now,
            token=answer.token,
            token_until=answer.token_until,
            documents=tuple(map(_document, answer.documents)),
        )

    def _for_people(self, error: TransportError) -> AppError:
        host = self._line.host
        match error:
            case CancelledError():
                return error.for_people()
            case LinkDown():
                return AppError("enrol.unreachable", host=host)
            case WrongServer() if error.detail.startswith("certificate"):
                told = "enrol.certificate" if self._invitation.pin else "enrol.certificate_unknown"
                return AppError(told, host=host)
            case WrongServer() | Refused(status=404 | 405):
                return AppError("enrol.not_a_server", host=host)
            case Refused():
                return _refusal(error)
        return error.for_people()


def _refusal(refused: Refused) -> AppError:
    if refused.refusal in _REFUSALS:
        return AppError(str(refused.refusal), site="")
    match refused.refusal:
        case AccessCode.ENROL_WRONG_SITE:
            return AppError("enrol.wrong_site", site=refused.detail)
        case AccessCode.ENROL_WRONG_ROLE:
            return AppError("enrol.wrong_role", role=refused.detail)
        case AccessCode.ENROL_SITES | AccessCode.ENROL_SITE_TAKEN:
            return AppError(str(refused.refusal), sites=refused.detail)
    return AppError("enrol.refused", refusal=refused.refusal)


def _wrong_code(why: str, typed: str) -> AppError:
    if why == "length":
        return AppError("enrol.code_length", count=sum(c.isalnum() for c in typed))
    return AppError(f"enrol.code_{why}")


def _old(one: OldSite) -> OldStation:
    return OldStation(
        site=one.site,
        name=one.name,
        site_letters=one.site_letters,
        letters=one.letters,
        chains=tuple(OldChain(inc=each.incarnation, seq=each.seq, head=each.head) for each in one.chains),
    )


def _document(carried: CarriedDocument) -> GivenDocument:
    try:
        content = json.loads(carried.body)
    except ValueError as error:
        raise AppError("enrol.document_missing") from error
    if not isinstance(content, dict):
        raise AppError("enrol.document_missing")
    content |= {"kind": carried.kind, "version": carried.version}
    return GivenDocument(content, carried.signature or None)
