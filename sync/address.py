"""Where a node listens: https anywhere, plain http on this machine alone."""

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import AppError
from domain.hosts import THIS_MACHINE, is_loopback, number_of

OVERRIDE = "QIFU_SYNC_URL"
_VISIBLE = re.compile(r"[!-~]{1,500}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node listens. ``path`` comes before that of every request; without a slash at its end."""

    host: str
    port: int
    path: str
    tls: bool

    @classmethod
    def of(cls, url: str) -> "Address":
        """``AppError``: ``sync.address_invalid``, or ``sync.https_needed`` for plain http beyond this machine."""
        url = url.strip()
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise AppError("sync.address_invalid", typed=url[:80]) from None
        odd = parts.username or parts.password or parts.query or parts.fragment or port == 0
        if parts.scheme not in ("https", "http") or not host or odd or not _VISIBLE.fullmatch(url):
            raise AppError("sync.address_invalid", typed=url[:80])
        if parts.scheme == "http" and not is_loopback(host):
            raise AppError("sync.https_needed", typed=url[:80])
        tls = parts.scheme == "https"
        return cls(host, port or (443 if tls else 80), parts.path.rstrip("/"), tls)

    @classmethod
    def dialled(cls, url: str) -> "Address":
        """``url``'s, or that of ``QIFU_SYNC_URL`` where it is set."""
        return cls.of(os.environ.get(OVERRIDE) or url)

    @property
    def header(self) -> str:
        """As it stands in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def is_numeric(host: str) -> bool:
    """Whether ``host`` is an address, or this machine's name: nobody need be asked for it."""
    return host == THIS_MACHINE or number_of(host) is not None
