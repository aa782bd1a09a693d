"""Reference documents from above that this station would not take, for people to be told (未采用的资料)."""

from db.refused_documents import read_refused
from domain.documents import RefusedDocument
from services.station import Ground


def refused_documents(ground: Ground) -> tuple[RefusedDocument, ...]:
    """What was refused when documents last came; empty where all are in force. For ``Station.run_aside``."""
    return read_refused(ground.home)
