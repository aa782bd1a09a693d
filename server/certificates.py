"""The certificate that a hub or centre makes for itself; devices pin it when they are enrolled."""

import base64
import hashlib
import ipaddress
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from db.store.atomic import write_file

FOLDER = "tls"
_DAYS = 3650
"""Whoever pinned it has to be enrolled again once it is over."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where the pair lies."""

    cert: Path
    key: Path

    @property
    def pin(self) -> str:
        """SHA-256 of the certificate, as base64url: what a device compares."""
        found = x509.load_pem_x509_certificate(self.cert.read_bytes())
        digest = hashlib.sha256(found.public_bytes(serialization.Encoding.DER)).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def certificate_in(home: Path) -> Certificate | None:
    """The pair that the home has."""
    found = Certificate(home / FOLDER / "cert.pem", home / FOLDER / "key.pem")
    return found if found.cert.exists() and found.key.exists() else None


def ensure_certificate(home: Path, names: tuple[str, ...], now_ms: int) -> Certificate:
    """The home's pair, made for ``names`` (hosts and addresses) and this machine's own where there is none."""
    known = certificate_in(home)
    if known is not None:
        return known
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "qifu-server")])
    known_by = dict.fromkeys((*names, socket.gethostname(), "localhost", "127.0.0.1", "::1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general(one) for one in known_by]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = home / FOLDER
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_file(folder / "key.pem", secret, mode=0o600)
    write_file(folder / "cert.pem", made.public_bytes(serialization.Encoding.PEM))
    return Certificate(folder / "cert.pem", folder / "key.pem")


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
