"""Every kind of reference document: who it may be for, and whether a desk could load it.

A check raises ``AppError("documents.field_invalid", kind=…, field=…)``; ``field`` names the place in the document.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.callbacks.rules import CallbackRules
from domain.catalog.reference import load_boards, load_items, load_local_items, load_measures, load_packages
from domain.codes.keys import KeyFormatError, PublicKey
from domain.codes.recognise import Registries
from domain.codes.revocation import apply_delta, open_revocation_list
from domain.codes.trust import open_trust_list
from domain.deadlines.calendar import WorkCalendar
from domain.deadlines.hours import SiteHours
from domain.deadlines.rules import Rules
from domain.errors import AppError
from domain.queue.rules import QueueRules
from domain.ratings.rules import RatingRules
from domain.sites import SiteTree
from domain.staff import Role

Document = Mapping[str, Any]
Documents = Mapping[str, Document]
Check = Callable[[Document, Documents], object]
"""Reads a document beside those that will be in force with it; any error says that a desk could not."""

SIGNERS = "signers"
_LETTERS = re.compile(r"[A-Z]{2,4}")
_STAFF_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})?")


class _WrongField(Exception):
    """The field that is wrong."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """``of_site``: each site may have its own. ``handed_down``: a site without one follows the site above.

    ``numbered``: the version is the list's own number, which the root signed.
    """

    check: Check
    of_site: bool = False
    handed_down: bool = True
    numbered: bool = False


def check_document(kind: str, document: Document, others: Documents) -> None:
    """``documents.field_invalid`` where a desk could not load ``document`` beside ``others`` (kind → document).

    A kind that this program does not know is not judged: a newer one may.
    """
    known = KINDS.get(kind)
    if known is None:
        return
    try:
        known.check(document, others)
    except AppError as error:
        raise AppError("documents.field_invalid", kind=kind, field=_place(error)) from error
    except _WrongField as error:
        raise AppError("documents.field_invalid", kind=kind, field=str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as error:
        field = str(error.args[0]) if isinstance(error, KeyError) and error.args else "entries"
        raise AppError("documents.field_invalid", kind=kind, field=field[:60]) from error


def _place(error: AppError) -> str:
    """What the loader's own error says of the place."""
    told = [str(error.params[name]) for name in ("field", "where", "paper") if error.params.get(name)]
    return " ".join(told or map(str, error.params.values()))[:60] or error.code.partition(".")[2]


def _need(held: bool, field: str) -> None:
    if not held:
        raise _WrongField(field)


def _entries(document: Document, *names: str) -> list[Document]:
    """The entries, each with the named texts, the first of which comes once only."""
    entries = document.get("entries")
    _need(isinstance(entries, list), "entries")
    assert isinstance(entries, list)
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        _need(isinstance(entry, Mapping), f"entries {number}")
        for name in names:
            _need(isinstance(entry.get(name), str) and bool(entry[name].strip()), f"{name} ({number})")
        if names:
            _need(entry[names[0]] not in seen, f"{names[0]} ({number})")
            seen.add(entry[names[0]])
    return entries


def _boards(document: Document, others: Documents) -> None:
    _need(bool(_entries(document, "code", "name")), "entries")
    load_boards(document)


def _catalog(document: Document, others: Documents) -> None:
    _need(bool(_entries(document, "code", "name", "board")), "entries")
    load_items(document)
    load_local_items(document)


def _packages(document: Document, others: Documents) -> None:
    _entries(document, "name", "topic")
    _need(all(package.boards for package in load_packages(document)), "boards")


def _limits(document: Document, others: Documents) -> None:
    Rules.from_documents(others["calendar"], document)


def _site(document: Document, others: Documents) -> None:
    for name, longest in (("code", 24), ("name", 60)):
        _need(isinstance(document.get(name), str) and 0 < len(document[name].strip()) <= longest, name)
    _need(bool(_LETTERS.fullmatch(str(document.get("letters", "")))), "letters")
    for name in ("phone", "address", "web_address", "parent"):
        _need(isinstance(document.get(name, ""), str), name)
    windows = document.get("windows", 1)
    _need(isinstance(windows, int) and not isinstance(windows, bool) and 1 <= windows <= 99, "windows")
    if document.get("hours"):
        SiteHours.from_document(document["hours"])


