"""网点: the tree of sites: centre, sub-centres, stations. Who is above whom decides who sees what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.errors import AppError

MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """One site of the tree; ``parent`` is empty at the top. ``letters`` begin its case numbers."""

    code: str
    name: str
    parent: str = ""
    letters: str = ""


@dataclass(frozen=True, slots=True)
class SiteTree:
    """All sites a node knows of, by code."""

    entries: Mapping[str, SiteEntry] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[SiteEntry]) -> "SiteTree":
        """The tree of these; ``sites.*`` for a code that comes twice, an unknown parent, a circle."""
        tree = cls({one.code: one for one in entries})
        for one in tree.entries.values():
            if one.parent and one.parent not in tree.entries:
                raise AppError("sites.parent_unknown", site=one.code, parent=one.parent)
            if tree._is_below_itself(one):
                raise AppError("sites.circle", site=one.code)
        return tree

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SiteTree":
        """The tree that the reference document ``sites`` tells."""
        return cls.of(
            SiteEntry(one["code"], one["name"], one.get("parent", ""), one.get("letters", ""))
            for one in document.get("entries", ())
        )

    def above(self, code: str) -> tuple[str, ...]:
        """``code`` and each site above it, the nearest first; a code that is not in the tree stands alone."""
        found = [code]
        while len(found) <= MAX_DEPTH:
            entry = self.entries.get(found[-1])
            if entry is None or not entry.parent:
                return tuple(found)
            found.append(entry.parent)
        raise AppError("sites.circle", site=code)

    def below(self, code: str) -> tuple[SiteEntry, ...]:
        """The sites under ``code``, near or far, each after its parent."""
        depths = {one: self.above(one) for one in self.entries}
        found = [one for one, above in depths.items() if code in above[1:]]
        return tuple(self.entries[one] for one in sorted(found, key=lambda one: len(depths[one])))

    def _is_below_itself(self, one: SiteEntry) -> bool:
        seen = {one.code}
        while one.parent:
            if one.parent in seen or len(seen) > MAX_DEPTH:
                return True
            seen.add(one.parent)
            one = self.entries[one.parent]
        return False
