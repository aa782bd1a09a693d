"""Whom somebody means who decides: the ticket that was seen, not one that took its place a moment ago."""


class Meant:
    """Follows what a panel shows. What the person chose is meant; what came by itself has first to be seen."""

    def __init__(self) -> None:
        self._seen = ""

    def choose(self, ticket: str | None) -> None:
        """The person chose ``ticket``, or where nobody stood before it is the first to stand there."""
        self._seen = ticket or ""

    def follow(self, ticket: str | None) -> None:
        """The hall went on, and ``ticket`` stands there now."""
        if not self._seen:
            self.choose(ticket)

    def takes(self, ticket: str) -> bool:
        """Whether a press is about ``ticket``; if not, the next one is, since this one tells who it is."""
        meant = ticket == self._seen
        self._seen = ticket
        return meant


def replaced(number: str) -> str:
    """What is said instead of a decision about somebody else than was seen."""
    return f"这里刚换成 {number} 号，没有处理。确实要处理 {number} 号，请再按一次。"
