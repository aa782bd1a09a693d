"""One-time codes of enrolment (入网码) and the text of their QR code.

A code is ten characters of Crockford's base 32 (no I, L, O, U), 50 random bits, and a check character: ISO 7064's
hybrid system over 32 characters (MOD 33,32), which finds every single wrong one. Written ``7KM2Q-9XT4R-H``.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
PREFIX = "qifu-enrol:1:"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_DROPPED = str.maketrans("", "", "-—–_ \t\r\n\u3000\u00a0.·")


class CodeTextError(ValueError):
    """The text is no enrolment code; the word says why: length, character, check or form."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the QR code of an enrolment says: where, with which code, and the SHA-256 of the certificate to expect."""

    code: str
    url: str = ""
    pin: bytes | None = None

    @property
    def text(self) -> str:
        """The QR code's text."""
        pin = "" if self.pin is None else "&pin=" + base64.urlsafe_b64encode(self.pin).rstrip(b"=").decode()
        return f"{PREFIX}{quote(self.url, safe=':/[]')}?code={self.code}{pin}"


def new_code() -> str:
    """A fresh code, eleven characters in one piece."""
    stem = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return stem + _check(stem)


def shown(code: str) -> str:
    """``code`` in groups, as it is printed and said."""
    return f"{code[:5]}-{code[5:10]}-{code[10:]}"


def read_code(typed: str) -> str:
    """The code in what was typed: groups, spaces, lower case, full width and O/0, I/1 do not matter.

    Raises ``CodeTextError``.
    """
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed)
    code = narrow.translate(_DROPPED).upper().translate(_MISREAD)
    if len(code) != LENGTH + 1:
        raise CodeTextError("length")
    if any(character not in ALPHABET for character in code):
        raise CodeTextError("character")
    if _check(code[:LENGTH]) != code[LENGTH]:
        raise CodeTextError("check")
    return code


def read_invitation(text: str) -> Invitation:
    """The invitation in ``text``: a scanned QR code, or a code alone. Raises ``CodeTextError``."""
    text = text.strip()
    if not text.lower().startswith(PREFIX):
        return Invitation(read_code(text))
    try:
        parts = urlsplit(text[len(PREFIX) :])
        asked = parse_qs(parts.query, max_num_fields=8)
        pin = _pin(asked.get("pin", [""])[0])
    except (ValueError, binascii.Error) as error:
        raise CodeTextError("form") from error
    if not parts.scheme or not parts.netloc:
        raise CodeTextError("form")
    return Invitation(
        read_code(asked.get("code", [""])[0]), f"{parts.scheme}://{parts.netloc}{parts.path}", pin
    )


def read_pin(text: str) -> bytes:
    """The SHA-256 of a certificate, as hexadecimal (colons allowed) or base64url. Raises ``CodeTextError``."""
    plain = text.strip().replace(":", "").replace(" ", "")
    try:
        found = bytes.fromhex(plain) if len(plain) == 64 else _pin(plain)
    except (ValueError, binascii.Error) as error:
        raise CodeTextError("form") from error
    if found is None:
        raise CodeTextError("form")
    return found


def code_hash(code: str) -> str:
    """What a server keeps of a code: SHA-256, hexadecimal. 50 random bits and a short life need no slow hash."""
    return hashlib.sha256(b"qifu:enrol-code:1:" + code.encode("ascii")).hexdigest()


def _pin(text: str) -> bytes | None:
    if not text:
        return None
    found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(found) != 32:
        raise ValueError("length of pin")
    return found


def _check(stem: str) -> str:
    base = len(ALPHABET)
    carried = base
    for character in stem:
        carried = (carried + ALPHABET.index(character)) % base or base
        carried = carried * 2 % (base + 1)
    return ALPHABET[(1 - carried) % base]
