"""The rules of time limits in force, read from the store's own documents: rows of cases hold instants by them."""

from db.reference import ReferenceDocuments
from domain.deadlines.rules import Rules

_KINDS = ("calendar", "limits", "site")


def rules_in_force(reference: ReferenceDocuments) -> Rules | None:
    """Calendar, limits and hours of the newest documents; None in a store without them.

    Kept while no document has a newer version.
    """
    versions = reference.versions()
    key = ("rules", *(versions.get(kind, 0) for kind in _KINDS))
    if key not in reference.cache:
        calendar, limits, site = (
            reference.get(kind, versions[kind]) if kind in versions else None for kind in _KINDS
        )
        known = calendar is not None and limits is not None
        reference.cache[key] = Rules.of_site(calendar or {}, limits or {}, site or {}) if known else None
    rules = reference.cache[key]
    assert rules is None or isinstance(rules, Rules)
    return rules
