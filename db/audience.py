"""Whose logs this node keeps: its own site's and those of all sites below it."""

from collections.abc import Callable

from db.reference import ReferenceDocuments
from domain.sites import SiteTree


def site_tree(reference: ReferenceDocuments) -> SiteTree:
    """The tree of sites in force; kept while its document has no newer version."""
    key = ("sites", "tree", reference.version("sites"))
    if key not in reference.cache:
        reference.cache[key] = SiteTree.from_document(reference.get("sites") or {})
    tree = reference.cache[key]
    assert isinstance(tree, SiteTree)
    return tree


def audience_of(reference: ReferenceDocuments, own: str) -> Callable[[str], tuple[str, ...]]:
    """Site → those of its scopes whose logs the node of site ``own`` keeps, the nearest first."""
    tree = site_tree(reference)
    key = ("sites", "audience", own, reference.version("sites"))
    kept: dict[str, tuple[str, ...]] = reference.cache.setdefault(key, {})

    def audience(site: str) -> tuple[str, ...]:
        if site not in kept:
            above = tree.above(site)
            served = above[: above.index(own) + 1] if own in above else ()
            # A node at the top of its tree also keeps the logs of sites that it was not told of.
            kept[site] = served
        return kept[site]

    return audience
