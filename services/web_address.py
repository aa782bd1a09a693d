"""公开网址: where enterprises reach the page behind their slip."""

import re
from urllib.parse import urlsplit

from domain.cases.wording import clean
from domain.errors import AppError
from domain.hosts import is_loopback, number_of

MAX_CHARS = 100
_ADDRESS = re.compile(r"[a-z0-9.:/\[\]_~-]+", re.ASCII)
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.ASCII)


def web_address(typed: str) -> str:
    """``typed`` as it stands before the path of a link: no slash at its end; empty where there is none.

    https, and plain http on this machine alone, for trying out: ``station.web_address_plain``. A name, a port and a
    path, nothing else: ``station.web_address_invalid``.
    """
    text = clean(typed, one_line=True).text.rstrip("/")
    if not text:
        return ""
    scheme, host = _parts(text)
    if scheme != "https" and not is_loopback(host):
        raise AppError("station.web_address_plain")
    return text


def _parts(text: str) -> tuple[str, str]:
    invalid = AppError("station.web_address_invalid", typed=text[:60])
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise invalid from None
    plain = _ADDRESS.fullmatch(text.lower()) and len(text) <= MAX_CHARS and port != 0
    if not plain or parts.scheme not in ("https", "http") or not (_HOST.fullmatch(host) or number_of(host)):
        raise invalid
    if "//" in parts.path or "/." in parts.path:
        raise invalid
    return parts.scheme, host
