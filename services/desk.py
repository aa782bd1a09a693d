"""What a desk needs to put a case into words: names in force, the site's zone, and who acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.audience import site_tree
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from services.rulebook import Rulebook, return_reasons, rulebook
from services.station import reads


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """``book`` is shared and never changed; ``now_ms`` is the clock's, UTC milliseconds.

    ``return_reasons`` are code → name of the document in force, ``devices`` who acts for another device → its name,
    ``sites`` those of the tree of sites.
    """

    book: Rulebook
    actor: Actor
    now_ms: int
    return_reasons: Mapping[str, str] = field(default_factory=dict)
    devices: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The site's time zone."""
        return self.book.site.zone

    def board_name(self, code: str) -> str:
        """The name of a board in force; the code where it is not known."""
        board = self.book.boards.get(code)
        return board.name if board else code

    def site_name(self, code: str) -> str:
        """The name of a site; the code where the tree does not know it."""
        return self.sites.get(code) or code

    @property
    def staff_names(self) -> dict[str, str]:
        """Who acts → name: of the staff, and of the other devices ("" for one without a name)."""
        return {**self.devices, **{member.id: member.name for member in self.book.staff.values()}}


@reads
def desk_facts(uow: UnitOfWork, clock: Clock, actor: Actor) -> DeskFacts:
    """The facts as they are now."""
    sites = {one.code: one.name for one in site_tree(uow.reference).entries.values()}
    return DeskFacts(
        rulebook(uow), actor, clock.now_ms(), return_reasons(uow), devices=other_devices(uow), sites=sites
    )


def other_devices(uow: UnitOfWork) -> dict[str, str]:
    """Who acts where nobody is signed in, at every device but this one → the name it was enrolled under."""
    own = uow.events.node.device
    names = SyncRows(uow.connection).device_names()
    return {f"device:{device}": name for device, name in names.items() if device != own}
