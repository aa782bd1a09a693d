"""What a hub or centre thinks of the events it is sent, by its own documents, whatever the device believed.

Refused is only what is forged or malformed. Who had no right is stored and flagged: the visitor was served anyway.
"""

from collections.abc import Mapping

from db.unit_of_work import UnitOfWork
from domain.enrolment import SERVERS, Device
from domain.events.event import Event
from domain.events.incoming import Incoming
from domain.staff import Role
from server.syncing.entitled import may_erase, may_register
from services.event_rights import roles_for

FORGED_SITE = "forged_site"
FORGED_ACTOR = "forged_actor"
NOT_ENTITLED = "not_entitled"
REVOKED = "device_revoked"
UNKNOWN_ACTOR = "unknown_actor"
INACTIVE_ACTOR = "inactive_actor"
WRONG_ROLE = "wrong_role"

_ENTITLED = {"device_enrolled": may_register, "device_revoked": may_register, "person_erased": may_erase}
_DEVICE = "device:"


class ServerJudge:
    """Judges the events of one chain within one transaction."""

    def __init__(self, uow: UnitOfWork, origin: Device) -> None:
        self._origin = origin
        self._uow = uow
        self._staff: dict[str, Mapping[str, tuple[Role, bool]] | None] = {}
        self._doubts: dict[tuple[str, str, str], str] = {}

    def refuses(self, one: Incoming) -> str:
        """Why it is forged."""
        event = one.event
        if event is None:
            return "malformed"
        origin = self._origin
        if event.site != origin.site and event.site not in origin.sites:
            return FORGED_SITE
        entitled = _ENTITLED.get(event.kind)
        if entitled is not None and not entitled(self._uow, origin, event):
            return NOT_ENTITLED
        if event.actor.startswith(_DEVICE) and event.actor != _DEVICE + origin.device:
            # A hub decides for the windows of its hall, and says for which.
            return "" if origin.role in SERVERS else FORGED_ACTOR
        return ""

    def quarantines(self, one: Incoming) -> str:
        """Whether its device had been revoked before it came."""
        if not self._origin.is_revoked:
            return ""
        return REVOKED if one.seq > self._origin.counts_to(one.incarnation, one.branch) else ""

    def doubts(self, event: Event) -> str:
        """Whether the person it names had the right, by this node's own staff document of that site."""
        told = (event.actor, event.site, event.kind)
        if told not in self._doubts:
            self._doubts[told] = self._doubt(event)
        return self._doubts[told]

    def _doubt(self, event: Event) -> str:
        if event.actor.startswith(_DEVICE):
            return self._doubts_device(event)
        staff = self._staff_of(event.site)
        if staff is None:
            return ""
        if event.actor not in staff:
            return UNKNOWN_ACTOR
        role, active = staff[event.actor]
        if not active:
            return INACTIVE_ACTOR
        allowed = roles_for(event.kind)
        return WRONG_ROLE if allowed is not None and role not in allowed else ""

    def _doubts_device(self, event: Event) -> str:
        """Where nobody is signed in, a device has a clerk's rights; a server decides by its own documents."""
        allowed = roles_for(event.kind)
        by_itself = self._origin.role in SERVERS or allowed is None or Role.CLERK in allowed
        return "" if by_itself else WRONG_ROLE

    def _staff_of(self, site: str) -> Mapping[str, tuple[Role, bool]] | None:
        """Person → role, and whether they are still there; None where this node has no staff document of the site."""
        if site not in self._staff:
            home = self._origin.site if site in self._origin.sites else site
            own = home == self._uow.events.node.site
            document = self._uow.reference.get(f"staff@{home}") or (
                self._uow.reference.get("staff") if own else None
            )
            self._staff[site] = (
                None
                if document is None
                else {
                    entry["id"]: (Role(entry["role"]), bool(entry.get("active", True)))
                    for entry in document.get("entries", ())
                }
            )
        return self._staff[site]
