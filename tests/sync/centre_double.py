"""A centre's enrolment for tests: what ``POST /v1/enrol`` answers, with every check that a device can notice."""

import json
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.protocol_access import (
    CarriedDocument,
    Enrol,
    EnrolAnswer,
    EnrolStatement,
    enrol_bytes,
    read_statement,
)
from tests.fixed import FixedClock
from tests.sync.small_server import Asked, SmallServer

SITE = {"code": "gx", "name": "高新区企业服务中心", "letters": "GX", "windows": 4}
LETTERS = ("AC", "KM", "PQ", "XY")


class Centre:
    """``codes`` maps a code to its refusal, "" for a good one."""

    def __init__(self, server: SmallServer, clock: FixedClock) -> None:
        self.clock = clock
        self.codes: dict[str, str] = {}
        self.detail = ""
        self.site = dict(SITE)
        self.version = 1_000_001
        self.role = "window"
        self.device = "c0ffee0011223344"
        self.statements: list[EnrolStatement] = []
        self.answered: dict[str, tuple[bytes, EnrolAnswer]] = {}
        self.tokens = 0
        server.routes["/v1/enrol"] = self.enrol

    def enrol(self, asked: Asked) -> None:
        said = asked.message(Enrol)
        statement = read_statement(said.statement)
        self.statements.append(statement)
        try:
            key = Ed25519PublicKey.from_public_bytes(statement.public_key)
            key.verify(said.signature, enrol_bytes(said.statement))
        except InvalidSignature:
            return asked.refuse(401, "access.signature")
        refusal = self.codes.get(statement.code, "enrol.unknown")
        if refusal:
            return asked.refuse(403, refusal, detail=self.detail)
        key_of_first, answer = self.answered.setdefault(
            statement.code, (statement.public_key, self._answer())
        )
        if key_of_first != statement.public_key:
            return asked.refuse(403, "enrol.used")
        self.tokens += 1
        asked.give(answer.model_copy(update={"token": f"token-{self.tokens}"}))
        return None

    def _answer(self) -> EnrolAnswer:
        body = json.dumps({**self.site, "kind": "site", "version": self.version}, ensure_ascii=False)
        return EnrolAnswer(
            site=str(self.site["code"]),
            role=self.role,  # type: ignore[arg-type]
            letters=LETTERS,
            server=self.device,
            server_site="centre",
            public_key=secrets.token_bytes(32),
            epoch="e1",
            now=self.clock.at_ms,
            token="",
            token_until=self.clock.at_ms + 900_000,
            documents=(CarriedDocument(kind="site", version=self.version, body=body.encode()),),
        )
