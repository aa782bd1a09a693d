"""Base45 (RFC 9285): bytes as text of the 45 characters that a QR code packs best.

Source of the examples in the tests: RFC 9285, sections 4.3 and 4.4.
"""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


class Base45Error(ValueError):
    """The text is no Base45."""


def encode(data: bytes) -> str:
    """Text for ``data``: three characters for two bytes, two for a last single byte."""
    written = []
    for at in range(0, len(data) - 1, 2):
        rest, low = divmod(data[at] << 8 | data[at + 1], 45)
        high, middle = divmod(rest, 45)
        written.append(ALPHABET[low] + ALPHABET[middle] + ALPHABET[high])
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        written.append(ALPHABET[low] + ALPHABET[high])
    return "".join(written)


def decode(text: str) -> bytes:
    """Bytes of ``text``; raises ``Base45Error`` for a foreign character, a wrong length or a group out of range."""
    try:
        values = [_VALUE[character] for character in text]
    except KeyError as error:
        raise Base45Error("character") from error
    whole, tail = divmod(len(values), 3)
    if tail == 1:
        raise Base45Error("length")
    data = bytearray()
    for at in range(0, whole * 3, 3):
        number = values[at] + 45 * values[at + 1] + 2025 * values[at + 2]
        if number > 0xFFFF:
            raise Base45Error("group")
        data.append(number >> 8)
        data.append(number & 0xFF)
    if tail:
        number = values[-2] + 45 * values[-1]
        if number > 0xFF:
            raise Base45Error("group")
        data.append(number)
    return bytes(data)
