"""Licences (证照) and the colour they are shown in: a pure function of licence and day (docs: domain "Enterprise")."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

EXPIRING_DAYS = 30
"""A licence that ends within so many days is about to expire."""


class LicenceState(StrEnum):
    """What the register says of a licence, apart from its date."""

    VALID = "valid"
    RESTRICTED = "restricted"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Light(StrEnum):
    """灯色: green valid, yellow needs attention, grey counts no more."""

    GREEN = "green"
    YELLOW = "yellow"
    GREY = "grey"


class Standing(StrEnum):
    """Why a licence has its colour."""

    VALID = "valid"
    EXPIRING = "expiring"
    RESTRICTED = "restricted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


_WHATEVER_THE_DAY = {
    LicenceState.REVOKED: Standing.REVOKED,
    LicenceState.UNKNOWN: Standing.UNKNOWN,
}
_LIGHTS = {
    Standing.VALID: Light.GREEN,
    Standing.EXPIRING: Light.YELLOW,
    Standing.RESTRICTED: Light.YELLOW,
    Standing.EXPIRED: Light.GREY,
    Standing.REVOKED: Light.GREY,
    Standing.UNKNOWN: Light.GREY,
}


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence. ``until`` is its last valid day, None where it has no end."""

    kind: str
    number: str
    state: LicenceState = LicenceState.VALID
    until: date | None = None


def standing_of(licence: Licence, today: date) -> Standing:
    """How ``licence`` stands on ``today``; revoked before expired, expired before restricted."""
    if licence.state in _WHATEVER_THE_DAY:
        return _WHATEVER_THE_DAY[licence.state]
    if licence.until is not None and licence.until < today:
        return Standing.EXPIRED
    if licence.state is LicenceState.RESTRICTED:
        return Standing.RESTRICTED
    # Written so that the last days of the calendar do not overflow it.
    if licence.until is not None and licence.until - today <= timedelta(days=EXPIRING_DAYS):
        return Standing.EXPIRING
    return Standing.VALID


def light_of(licence: Licence, today: date) -> Light:
    """The colour of ``licence`` on ``today``."""
    return _LIGHTS[standing_of(licence, today)]


def days_left(licence: Licence, today: date) -> int | None:
    """Days from ``today`` to the last valid day (negative once expired), None where there is no end."""
    return None if licence.until is None else (licence.until - today).days
