"""UUIDv7 (RFC 9562 §5.7) from given time and randomness."""

from uuid import UUID


def uuid7(now_ms: int, random: bytes) -> str:
    """Canonical text of a UUIDv7 for ``now_ms`` (UTC milliseconds) and 10 random bytes."""
    if len(random) != 10:
        raise ValueError("uuid7 takes 10 random bytes")
    value = (now_ms & (2**48 - 1)) << 80 | int.from_bytes(random, "big")
    value &= ~(0xF << 76) & (2**128 - 1)
    value |= 0x7 << 76
    value &= ~(0x3 << 62) & (2**128 - 1)
    value |= 0x2 << 62
    return str(UUID(int=value))


def is_uuid(text: str) -> bool:
    """Whether ``text`` is a UUID in canonical lower-case form."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
