"""What a place promises: profiles of limits, and all that a due time is worked out from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from domain.cases.model import LimitClass
from domain.deadlines.calendar import WorkCalendar
from domain.deadlines.hours import SiteHours
from domain.deadlines.office import Office
from domain.errors import AppError

MAX_DAYS = 1000
"""No catalogue promises longer; a larger number is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Working days for each limit class but ``item``; 0 is the same day (不过夜)."""

    code: str
    days: Mapping[LimitClass, int]

    @classmethod
    def from_document(cls, code: str, days: Mapping[str, int]) -> Self:
        """Read ``{"simple": 0, "standard": 3, "hard": 5}``; ``AppError("deadlines.profile_invalid")``."""
        own = [limit for limit in LimitClass if limit is not LimitClass.ITEM]
        if set(days) != set(own) or not all(_is_count(days[limit]) for limit in own):
            raise AppError("deadlines.profile_invalid", profile=code)
        return cls(code, {limit: days[limit] for limit in own})

    def days_for(self, limit: LimitClass, days: int | None) -> int:
        """Working days of ``limit``. Only an item brings its own number, from the catalogue.

        ``AppError``: ``deadlines.days_missing``, ``deadlines.days_range`` (days, most),
        ``deadlines.days_unexpected`` (limit).
        """
        if limit is not LimitClass.ITEM:
            if days is not None:
                raise AppError("deadlines.days_unexpected", limit=str(limit))
            return self.days[limit]
        if days is None:
            raise AppError("deadlines.days_missing")
        if not _is_count(days):
            raise AppError("deadlines.days_range", days=days, most=MAX_DAYS)
        return days


@dataclass(frozen=True, slots=True)
class Rules:
    """The reference data behind every due time of one site."""

    calendar: WorkCalendar
    hours: SiteHours
    profiles: Mapping[str, Profile]
    default_profile: str
    office: Office = field(init=False, compare=False, repr=False)
    """When the site works."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "office", Office(self.calendar, self.hours))

    @classmethod
    def from_documents(cls, calendar: Mapping[str, Any], limits: Mapping[str, Any]) -> Self:
        """Read the calendar document and the limits document.

        Limits: ``{"kind": "limits", "version", "default_profile", "profiles": {code: days}, "hours": {…}}``;
        for ``hours`` see ``SiteHours.from_document``. ``AppError``: ``deadlines.limits_invalid`` and those of
        the parts.
        """
        try:
            profiles = {code: Profile.from_document(code, days) for code, days in limits["profiles"].items()}
            hours = SiteHours.from_document(limits["hours"])
            default = str(limits["default_profile"])
        except (KeyError, TypeError, AttributeError) as error:
            raise AppError("deadlines.limits_invalid") from error
        rules = cls(WorkCalendar.from_document(calendar), hours, profiles, default)
        rules.profile()
        return rules

    @classmethod
    def of_site(cls, calendar: Mapping[str, Any], limits: Mapping[str, Any], site: Mapping[str, Any]) -> Self:
        """``from_documents`` with the hours of the site's own document where it has any."""
        hours = site.get("hours")
        return cls.from_documents(calendar, {**limits, "hours": hours} if hours else limits)

    def profile(self, code: str | None = None) -> Profile:
        """The profile called ``code``, or the default one; ``AppError("deadlines.profile_unknown")``."""
        wanted = code or self.default_profile
        if wanted not in self.profiles:
            raise AppError("deadlines.profile_unknown", profile=wanted, known="、".join(self.profiles))
        return self.profiles[wanted]


def _is_count(days: object) -> bool:
    return isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= MAX_DAYS