def _staff(document: Document, others: Documents) -> None:
    boards = {board["code"] for board in others["boards"]["entries"]}
    for number, entry in enumerate(_entries(document, "id", "name", "role"), 1):
        where = f"({entry['id'][:24]}, {number})"
        _need(bool(_STAFF_ID.fullmatch(entry["id"])), f"id {where}")
        _need(entry["role"] in set(Role), f"role {where}")
        bound = entry["role"] in (Role.SPECIALIST, Role.CHIEF)
        _need(entry.get("board") in (boards if bound else boards | {None, ""}), f"board {where}")
        password = entry.get("password")
        _need(password is None or _is_hash(password), f"password {where}")
        _need(isinstance(entry.get("active", True), bool), f"active {where}")
        _need(bool(_DAY.fullmatch(str(entry.get("away_until", "")))), f"away_until {where}")
        _need(isinstance(entry.get("substitute", ""), str), f"substitute {where}")


def _sites(document: Document, others: Documents) -> None:
    for number, entry in enumerate(_entries(document, "code", "name"), 1):
        letters = entry.get("letters", "")
        _need(letters == "" or bool(_LETTERS.fullmatch(str(letters))), f"letters ({number})")
    SiteTree.from_document(document)


def _templates(document: Document, others: Documents) -> None:
    # Drawing an emblem loads what draws papers; only who checks templates needs it.
    from services.paper_templates import checked_templates

    checked_templates(dict(document))


def _device_keys(document: Document, others: Documents) -> None:
    for number, entry in enumerate(_entries(document), 1):
        for name in ("device", "public_key"):
            _need(isinstance(entry.get(name), str) and bool(entry[name]), f"{name} ({number})")
        _need(_key(entry["public_key"]) is not None, f"public_key ({number})")


def _key(text: Any) -> PublicKey | None:
    try:
        return PublicKey.from_raw(base64.b64decode(str(text), validate=True))
    except (binascii.Error, KeyFormatError):
        return None


def _root(document: Document, others: Documents) -> None:
    """The first root stays: what it signed could not be read by another."""
    fresh, held = _key(document.get("public_key")), _key(others.get("trust_root", {}).get("public_key"))
    _need(fresh is not None and (held is None or held.raw == fresh.raw), "public_key")
    _need(isinstance(document.get("demo", False), bool), "demo")


def _of_root(others: Documents) -> PublicKey:
    root = _key(others.get("trust_root", {}).get("public_key"))
    if root is None:
        raise _WrongField("trust_root")
    return root


def _trust_list(document: Document, others: Documents) -> None:
    opened = open_trust_list(document.get("signed"), _of_root(others))
    _need(document.get("version") == opened.number, "version")


def _revocation_list(document: Document, others: Documents) -> None:
    root = _of_root(others)
    opened = open_revocation_list(document.get("signed"), root)
    for delta in document["deltas"]:
        opened = apply_delta(delta, root, opened)
    _need(document.get("version") == opened.number, "version")


def _key_bytes(document: Document, field: str) -> None:
    """A public key: base64 of 32 bytes."""
    _need(len(base64.b64decode(document[field], validate=True)) == 32, field)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("$argon2id$")


def _hub_pin(document: Document, others: Documents) -> None:
    _need(_is_hash(document.get("pin")), "pin")


KINDS: dict[str, DocumentKind] = {
    "sites": DocumentKind(_sites),
    "calendar": DocumentKind(lambda document, others: WorkCalendar.from_document(document)),
    "limits": DocumentKind(_limits, of_site=True),
    "boards": DocumentKind(_boards, of_site=True),
    "catalog": DocumentKind(_catalog, of_site=True),
    "packages": DocumentKind(_packages, of_site=True),
    "measures": DocumentKind(lambda document, others: load_measures(document)),
    "return_reasons": DocumentKind(lambda document, others: _entries(document, "code", "name"), of_site=True),
    "site": DocumentKind(_site, of_site=True, handed_down=False),
    "staff": DocumentKind(_staff, of_site=True),
    "queue": DocumentKind(lambda document, others: QueueRules.from_document(document), of_site=True),
    "ratings": DocumentKind(lambda document, others: RatingRules.from_document(document), of_site=True),
    "callbacks": DocumentKind(lambda document, others: CallbackRules.from_document(document), of_site=True),
    "paper_templates": DocumentKind(_templates, of_site=True),
    "code_hosts": DocumentKind(lambda document, others: Registries.from_document(document)),
    "hub_pin": DocumentKind(_hub_pin, of_site=True),
    "device_keys": DocumentKind(_device_keys, of_site=True),
    "stick_key": DocumentKind(lambda document, others: _key_bytes(document, "public_key"), of_site=True),
    "trust_root": DocumentKind(_root),
    "trust_list": DocumentKind(_trust_list, numbered=True),
    "revocation_list": DocumentKind(_revocation_list, numbered=True),
}
"""Kind → what holds of it, in the order in which documents are taken in: each may rest on those before it."""
