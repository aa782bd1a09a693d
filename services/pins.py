"""The short number (口令) that leaves the ticket machine. Kept as an Argon2id hash in the machine's settings."""

from domain.errors import AppError

MIN_DIGITS, MAX_DIGITS = 4, 8


def hash_pin(pin: str) -> str:
    """The Argon2id hash of 4–8 digits; ``modes.pin_invalid``. Slow on purpose: not for the main thread."""
    from argon2 import PasswordHasher

    if not (pin.isascii() and pin.isdecimal() and MIN_DIGITS <= len(pin) <= MAX_DIGITS):
        raise AppError("modes.pin_invalid", least=MIN_DIGITS, most=MAX_DIGITS)
    return PasswordHasher().hash(pin)
