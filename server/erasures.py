"""Cleaning up after an erasure at a hub or centre: files, what the database keeps of deleted rows, backups."""

from functools import partial

from db.store import backup
from domain.enrolment import DeviceRole
from server.backups import make_backup
from server.nodes import ServerNode
from services.erasure import finish_erasure

_DUMPS = "centre-*.dump"


def finish(node: ServerNode) -> bool:
    """Do what is due; whether there was anything. A centre's tables are locked meanwhile."""
    if node.role == DeviceRole.HUB:
        return node.run_aside(finish_erasure)
    return node.run_aside(finish_erasure, partial(_renew_dumps, node))


def _renew_dumps(node: ServerNode) -> None:
    """A fresh dump in place of those in the home; one that makes none there goes on doing without."""
    folder = node.home / backup.BACKUPS
    earlier = list(folder.glob(_DUMPS))
    if not earlier:
        return
    made = make_backup(node.home, plain=True)
    for one in earlier:
        if one != made.path:
            one.unlink(missing_ok=True)
