"""The sites below a centre (网点): added by the centre, known to every node by the reference document ``sites``."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import product
from string import ascii_uppercase

from db.audience import site_tree
from db.unit_of_work import UnitOfWork
from domain.cases.numbers import LETTERS
from domain.clock import Clock
from domain.errors import AppError
from domain.sites import MAX_DEPTH, SiteEntry, SiteTree
from domain.staff import Actor, Role, StaffMember
from services.publishing import document_for, publish
from services.rulebook import member_of, rulebook
from services.setup import MAX_NAME
from services.staff import check_member, hash_password, save_member, staff_documents
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
    """Add a site below ``parent`` (default: this node's own), with a site document of its own.

    ``sites.*`` for what cannot be, ``permission.denied``.
    """
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
    publish_sites(uow, clock, actor, (*tree.entries.values(), entry))
    told = {"code": code, "name": entry.name, "letters": letters, "windows": 1}
    publish(uow, clock, actor, "site", told, code)
    return entry


def take_branch(
    uow: UnitOfWork, clock: Clock, actor: Actor, under: str, brought: Sequence[SiteEntry]
) -> None:
    """Enter the sites below a centre that joins as ``under``, parents before children. Those known at that place stay.

    ``enrol.site_taken`` where a code or letters are another site's, ``enrol.sites_unknown`` where this node's tree
    comes from above and lacks some.
    """
    tree = site_tree(uow.reference)
    fresh: list[SiteEntry] = []
    taken: list[str] = []
    fits, letters = {under}, {one.letters: one.code for one in tree.entries.values() if one.letters}
    codes = {code.lower(): code for code in tree.entries}
    for one in brought:
        known = tree.entries.get(codes.get(one.code.lower(), ""))
        is_at_place = known is None or (known.code, known.parent) == (one.code, one.parent)
        if one.parent not in fits or not is_at_place or letters.get(one.letters, one.code) != one.code:
            taken.append(one.code)
            continue
        fits.add(one.code)
        codes[one.code.lower()] = one.code
        if known is None:
            letters |= {one.letters: one.code} if one.letters else {}
            fresh.append(one)
    if taken:
        raise AppError("enrol.site_taken", sites=_named(taken))
    if fresh:
        _publish_with(uow, clock, actor, (*tree.entries.values(), *fresh), fresh)


def _publish_with(
    uow: UnitOfWork, clock: Clock, actor: Actor, entries: tuple[SiteEntry, ...], fresh: Sequence[SiteEntry]
) -> None:
    try:
        publish_sites(uow, clock, actor, entries)
    except AppError as error:
        if error.code != "documents.from_centre":
            raise
        raise AppError("enrol.sites_unknown", sites=_named([one.code for one in fresh])) from error


def _named(codes: Sequence[str]) -> str:
    return " ".join(codes[:5]) + (" …" if len(codes) > 5 else "")


@reads
def staff_of(uow: UnitOfWork, clock: Clock, actor: Actor, site: str = "") -> tuple[StaffMember, ...]:
    """The staff of ``site`` (default: this node's own), with only whether they have a password."""
    members = _staff_in_force(uow, site or uow.events.node.site)
    return tuple(replace(one, password="set" if one.password else None) for one in members.values())


def save_member_of(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    site: str,
    staff_id: str,
    name: str,
    role: Role,
    board: str | None,
    password: str,
) -> None:
    """Add or change a member of staff of ``site`` (default: this node's own). ``staff.*``, ``documents.*``.

    A site whose staff are those of the site above has its own from then on, which begin with those.
    """
    if site in ("", uow.events.node.site):
        save_member(uow, clock, actor, staff_id, name, role, board, password)
        return
    check_member(rulebook(uow).boards, staff_id, name, role, board)
    known = _staff_in_force(uow, site)
    known[staff_id] = StaffMember(staff_id, name, role, board, hash_password(password))
    publish(uow, clock, actor, "staff", {"entries": staff_documents(known.values())}, site)


def _staff_in_force(uow: UnitOfWork, site: str) -> dict[str, StaffMember]:
    entries = (document_for(uow, "staff", site) or {}).get("entries", ())
    return {entry["id"]: member_of(entry) for entry in entries}


def publish_sites(uow: UnitOfWork, clock: Clock, actor: Actor, entries: tuple[SiteEntry, ...]) -> None:
    """Put the tree of these in force; ``sites.*`` where it is none."""
    SiteTree.of(entries)
    listed = [
        {"code": one.code, "name": one.name, "parent": one.parent, "letters": one.letters} for one in entries
    ]
    publish(uow, clock, actor, KIND, {"entries": listed})


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
