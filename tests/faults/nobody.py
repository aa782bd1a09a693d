"""An address at which nobody listens, and nobody will while it is asked."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"


@contextmanager
def nobody_at() -> Iterator[tuple[str, int]]:
    """Host and port. A port that was let go may be another server's a moment later; one that is bound refuses."""
    with socket.socket() as kept:
        kept.bind((HOST, 0))
        port = int(kept.getsockname()[1])
        if sys.platform != "linux":  # elsewhere a bound port that does not listen is silent
            kept.close()
        yield HOST, port
