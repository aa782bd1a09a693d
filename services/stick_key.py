"""The key that sticks are sealed to (离线导出公钥): the private half stays at the centre, the public is published."""

import base64
import binascii

from db.server_secrets import ServerSecrets
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.publishing import publish
from services.station import reads

KIND = "stick_key"
_NAME = "stick"
_BYTES = 32


def ensure_stick_key(uow: UnitOfWork, clock: Clock, actor: Actor, pair: tuple[bytes, bytes]) -> bool:
    """Keep and publish ``pair`` (private, public) unless there is a key; whether it was taken."""
    if has_stick_key(uow, clock, actor):
        return False
    private, public = pair
    ServerSecrets(uow.connection).keep(_NAME, private, clock.now_ms())
    publish(uow, clock, actor, KIND, {"public_key": base64.b64encode(public).decode("ascii")})
    return True


@reads
def has_stick_key(uow: UnitOfWork, clock: Clock, actor: Actor) -> bool:
    """Whether sticks can be sealed to this node, or to one above it."""
    return ServerSecrets(uow.connection).get(_NAME) is not None or uow.reference.get(KIND) is not None


@reads
def private_stick_key(uow: UnitOfWork, clock: Clock, actor: Actor) -> bytes:
    """The private half; ``stick.no_key`` where this node has none."""
    kept = ServerSecrets(uow.connection).get(_NAME)
    if kept is None:
        raise AppError("stick.no_key")
    return kept


@reads
def stick_key(uow: UnitOfWork, clock: Clock, actor: Actor) -> bytes:
    """The centre's public half, as it was published; ``stick.no_key`` at a station that has not heard of one."""
    document = uow.reference.get(KIND) or {}
    try:
        key = base64.b64decode(document["public_key"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise AppError("stick.no_key") from error
    if len(key) != _BYTES:
        raise AppError("stick.no_key")
    return key
