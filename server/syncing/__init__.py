"""The serving side of sync: what it answers (``answering``), what it thinks of events (``judging``), its HTTP face."""
