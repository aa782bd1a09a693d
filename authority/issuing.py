"""What an issuing authority does: a root, keys by purpose, credentials, revocations, published lists."""

import base64
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from authority import register as books
from authority.register import Issued, IssuerKey, Register
from authority.secrets_store import load_key, make_key, public_of, save_key, signer_of
from domain.codes.building import (
    MAX_CREDENTIAL_CHARS,
    credential_bytes,
    credential_text,
    presentation_text,
)
from domain.codes.claims import CTI_BYTES, ISSUABLE, Credential, Presentation
from domain.codes.keys import Algorithm, Signer
from domain.codes.profiles import QYM1
from domain.codes.revocation import RevocationList, packed, revocation_hash, sign_delta, sign_revocation_list
from domain.codes.trust import TrustList, sign_trust_list
from domain.enterprises.credit_code import parse
from domain.errors import AppError

ROOT = "root"
DAY_MS = 86_400_000
_NONCE_BYTES = 12


def make_root(folder: Path) -> str:
    """A root key and an empty register in ``folder``; returns the root's public key in base64."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / books.FILE).exists():
        raise AppError("authority.exists", file=books.FILE)
    save_key(_secret(folder, ROOT), make_key())
    books.save(folder, Register())
    return root_public(folder)


def root_public(folder: Path) -> str:
    """The root's raw public key in base64: what a station is told once, another way than the lists."""
    return _base64(public_of(load_key(_secret(folder, ROOT))).raw)


def add_key(
    folder: Path,
    name: str,
    *,
    issuer: str,
    purposes: tuple[str, ...],
    now_ms: int,
    days: int | None = None,
    algorithm: Algorithm = Algorithm.EDDSA,
) -> IssuerKey:
    """A new issuing key, trusted from now on for ``purposes`` once the next trust list is published."""
    register = books.load(folder)
    _require_name(name)
    if unknown := set(purposes) - ISSUABLE or (not purposes and {""}):
        raise AppError("authority.field", field="purpose", what="、".join(sorted(unknown)) or "未填")
    if name == ROOT or any(one.name == name for one in register.keys):
        raise AppError("authority.name_taken", name=name)
    secret = make_key(algorithm)
    save_key(_secret(folder, name), secret)
    until = None if days is None else now_ms + days * DAY_MS
    made = IssuerKey(name, issuer, purposes, _base64(public_of(secret).raw), now_ms, until)
    books.save(folder, replace(register, keys=(*register.keys, made)))
    return made


def issue(folder: Path, key_name: str, wanted: Credential) -> tuple[str, Credential]:
    """Sign ``wanted`` with a key that covers its purpose; its id and issuer are filled in. Text and credential.

    The register is written before the text is handed out, so that nothing is ever issued that cannot be revoked.
    """
    register = books.load(folder)
    key = register.key(key_name)
    if wanted.purpose not in key.purposes:
        raise AppError("authority.not_entitled", name=key_name, purpose=wanted.purpose)
    try:
        subject = parse(wanted.subject).code
    except AppError as error:
        raise AppError("authority.credit_code") from error
    credential = replace(wanted, subject=subject, issuer=key.issuer, id=secrets.token_bytes(CTI_BYTES))
    text = credential_text(credential, _signer(folder, key_name))
    if len(text) > MAX_CREDENTIAL_CHARS and len(credential.licences) <= 1:
        raise AppError("authority.too_long", length=len(text), limit=MAX_CREDENTIAL_CHARS)
    entry = Issued(credential.id.hex(), subject, key_name, credential.issued_at, credential.expires_at)
    books.save(folder, replace(register, issued=(*register.issued, entry)))
    return text, credential


def present(text: str, holder: Path, *, audience: str, now_ms: int) -> str:
    """``QYP1:`` text of a credential, as a phone would show it, for demonstration."""
    if not text.startswith(QYM1.prefix):
        raise AppError("authority.not_a_credential")
    shown = Presentation(now_ms, secrets.token_bytes(_NONCE_BYTES), audience, credential_bytes(text))
    return presentation_text(shown, signer_of(load_key(holder)))


def revoke(folder: Path, credential_id: str, now_ms: int) -> None:
    """Revoke one credential; stations learn it from the next revocation list."""
    books.save(folder, books.load(folder).with_revoked(credential_id.lower(), now_ms))


def publish(folder: Path, *, now_ms: int, days: int = 7) -> dict[str, Any]:
    """Number and sign both lists: the trust file that stations read, with the delta from the list before.

    A credential that has expired needs no revocation and leaves the list.
    """
    register = books.load(folder)
    root = _signer(folder, ROOT)
    until = now_ms + days * DAY_MS
    trusted = TrustList(
        register.trust_number + 1, now_ms, until, tuple(one.trusted() for one in register.keys)
    )
    hashes = packed(
        revocation_hash(bytes.fromhex(one.id))
        for one in register.issued
        if one.revoked_at is not None and one.expires_at > now_ms
    )
    revocations = RevocationList(register.revocation_number + 1, now_ms, until, hashes)
    document = {
        "root": root_public(folder),
        "trust_list": sign_trust_list(trusted, root),
        "revocation_list": sign_revocation_list(revocations, root),
    }
    delta = _delta(register, revocations, root)
    kept = {"number": str(revocations.number), "hashes": _base64(hashes)}
    books.save(
        folder,
        replace(
            register,
            trust_number=trusted.number,
            revocation_number=revocations.number,
            revocations=kept,
        ),
    )
    return {"file": document, "delta": delta}


def _delta(register: Register, new: RevocationList, root: Signer) -> dict[str, Any] | None:
    if not register.revocations:
        return None
    hashes = base64.b64decode(register.revocations["hashes"])
    old = RevocationList(int(register.revocations["number"]), 0, 0, hashes)
    return sign_delta(old, new, root)


def _require_name(name: str) -> None:
    if not name or not all(character.isalnum() or character in "-_" for character in name):
        raise AppError("authority.field", field="name", what="只能用字母、数字、- 和 _")


def _secret(folder: Path, name: str) -> Path:
    return folder / f"{name}.key"


def _signer(folder: Path, name: str) -> Signer:
    return signer_of(load_key(_secret(folder, name)))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
