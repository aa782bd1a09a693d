"""The frame around the pages: rail, header, notices, Ctrl+K, lock, crash report, and the way to the store."""
