"""How the site words its papers: the shipped document until the site publishes its own, and what the settings show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from db.files.file_types import check_type
from db.unit_of_work import UnitOfWork
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.printing.offering import PAPERS
from domain.printing.papers import SitePlace, local_minute
from domain.printing.templates import KIND, PaperTemplates, completed
from domain.staff import Actor
from services.documents import publish_own, shipped
from services.queue.supervising import may_decide, require_decision
from services.rulebook import rulebook
from services.station import reads

RULES = "station_settings"
MAX_EMBLEM_BYTES = 5 << 20
"""What may be handed in; what is kept is a small picture made of it."""


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """The templates in force and the shipped ones, and whether the one who asks may change them."""

    templates: PaperTemplates
    shipped: PaperTemplates
    version: int
    may_change: bool


def templates_in_force(uow: UnitOfWork) -> PaperTemplates:
    """The templates in force; kept between units of work while the document has no newer version."""
    return templates_of_version(uow, uow.reference.version(KIND))


def templates_of_version(uow: UnitOfWork, version: int) -> PaperTemplates:
    """The templates of ``version``; the shipped ones for 0, and where a version is not here."""
    key = ("paper_templates_read", version)
    found = uow.reference.cache.get(key)
    if found is None:
        own = uow.reference.get(KIND, version) if version else None
        found = shipped_templates() if own is None else _read(own)
        uow.reference.cache[key] = found
    assert isinstance(found, PaperTemplates)
    return found


def shipped_templates() -> PaperTemplates:
    """The templates that come with the program."""
    return _read({})


def _read(own: Mapping[str, Any]) -> PaperTemplates:
    return PaperTemplates.from_document(completed(own, shipped(KIND)))


@reads
def read_template_facts(uow: UnitOfWork, clock: Clock, actor: Actor) -> TemplateFacts:
    """What the settings show."""
    version = uow.reference.version(KIND)
    return TemplateFacts(templates_in_force(uow), shipped_templates(), version, may_decide(uow, actor, RULES))


def change_paper_templates(
    uow: UnitOfWork, clock: Clock, actor: Actor, document: dict[str, Any]
) -> PaperTemplates:
    """Publish the site's next templates.

    ``printing.template_field``, ``printing.template_placeholder`` and ``printing.emblem_invalid`` say what is wrong;
    papers that were printed before keep their words.
    """
    require_decision(uow, actor, RULES)
    templates = checked_templates(document)
    publish_own(uow, KIND, templates.document(), clock.now_ms())
    uow.changed.note("printing")
    return templates


def checked_templates(document: dict[str, Any]) -> PaperTemplates:
    """``document`` cleaned and checked; raises as ``change_paper_templates``. Needs no store."""
    templates = PaperTemplates.from_document(_cleaned(document))
    for paper, words in shipped_templates().papers.items():
        if dict(templates.papers[paper].headings).keys() != dict(words.headings).keys():
            raise AppError("printing.template_field", field="headings", paper=paper)
    if templates.emblem:
        from reports.emblem import emblem_picture

        emblem_picture(templates.emblem)
    return templates


def read_emblem(path: Path) -> str:
    """The picture at ``path`` as a template keeps it: decoded safely, made small, grey levels and transparency gone.

    ``files.not_found``, ``storage.attachment_*`` where it is not what its name says, ``printing.emblem_kind`` where
    it is no PNG or JPEG, ``printing.emblem_invalid`` where it cannot be decoded or is too large. Touches no store.
    """
    from reports.emblem import emblem_text

    try:
        with path.open("rb") as content:
            if content.seek(0, 2) > MAX_EMBLEM_BYTES:
                raise AppError("printing.emblem_invalid")
            media_type = check_type(path.name, content)
            if media_type not in ("image/png", "image/jpeg"):
                raise AppError("printing.emblem_kind", name=path.name)
            return emblem_text(content.read())
    except OSError:
        raise AppError("files.not_found", name=path.name) from None


@reads
def preview_template(
    uow: UnitOfWork, clock: Clock, actor: Actor, paper: str, document: dict[str, Any]
) -> dict[str, Any]:
    """A made-up ``paper`` in the words of ``document``, to be drawn; nothing is recorded. Raises as a change would."""
    from reports.samples import sample_paper

    if paper not in PAPERS:
        raise AppError("printing.unknown_paper", paper=paper[:40], known=" ".join(PAPERS))
    templates, site = checked_templates(document), rulebook(uow).site
    place = SitePlace(site.name, site.phone, site.address)
    sample = sample_paper(paper, place, local_minute(clock.now_ms(), site.zone))
    worded = replace(templates.wording(paper, 0), emblem=templates.emblem)
    return replace(sample, wording=worded).to_document()


def with_emblem(uow: UnitOfWork, document: dict[str, Any]) -> dict[str, Any]:
    """A stored snapshot with the emblem of the version of the templates that it was printed with."""
    wording = document.get("wording")
    if not wording or not wording.get("template"):
        return document
    emblem = templates_of_version(uow, wording["template"]).emblem
    return {**document, "wording": {**wording, "emblem": emblem}} if emblem else document


def _cleaned(value: Any) -> Any:
    """``value`` with every text in it as one clean line."""
    if isinstance(value, str):
        # An emblem is no text, and far longer than any sentence may be.
        return clean(value, one_line=True).text if len(value) < 1_000 else value
    if isinstance(value, Mapping):
        return {name: _cleaned(part) for name, part in value.items()}
    return [_cleaned(part) for part in value] if isinstance(value, list) else value
