"""What a clerk, a script or another program hands in to have a case accepted, checked at the edge."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.cases.model import ApplicantKind, Capacity, CaseKind, Channel, LimitClass, Scope
from domain.cases.wording import clean
from domain.deadlines.rules import MAX_DAYS
from domain.errors import AppError

MAX_TEXT = 5_000
"""Characters of a matter; longer texts are attached as a file."""
MAX_NAME = 120
MAX_LINES = 60

_CODES: dict[str, type[StrEnum]] = {
    "applicant_kind": ApplicantKind,
    "kind": CaseKind,
    "channel": Channel,
    "scope": Scope,
    "limit": LimitClass,
    "contact.capacity": Capacity,
}
_CAPACITY_WORDS = {
    "legal": Capacity.LEGAL_REPRESENTATIVE,
    "法定代表人": Capacity.LEGAL_REPRESENTATIVE,
    "负责人": Capacity.LEGAL_REPRESENTATIVE,
    "委托代理人": Capacity.AGENT,
    "代理人": Capacity.AGENT,
    "经办人": Capacity.AGENT,
}


class ContactForm(BaseModel):
    """经办人 as typed. ``capacity`` may be said in the words of the counter."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=200, defer_build=True)

    name: str = ""
    phone: str = ""
    capacity: Capacity = Capacity.AGENT
    authorisation_seen: bool = False

    @field_validator("capacity", mode="before")
    @classmethod
    def _in_words(cls, value: object) -> object:
        return _CAPACITY_WORDS.get(value, value) if isinstance(value, str) else value


class IntakeForm(BaseModel):
    """One intake as typed. ``text`` and one of ``uscc``/``name`` are enough; what is None is proposed.

    ``items`` are codes of the catalogue, the main one first, or names of a package's items; ``item`` and
    ``package_items`` say the same each for itself. ``id`` (a UUIDv7 made when the form was opened) makes
    accepting idempotent: the same id is one case. ``continues`` is the id of the case this one goes on with; another
    window of the site may have it alone. ``ticket`` is the id of the queue's ticket in whose visit it is handed in.
    """

    # Built at the first form, not at the start of the program.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    id: str | None = None
    uscc: str | None = None
    name: str | None = None
    applicant_kind: ApplicantKind | None = None
    kind: CaseKind | None = None
    channel: Channel = Channel.WINDOW
    text: str = ""
    boards: tuple[str, ...] | None = None
    item: str | None = None
    items: tuple[str, ...] = ()
    package: str | None = None
    package_items: tuple[str, ...] = ()
    scope: Scope = Scope.POINT
    limit: LimitClass | None = None
    days: int | None = Field(default=None, strict=True, ge=0, le=MAX_DAYS)
    contact: ContactForm = ContactForm()
    in_pool: bool | None = None
    sensitive: bool = False
    material: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    answer: str | None = None
    window: str = ""
    continues: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """A form whose texts are clean; ``removed`` counts the invisible characters taken out."""

    form: IntakeForm
    removed: int


def read_form(document: Any) -> IntakeForm:
    """The form in ``document`` (parsed JSON); ``AppError`` naming the field that is wrong."""
    if not isinstance(document, dict):
        raise AppError("cases.form_not_object")
    try:
        return IntakeForm.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _field_error(first) from None


def _field_error(first: Any) -> AppError:
    place = first["loc"]
    name = ".".join(str(part) for part in place if not isinstance(part, int)) or "form"
    if first["type"] == "extra_forbidden":
        return AppError("cases.unknown_field", field=name[:60])
    if name == "days":
        return AppError("deadlines.days_range", days=str(first["input"])[:20], most=MAX_DAYS)
    if name in _CODES:
        return AppError("cases.value_unknown", field=name, known="、".join(_CODES[name]))
    return AppError("cases.field_invalid", field=name)


def check_form(form: IntakeForm) -> CheckedForm:
    """Clean every text of ``form`` and check its length; ``AppError`` names the field and the remedy."""
    _check_lengths(form)
    removed = 0

    def line(text: str) -> str:
        nonlocal removed
        cleaned = clean(text, one_line=True)
        removed += cleaned.removed
        return cleaned.text

    def block(text: str) -> str:
        nonlocal removed
        cleaned = clean(text)
        removed += cleaned.removed
        return cleaned.text

    checked = form.model_copy(
        update={
            "text": block(form.text),
            "name": line(form.name or "") or None,
            "uscc": line(form.uscc or "") or None,
            "window": line(form.window),
            "answer": None if form.answer is None else block(form.answer),
            "contact": form.contact.model_copy(
                update={"name": line(form.contact.name), "phone": check_phone(line(form.contact.phone))}
            ),
            "material": tuple(filter(None, map(line, form.material))),
            "missing": tuple(filter(None, map(line, form.missing))),
        }
    )
    _check_presence(checked)
    return CheckedForm(checked, removed)


def _check_lengths(form: IntakeForm) -> None:
    if len(form.window) > MAX_NAME:
        raise AppError("cases.field_invalid", field="window")
    for code, value, limit in (
        ("cases.text_too_long", form.text, MAX_TEXT),
        ("cases.answer_too_long", form.answer or "", MAX_TEXT),
        ("cases.name_too_long", form.name or "", MAX_NAME),
        ("cases.contact_too_long", form.contact.name, MAX_NAME),
    ):
        if len(value) > limit:
            raise AppError(code, count=len(value), limit=limit)
    for lines in (form.material, form.missing):
        if len(lines) > MAX_LINES or any(len(entry) > MAX_NAME for entry in lines):
            raise AppError("cases.material_too_long", count=MAX_LINES, limit=MAX_NAME)


def _check_presence(form: IntakeForm) -> None:
    if not form.text:
        raise AppError("cases.text_missing")
    if not (form.uscc or form.name):
        raise AppError("cases.applicant_missing")
    if form.answer is not None and not form.answer:
        raise AppError("cases.answer_missing")
    if form.limit is LimitClass.ITEM and form.days is None:
        raise AppError("cases.days_missing")


def check_phone(text: str) -> str:
    """A telephone number in half width without spaces; ``AppError`` when it cannot be one."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    number = "".join(c for c in narrow if c not in " -—()")
    if number and not (
        number.lstrip("+").isascii() and number.lstrip("+").isdigit() and 5 <= len(number) <= 20
    ):
        raise AppError("cases.phone_invalid")
    return number
