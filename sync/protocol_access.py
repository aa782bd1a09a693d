"""The messages by which a device comes in: enrolment, challenge, session. Same rules as ``sync/protocol.py``.

What is signed is given here as bytes, for both sides. A signed statement travels as the very bytes that were signed, so
that a field which one side does not know yet breaks no signature.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from domain.codes.strict_cbor import Rules, decode, encode
from domain.enrolment import DeviceRole
from sync.protocol import OLDEST, VERSION, Count, Hash, Message, Millis, Name, Signature

TOKEN_S = 15 * 60
RENEW_S = 5 * 60
"""A token that has less than this left is renewed by the answer to a hello."""
CHALLENGE_S = 60
MAX_STATEMENT_BYTES = 64 << 10
_FROM_OUTSIDE = Rules(deterministic=False, max_bytes=MAX_STATEMENT_BYTES)

Token = Annotated[str, Field(max_length=512)]
Nonce = Annotated[bytes, Field(min_length=16, max_length=64)]
Host = Annotated[str, Field(min_length=1, max_length=255)]
Letters = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class AccessCode(StrEnum):
    """``ErrorAnswer.code`` of these routes, with the HTTP status that each comes with."""

    ENROL_UNKNOWN = "enrol.unknown"
    """403: no such code."""
    ENROL_EXPIRED = "enrol.expired"
    """403: the code's time is over."""
    ENROL_USED = "enrol.used"
    """403: another device has used the code."""
    ENROL_WRONG_SITE = "enrol.wrong_site"
    """403: ``detail`` is the site that the code is for; the device belongs to another that cannot be mapped."""
    ENROL_WRONG_ROLE = "enrol.wrong_role"
    """403: ``detail`` is the role that the code is for."""
    ENROL_DEVICE = "enrol.device_taken"
    """403: the device is known with another key, or was revoked."""
    ENROL_SITE_TAKEN = "enrol.site_taken"
    """403: ``detail`` are sites below a centre that comes; their codes or letters are those of other sites here."""
    ENROL_SITES = "enrol.sites_unknown"
    """403: ``detail`` are sites below a centre that comes; this server cannot add them: its tree comes from above."""
    SIGNATURE = "access.signature"
    """401: the signature is not the device's, or not over this host and nonce."""
    NONCE = "access.nonce"
    """401: the challenge is too old, not this server's, or was used; ask for a new one."""
    TOKEN = "access.token"  # noqa: S105
    """401: no token, or one that is over; begin a new session."""
    UNKNOWN_DEVICE = "device.unknown"
    """403: never enrolled here."""
    REVOKED = "device.revoked"
    """403: enrolled once, revoked since."""
    TOO_NEW = "version.too_new"
    """426: the caller speaks only newer versions than this server."""
    TOO_OLD = "version.too_old"
    """426: the caller speaks only older versions than this server takes."""


class OldChain(Message):
    """An incarnation that a lone station brings along: how far it goes."""

    inc: Count
    seq: Count
    head: Hash


class OldStation(Message):
    """What a station that worked alone brings: the site it called itself, its chain(s), letters it has used up."""

    site: Name
    name: Annotated[str, Field(max_length=120)] = ""
    site_letters: Annotated[str, Field(max_length=8)] = ""
    chains: Annotated[tuple[OldChain, ...], Field(max_length=1_000)] = ()
    letters: Annotated[tuple[Letters, ...], Field(max_length=600)] = ()


