"""Joining a hub or centre (加入中心): what a newcomer brings, what it is told, and the event that keeps the mapping."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.events.event import NewEvent
from domain.sites import SiteEntry

JOINED = "station_joined"


@dataclass(frozen=True, slots=True)
class OldChain:
    """An incarnation of a station that worked alone, up to its last event."""

    incarnation: int
    seq: int
    head: bytes


@dataclass(frozen=True, slots=True)
class OldSite:
    """What a station brings that has worked already: its site, chains, and pairs of letters in its case numbers."""

    site: str
    name: str
    site_letters: str
    letters: tuple[str, ...]
    chains: tuple[OldChain, ...]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device that wants to join; ``sign`` signs with its key. ``old`` is None where it has no store yet.

    ``sites`` are those below a centre: the node above is to know whose records come by it.
    """

    device: str
    public_key: bytes
    sign: Callable[[bytes], bytes]
    old: OldSite | None = None
    sites: tuple[SiteEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenDocument:
    """A reference document that came along: its own content with kind and version, and who signed it."""

    content: dict[str, Any]
    signature: bytes | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a newcomer was told. ``now`` and ``token_until`` are UTC milliseconds by the server's clock.

    ``name`` is the one it gave itself; ``pin`` the SHA-256 of the certificate to expect.
    """

    url: str
    pin: bytes | None
    name: str
    site: str
    role: str
    letters: tuple[str, ...]
    server: str
    server_site: str
    public_key: bytes
    epoch: str
    now: int
    token: str
    token_until: int
    documents: tuple[GivenDocument, ...]

    def document(self, kind: str) -> dict[str, Any] | None:
        """The document of ``kind`` that came along, or None."""
        return next((one.content for one in self.documents if one.content.get("kind") == kind), None)


def joined(old_site: str, enrolled: Enrolled) -> NewEvent:
    """加入中心. Records made before keep ``old_site`` in their bytes; they count as the new site's."""
    payload = {
        "old_site": old_site,
        "site": enrolled.site,
        "letters": list(enrolled.letters),
        "server": enrolled.server,
    }
    return NewEvent(JOINED, payload)
