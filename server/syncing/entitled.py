"""What servers alone may record, and of whom: devices at or below their own site, erasures of what their site sees.

A hub is a PC in somebody's hall. Whoever holds one may do harm there, and there only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from db.audience import site_tree
from db.log.scope_log import ScopeLog
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.cases.reading import text_in, texts_in
from domain.enrolment import SERVERS, Device, DeviceRole
from domain.events.event import Event
from domain.events.visibility import streams_named

_RANK: dict[str, int] = {role: rank for rank, role in enumerate(DeviceRole)}


def is_in_reach(uow: UnitOfWork, origin: Device, site: str) -> bool:
    """Whether ``site`` is the origin's, one below it, one that it had before it joined, or nobody's."""
    if site == origin.site or site in origin.sites:
        return True
    tree = site_tree(uow.reference)
    if site not in tree.entries:
        return origin.role == DeviceRole.CENTRE and site != uow.events.node.site
    return origin.site in tree.above(site)


def is_below(uow: UnitOfWork, site: str, origin: Device) -> bool:
    """Whether the device is one of ``site`` or of a site below it, and not this node itself."""
    if origin.device == uow.events.node.device:
        return False
    return site in (origin.site, *origin.sites, *site_tree(uow.reference).above(origin.site))


def may_register(uow: UnitOfWork, origin: Device, event: Event) -> bool:
    """Whether ``device_enrolled`` and ``device_revoked`` tell of a device that is the origin's to let in and out."""
    if origin.role not in SERVERS:
        return False
    if _is_above(uow, origin):
        return True
    try:
        device, site = text_in(event.payload, "device"), text_in(event.payload, "site")
        sites = texts_in(event.payload, "sites")
        rank = _RANK[text_in(event.payload, "role", DeviceRole.WINDOW)]
    except (KeyError, ValueError, TypeError):
        return False
    known = uow.devices.get(device)
    told = [(site, rank)] if known is None else [(site, rank), (known.site, _RANK[known.role])]
    if any(high > _RANK[origin.role] or not is_in_reach(uow, origin, one) for one, high in told):
        return False
    entries = site_tree(uow.reference).entries
    return all(one not in entries or is_in_reach(uow, origin, one) for one in sites)


def may_erase(uow: UnitOfWork, origin: Device, event: Event) -> bool:
    """Whether ``person_erased`` names only what the origin's site sees; of a device, what it recorded while alone."""
    if _is_above(uow, origin):
        return True
    streams, ids = streams_named(event.kind, event.payload), _ids(event.payload)
    if origin.role == DeviceRole.CENTRE:
        named = {*streams, *(stream for stream, _ in uow.events.recorded(ids=ids))}
        scopes = ScopeLog(uow.connection).scopes_of(sorted(named))
        return all(origin.site in seen for seen in scopes.values())
    if event.site not in origin.sites:
        return False
    return all(device == origin.device for _, device in uow.events.recorded(ids=ids, streams=streams))


def _is_above(uow: UnitOfWork, origin: Device) -> bool:
    """Whether it is this node's upstream, or a centre above that: what they recorded may be given back from below."""
    upstream = Upstream(uow.connection).get()
    if upstream is not None and upstream.device == origin.device:
        return True
    above = site_tree(uow.reference).above(uow.events.node.site)
    return origin.role == DeviceRole.CENTRE and origin.site in above[1:]


def _ids(payload: Mapping[str, Any]) -> Sequence[str]:
    told = payload.get("events")
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
