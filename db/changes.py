"""What one unit of work changed; open pages refresh by it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """``areas`` are names such as ``cases``, ``reference``, ``drafts``; ``streams`` the ids of changed records.

    ``elsewhere`` marks a change made by another process, of which only the fact is known.
    """

    areas: frozenset[str] = frozenset()
    streams: frozenset[str] = frozenset()
    elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.areas) or self.elsewhere


@dataclass(slots=True)
class ChangeLog:
    """Gathers changes while a unit of work runs."""

    areas: set[str] = field(default_factory=set)
    streams: set[str] = field(default_factory=set)

    def note(self, area: str, stream: str | None = None) -> None:
        """Something in ``area`` changed, and which record."""
        self.areas.add(area)
        if stream is not None:
            self.streams.add(stream)

    def frozen(self) -> Changes:
        """The value handed out after the commit."""
        return Changes(frozenset(self.areas), frozenset(self.streams))
