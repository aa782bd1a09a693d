"""The machine's clock as people read it."""

from datetime import datetime


def local_now() -> datetime:
    """Now, in the zone of this machine."""
    return datetime.now().astimezone()
