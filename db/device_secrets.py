"""The private half of the device's own key."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import device_secret


class DeviceSecrets:
    """Keeps one seed (32 bytes of Ed25519) for each device this store has been."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, device: str) -> bytes | None:
        """The seed of ``device``, or None where it has no key yet."""
        query = sa.select(device_secret.c.seed).where(device_secret.c.device == device)
        seed = self._connection.execute(query).scalar()
        return None if seed is None else bytes(seed)

    def keep(self, device: str, seed: bytes, now_ms: int) -> None:
        """Keep the seed of a device that has none."""
        values = {"device": device, "seed": seed, "made_at": now_ms}
        self._connection.execute(sa.insert(device_secret), values)

    def newest(self) -> tuple[str, bytes] | None:
        """The device whose seed was kept last, and that seed; None in a store that has none."""
        c = device_secret.c
        query = sa.select(c.device, c.seed).order_by(c.made_at.desc(), c.device).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (row.device, bytes(row.seed))
