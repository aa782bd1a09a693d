"""The queue of a hub over HTTP: every decision of ``HallDesk``, and what its screens wait for."""
