"""The sites below a centre (网点): added by the centre, known to every node by the reference document ``sites``."""

import re
from collections.abc import Collection
from itertools import product
from string import ascii_uppercase

from db.audience import site_tree
from db.unit_of_work import UnitOfWork
from domain.cases.numbers import LETTERS
from domain.clock import Clock
from domain.errors import AppError
from domain.sites import MAX_DEPTH, SiteEntry, SiteTree
from domain.staff import Actor
from services.documents import publish_own
from services.setup import MAX_NAME
from services.station import reads

KIND = "sites"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")
_LETTERS = re.compile(r"[A-Z]{2,4}")


@reads
def list_sites(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[SiteEntry, ...]:
    """All sites in the order in which they were added."""
    return tuple(site_tree(uow.reference).entries.values())


def add_site(
    uow: UnitOfWork, clock: Clock, actor: Actor, code: str, name: str, parent: str = "", letters: str = ""
) -> SiteEntry:
    """Add a site below ``parent`` (default: this node's own). ``sites.*`` for what cannot be."""
    tree = site_tree(uow.reference)
    code = checked_code(code)
    if code.lower() in {known.lower() for known in tree.entries}:
        raise AppError("sites.exists", site=code)
    taken = {one.letters: one.code for one in tree.entries.values()}
    letters = checked_letters(letters) if letters.strip() else letters_for(code, taken)
    if letters in taken:
        raise AppError("sites.letters_taken", letters=letters, site=taken[letters])
    entry = SiteEntry(code, checked_name(name), parent or uow.events.node.site, letters)
    if entry.parent in tree.entries and len(tree.above(entry.parent)) >= MAX_DEPTH:
        raise AppError("sites.too_deep", limit=MAX_DEPTH)
    publish_sites(uow, clock, (*tree.entries.values(), entry))
    return entry


def publish_sites(uow: UnitOfWork, clock: Clock, entries: tuple[SiteEntry, ...]) -> None:
    """Put the tree of these in force; ``sites.*`` where it is none."""
    SiteTree.of(entries)
    listed = [
        {"code": one.code, "name": one.name, "parent": one.parent, "letters": one.letters} for one in entries
    ]
    publish_own(uow, KIND, {"entries": listed}, clock.now_ms())


def checked_code(typed: str) -> str:
    """A site's code: letters, digits, - and _, at most 24; ``sites.code_invalid``."""
    code = typed.strip()
    if not _CODE.fullmatch(code):
        raise AppError("sites.code_invalid", typed=typed[:40])
    return code


def checked_letters(typed: str) -> str:
    """Letters that begin the case numbers of a site, two to four; ``sites.letters_invalid``."""
    letters = typed.strip().upper()
    if not _LETTERS.fullmatch(letters):
        raise AppError("sites.letters_invalid", typed=typed[:40])
    return letters


def letters_for(code: str, taken: Collection[str] = ()) -> str:
    """Letters that resemble ``code`` and that no other site has; ``sites.letters_exhausted``."""
    own = "".join(c for c in code.upper() if c in ascii_uppercase)
    first = own[:1] or LETTERS[0]
    near = [own[:4], own[:3], own[:2], *(first + c for c in LETTERS)]
    far = ("".join(three) for three in product(first, LETTERS, LETTERS))
    found = next((one for one in (*near, *far) if len(one) >= 2 and one not in taken), None)
    if found is None:
        raise AppError("sites.letters_exhausted")
    return found


def checked_name(typed: str) -> str:
    """A site's name on one line; ``station.name_missing``, ``station.name_too_long``."""
    name = " ".join(typed.split())
    if not name:
        raise AppError("station.name_missing")
    if len(name) > MAX_NAME:
        raise AppError("station.name_too_long", count=len(name), limit=MAX_NAME)
    return name
