"""Codes for a demonstration centre: a throw-away issuer, trusted by that store alone.

The issuer's and the root's secrets are forgotten as soon as the codes are written, so nobody can make more of them.
The holder's secret is kept: it signs presentations and nothing that is trusted by itself.
"""

import base64
import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import resources
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.codes.building import credential_text
from domain.codes.claims import CTI_BYTES, Credential, Purpose
from domain.codes.keys import Ed25519Signer, PublicKey
from domain.codes.revocation import RevocationList, packed, revocation_hash, sign_revocation_list
from domain.codes.trust import TrustedKey, TrustList, sign_trust_list
from domain.enterprises.licences import Licence
from domain.staff import Actor
from services.rulebook import rulebook
from services.trust import ROOT, take_trust

ISSUER = "演示签发机关（虚构）"
FOLDER = "demo-codes"
_DAY_MS = 86_400_000
# Nobody can publish newer lists of a forgotten root.
_VALID_MS = 3650 * _DAY_MS


@dataclass(frozen=True, slots=True)
class DemoCodes:
    """A trust file, credentials ``[{"name", "uscc", "text", "state"}]``, and the holder's key as PEM."""

    trust: dict[str, Any]
    credentials: list[dict[str, str]]
    holder: bytes


def make_demo_codes(now_ms: int) -> DemoCodes:
    """Codes of the made-up enterprises: all valid but the last two, one revoked and one expired."""
    root, issuer, holder = (Ed25519Signer(Ed25519PrivateKey.generate()) for _ in range(3))
    made = [_credential(entry, now_ms, holder) for entry in _enterprises()]
    states = ["valid"] * (len(made) - 2) + ["revoked", "expired"]
    revoked = packed(
        revocation_hash(one.id) for one, state in zip(made, states, strict=True) if state == "revoked"
    )
    credentials = [
        {
            "name": one.name,
            "uscc": one.subject,
            "text": credential_text(_as(one, state, now_ms), issuer),
            "state": state,
        }
        for one, state in zip(made, states, strict=True)
    ]
    until = now_ms + _VALID_MS
    key = TrustedKey(
        issuer.kid, _public(issuer), ISSUER, ISSUER, frozenset({Purpose.ENTERPRISE}), now_ms - 30 * _DAY_MS
    )
    trust = {
        "root": base64.b64encode(_public(root).raw).decode("ascii"),
        "demo": True,
        "trust_list": sign_trust_list(TrustList(1, now_ms, until, (key,)), root),
        "revocation_list": sign_revocation_list(RevocationList(1, now_ms, until, revoked), root),
    }
    return DemoCodes(trust, credentials, _pem(holder))


def fill_demo_codes(uow: UnitOfWork, clock: Clock, actor: Actor, home: Path) -> Path:
    """Make codes, let this store trust their issuer, and write them to the folder that is returned."""
    made = make_demo_codes(clock.now_ms())
    take_trust(uow, clock, actor, json.dumps(made.trust).encode())
    folder = home / FOLDER
    write_demo_codes(made, folder)
    return folder


def fill_demo_codes_once(uow: UnitOfWork, clock: Clock, actor: Actor, home: Path) -> Path | None:
    """``fill_demo_codes`` for a demonstration centre that trusts nobody yet; any other station is left alone."""
    if not rulebook(uow).site.demo or uow.reference.version(ROOT):
        return None
    return fill_demo_codes(uow, clock, actor, home)


def write_demo_codes(made: DemoCodes, folder: Path) -> None:
    """``trust.json``, ``credentials.json`` and ``holder.pem`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in (("trust", made.trust), ("credentials", made.credentials)):
        body = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        (folder / f"{name}.json").write_text(body, "utf-8")
    holder = folder / "holder.pem"
    holder.touch(0o600)
    holder.write_bytes(made.holder)


def _enterprises() -> list[dict[str, Any]]:
    """The enterprises of the made-up cases, each once."""
    entries = json.loads(resources.path("demo/cases.json").read_text("utf-8"))
    return list({one["uscc"]: one for one in entries if one.get("uscc")}.values())


def _credential(entry: dict[str, Any], now_ms: int, holder: Ed25519Signer) -> Credential:
    return Credential(
        issuer=ISSUER,
        subject=entry["uscc"],
        id=secrets.token_bytes(CTI_BYTES),
        purpose=Purpose.ENTERPRISE,
        issued_at=now_ms,
        not_before=now_ms,
        expires_at=now_ms + _VALID_MS,
        name=entry["name"],
        kind="individual" if entry["uscc"].startswith("92") else "enterprise",
        licences=(Licence("营业执照", entry["uscc"]),),
        holder=_public(holder),
    )


def _as(credential: Credential, state: str, now_ms: int) -> Credential:
    if state != "expired":
        return credential
    before = now_ms - 20 * _DAY_MS
    return replace(credential, issued_at=before, not_before=before, expires_at=now_ms - _DAY_MS)


def _public(signer: Ed25519Signer) -> PublicKey:
    return PublicKey(signer.key.public_key())


def _pem(signer: Ed25519Signer) -> bytes:
    return signer.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
