"""Coming in: a challenge, signed with the device's key, gives a token that is kept in the store.

The token's end is by the server's clock, which we know by how far ours was off when last heard. Where ours has leapt
since, and be it by a year, a good token is renewed too early or one that is over meets a 401: nothing else happens.
"""

import threading
from collections.abc import Callable
from typing import Any

from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from db.upstream_access import Access, UpstreamAccess
from domain.clock import Clock
from domain.errors import AppError
from sync.address import Address
from sync.protocol_access import (
    AccessCode,
    Challenge,
    ChallengeAnswer,
    SessionAnswer,
    SessionRequest,
    session_bytes,
)
from sync.store import Store
from sync.transport import CONNECT_S, STALL_S, Transport
from sync.transport_errors import Refused, WrongServer

MARGIN_MS = 5_000
Sign = Callable[[bytes], bytes]


class Session:
    """The ``TokenSource`` of an enrolled device; several transports may share one."""

    def __init__(
        self, device: str, sign: Sign, access: Access, clock: Clock, keep: Callable[[str, int], None]
    ) -> None:
        self._device = device
        self._sign = sign
        self._server = access.server
        self._token, self._until, self._offset_ms = access.token, access.token_until, access.offset_ms
        self._home = self._place = Address.of(access.url)
        self._clock = clock
        self._keep = keep
        self._lock = threading.Lock()

    def token(self, transport: Transport) -> str:
        """The token, a new one where it is over by what we know."""
        with self._lock:
            self._go_to(transport)
            if not self._token or self._until - MARGIN_MS <= self._clock.now_ms() + self._offset_ms:
                self._begin(transport)
            return self._token

    def _go_to(self, transport: Transport) -> None:
        """A token is for where it was given: ``QIFU_SYNC_URL`` may lead anywhere. A pinned server is known anywhere."""
        if transport.address != self._place and not transport.is_pinned:
            self._token, self._place = "", transport.address

    def forget(self, token: str) -> None:
        """The server does not take ``token``."""
        with self._lock:
            if self._token == token:
                self._token = ""

    def renewed(self, token: str, until: int, now: int) -> None:
        """The answer to a hello brought a token; ``now`` is the server's clock."""
        if token:
            with self._lock:
                self._take(token, until, now)

    def _begin(self, transport: Transport) -> None:
        try:
            told = self._ask(transport)
        except Refused as refused:
            if refused.refusal != AccessCode.NONCE:
                raise _for_people(refused) from refused
            told = self._ask(transport)  # it took longer than the challenge holds
        self._take(told.token, told.token_until, told.now)

    def _ask(self, transport: Transport) -> SessionAnswer:
        challenge = transport.post("/v1/challenge", Challenge(device=self._device), ChallengeAnswer)
        if challenge.server != self._server:
            raise WrongServer("device")
        host, nonce, epoch = transport.host, challenge.nonce, challenge.epoch
        request = SessionRequest(
            device=self._device,
            nonce=nonce,
            epoch=epoch,
            host=host,
            signature=self._sign(session_bytes(self._device, nonce, epoch, host)),
        )
        return transport.post("/v1/session", request, SessionAnswer)

    def _take(self, token: str, until: int, now: int) -> None:
        self._token, self._until = token, until
        self._offset_ms = now - self._clock.now_ms()
        if self._place == self._home:
            self._keep(token, until)


def open_transport(
    store: Store, clock: Clock, *, stall_s: float = STALL_S, connect_s: float = CONNECT_S
) -> tuple[Transport, Session]:
    """A line to the store's upstream and the session it comes in with. ``sync.not_enrolled``, ``sync.no_key``."""
    device, seed, access = store.call(read_access)
    session = Session(device, signs_with(seed), access, clock, lambda *told: store.call(keep_token, *told))
    transport = Transport(
        access.url, pin=access.pin, token_source=session, clock=clock, stall_s=stall_s, connect_s=connect_s
    )
    return transport, session


@reads
def read_access(uow: UnitOfWork, clock: Clock, actor: Any) -> tuple[str, bytes, Access]:
    """(own device, seed of its key, how to come in)."""
    access = UpstreamAccess(uow.connection).get()
    if access is None:
        raise AppError("sync.not_enrolled")
    device = uow.events.node.device
    seed = uow.device_secrets.get(device)
    if seed is None:
        raise AppError("sync.no_key")
    return device, seed, access


def keep_token(uow: UnitOfWork, clock: Clock, actor: Any, token: str, until: int) -> None:
    """Keep a token for the next run."""
    UpstreamAccess(uow.connection).keep_token(token, until)


def signs_with(seed: bytes) -> Sign:
    """What signs with the Ed25519 key of ``seed``."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).sign


def _for_people(refused: Refused) -> Exception:
    match refused.refusal:
        case AccessCode.UNKNOWN_DEVICE:
            return AppError("sync.unknown_device")
        case AccessCode.SIGNATURE:
            return AppError("sync.signature")
    return refused
