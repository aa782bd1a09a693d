"""What stands on the page, as a draft and as the form that is accepted."""

from typing import Any

from desktop.queue.visit import Visit
from domain.cases.intake import IntakeForm, read_form
from domain.errors import AppError

Fields = dict[str, dict[str, Any]]
"""The zones' own fields: ``who``, ``what``, ``promise``, ``material``; and ``visit``, whose ticket it is."""


def to_form(fields: Fields, form_id: str | None, window: str) -> IntakeForm:
    """The form to accept; ``AppError`` names the field where it cannot be one."""
    who, what = dict(fields["who"]), dict(fields["what"])
    for name in ("typed", "continued", "proof"):
        who.pop(name, None)
    material = {name: value for name, value in fields["material"].items() if name != "files"}
    if what["package"]:
        what["item"] = None
    ticket = fields.get("visit", {}).get("ticket")
    document = {
        "id": form_id,
        "window": window,
        "ticket": ticket,
        **who,
        **what,
        **fields["promise"],
        **material,
    }
    return read_form({name: _blank_to_none(name, value) for name, value in document.items()})


def _blank_to_none(name: str, value: Any) -> Any:
    return None if name in ("uscc", "name", "item", "package") and not value else value


def is_empty(fields: Fields) -> bool:
    """Whether nothing was entered that is worth keeping."""
    who, what, material = fields["who"], fields["what"], fields["material"]
    contact = who["contact"]
    typed = (
        who["typed"],
        who["uscc"],
        who["name"],
        who.get("continues"),
        contact["name"],
        contact["phone"],
        what["text"].strip(),
        what["answer"],
        what["item"],
        what["package"],
        *material["material"],
        *material["missing"],
        *material["files"],
    )
    return not any(typed)


def may_be_of(fields: Fields, visit: Visit) -> bool:
    """Whether what stands on the page may be what the visitor of ``visit`` came for."""
    ticket, uscc = fields["visit"].get("ticket"), fields["who"]["uscc"]
    return ticket == visit.ticket or (ticket is None and (not visit.uscc or uscc in (None, visit.uscc)))


def headline(fields: Fields) -> str:
    """A draft in a few words, to be told from others."""
    who = fields.get("who", {})
    name = who.get("name") or who.get("uscc") or who.get("typed") or "未填企业"
    text = " ".join(fields.get("what", {}).get("text", "").split())
    return f"{name[:16]}：{text[:18]}" if text else name[:30]


_FIELD_OF = {
    "cases.text_missing": "text",
    "cases.text_too_long": "text",
    "cases.answer_missing": "answer",
    "cases.answer_too_long": "answer",
    "cases.applicant_missing": "uscc",
    "cases.name_too_long": "name",
    "cases.contact_too_long": "contact",
    "cases.phone_invalid": "phone",
    "cases.material_too_long": "material",
}
_PATHS = {"contact.phone": "phone", "contact.name": "contact", "contact": "contact", "name": "name"}


def field_of(error: AppError) -> str:
    """Which field of the page ``error`` is about; empty where none."""
    if error.code.startswith("uscc."):
        return "uscc"
    return _FIELD_OF.get(error.code) or _PATHS.get(str(error.params.get("field", "")), "")