class BroughtSite(Message):
    """A site below a centre that joins. ``parent`` is that centre's site or another that it brings."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,23}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    parent: Name
    letters: Annotated[str, Field(pattern=r"^([A-Z]{2,4})?$")] = ""


class EnrolStatement(Message):
    """What a device says of itself. ``code`` has 11 characters in one piece (``sync/enrol_code.py``).

    ``host`` is the one dialled, lower case, without a port. ``now`` is the device's clock, as it is: never judged.
    ``sites`` are those below a centre, parents before children.
    """

    versions: tuple[Count, Count] = (OLDEST, VERSION)
    code: Annotated[str, Field(min_length=11, max_length=11)]
    public_key: Hash
    device: Annotated[str, Field(pattern=r"^[0-9a-f]{16,32}$")]
    name: Annotated[str, Field(max_length=60)] = ""
    role: DeviceRole
    host: Host
    now: Millis
    program: Name = ""
    old: OldStation | None = None
    sites: Annotated[tuple[BroughtSite, ...], Field(max_length=400)] = ()


class Enrol(Message):
    """POST /v1/enrol: ``statement`` is the CBOR of an ``EnrolStatement``, signed as it stands (``enrol_bytes``)."""

    statement: Annotated[bytes, Field(max_length=MAX_STATEMENT_BYTES)]
    signature: Signature


class CarriedDocument(Message):
    """A reference document that comes along with an answer: ``body`` is its JSON, with kind and version in it.

    ``signature`` is its publisher's over ``body``; empty where nobody has published it yet.
    """

    kind: Name
    version: Count
    body: Annotated[bytes, Field(max_length=1 << 20)]
    signature: Annotated[bytes, Field(max_length=64)] = b""


class EnrolAnswer(Message):
    """The same for the same code and key, however often it is asked, but for ``now`` and the token: only the first
    answer brings one.

    ``letters`` are pairs for case numbers that the server gave to nobody else at this site. ``documents`` holds at
    least ``site``, the site document of ``site``; all others come with the first run of sync. ``server`` is the device
    of the node that answers, ``server_site`` its site. ``public_key`` is that device's.
    """

    version: Count = VERSION
    site: Name
    role: DeviceRole
    letters: Annotated[tuple[Letters, ...], Field(min_length=1, max_length=64)]
    server: Name
    server_site: Name
    public_key: Hash
    epoch: Name
    now: Millis
    token: Token
    token_until: Millis
    documents: Annotated[tuple[CarriedDocument, ...], Field(max_length=64)] = ()


class Challenge(Message):
    """POST /v1/challenge: ``device`` wants to come in."""

    device: Name


class ChallengeAnswer(Message):
    """A nonce good for ``CHALLENGE_S``, once. ``server`` is the device of the node that asks."""

    nonce: Nonce
    epoch: Name
    now: Millis
    server: Name


class SessionRequest(Message):
    """POST /v1/session: the challenge, signed (``session_bytes``). The server holds ``host`` against its own name."""

    device: Name
    nonce: Nonce
    epoch: Name
    host: Host
    signature: Signature


class SessionAnswer(Message):
    """A token for ``Authorization: Bearer``, good until ``token_until`` by the server's clock, which says ``now``."""

    token: Token
    token_until: Millis
    now: Millis
    epoch: Name


def statement_bytes(statement: EnrolStatement) -> bytes:
    """``Enrol.statement``: deterministic CBOR of the statement."""
    return encode(statement.model_dump(mode="python") | {"role": statement.role.value})


def read_statement(statement: bytes) -> EnrolStatement:
    """The statement in bytes from outside; ``ValueError`` for anything else."""
    return EnrolStatement.model_validate(decode(statement, _FROM_OUTSIDE))


def enrol_bytes(statement: bytes) -> bytes:
    """What ``Enrol.signature`` signs."""
    return b"qifu:enrol:1:" + statement


def session_bytes(device: str, nonce: bytes, epoch: str, host: str) -> bytes:
    """What ``SessionRequest.signature`` signs. With the host in it, a look-alike server cannot pass it on."""
    return b"qifu:session:1:" + encode([device, nonce, epoch, host.lower()])


ACCESS_ROUTES: dict[str, tuple[type[BaseModel], type[BaseModel]]] = {
    "/v1/enrol": (Enrol, EnrolAnswer),
    "/v1/challenge": (Challenge, ChallengeAnswer),
    "/v1/session": (SessionRequest, SessionAnswer),
}
"""Path → what is sent and what is answered. None of them needs a token."""
