"""The HTTP face of a hub or centre. Its first piece is the page behind a slip's link (``server.progress``)."""
