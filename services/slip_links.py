"""The public address of a case's page, for the second code on a slip."""

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from services.ratings.links import link_token
from services.rulebook import rulebook

PATH = "/p/"
"""Where the page lies below the site's public address."""


def slip_link(uow: UnitOfWork, case: Case) -> str:
    """The address; empty where the site has no public one (``web_address``) or this device no key."""
    address = rulebook(uow).site.web_address
    token = link_token(uow, case.id) if address else None
    return f"{address}{PATH}{token}" if token else ""
