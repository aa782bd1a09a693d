"""Whose chain is whose: the device behind it, as this node's registry of devices has it."""

from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.enrolment import Device, DeviceRole


def origin_of_chain(uow: UnitOfWork, wanted: str) -> Device | None:
    """Whose chain it is that comes from below: also the node above, to which it is given back by way of this one."""
    known = uow.devices.get(wanted)
    upstream = Upstream(uow.connection).get() if known is None else None
    if upstream is None or upstream.device != wanted:
        return known
    return Device(wanted, upstream.site, DeviceRole.CENTRE, "", upstream.public_key)
