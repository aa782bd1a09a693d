"""How a site words its papers: the reference document ``paper_templates``, checked. Data, never code.

Every paper has a title, an opening and a closing sentence, a line at the foot, captions of the boxes to sign, and its
own words for the headings that it has. Sentences may name facts of the paper as ``{编号}``; the names allowed are those
of ``Placeholder``, and nothing else is looked up or carried out. ``{{`` and ``}}`` print as braces.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from domain.errors import AppError
from domain.printing.offering import PAPERS
from domain.printing.snapshots import Paper, SealPlace, Wording

KIND = "paper_templates"
MAX_TITLE, MAX_LINE, MAX_SENTENCE = 20, 60, 300
MAX_SIGNATURES = 3
MARGIN_MM = range(8, 26)
"""Below 8 mm printers leave the edge white; above 25 mm nothing has room on A5."""
MAX_EMBLEM_CHARS = 120_000
"""Base64 of a picture of 90 kB at most: it goes onto every page that is printed."""
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_TOP = frozenset({"kind", "version", "by", "for", "name_line", "emblem", "seal", "margin_mm", "papers"})


class Placeholder(StrEnum):
    """Names of facts that sentences may hold; each is looked up in the paper by ``values_of``."""

    NUMBER = "编号"
    SITE = "网点"
    PHONE = "电话"
    ADDRESS = "地址"
    HOURS = "服务时间"
    APPLICANT = "申请人"
    CLERK = "受理人"
    WINDOW = "窗口"
    ACCEPTED_AT = "受理时间"
    DUE = "办理期限"
    PRINTED_AT = "打印时间"
    COPY = "份次"


@dataclass(frozen=True, slots=True)
class PaperWords:
    """The words of one paper. ``headings`` are (code, words) pairs, for exactly the codes that the paper has."""

    title: str
    opening: str = ""
    closing: str = ""
    footer: str = ""
    signatures: tuple[str, ...] = ()
    headings: tuple[tuple[str, str], ...] = ()

    def document(self) -> dict[str, Any]:
        """What ``PaperTemplates.from_document`` reads."""
        return {
            "title": self.title,
            "opening": self.opening,
            "closing": self.closing,
            "footer": self.footer,
            "signatures": list(self.signatures),
            "headings": dict(self.headings),
        }


@dataclass(frozen=True, slots=True)
class PaperTemplates:
    """All that a site has decided about its papers.

    ``name_line`` stands over the title in place of the site's name, ``emblem`` is a PNG or JPEG in base64,
    ``margin_mm`` 0 leaves each size its own margin.
    """

    papers: Mapping[str, PaperWords]
    name_line: str = ""
    emblem: str = ""
    seal: SealPlace = SealPlace.NONE
    margin_mm: int = 0

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """``printing.template_field`` names the field that is wrong, ``printing.template_placeholder`` the name in
        braces that is not known.
        """
        unknown = sorted(set(document) - _TOP)
        papers = document.get("papers")
        if unknown or not isinstance(papers, Mapping) or set(papers) != set(PAPERS):
            raise _wrong(unknown[0] if unknown else "papers")
        margin = document.get("margin_mm", 0)
        if not isinstance(margin, int) or isinstance(margin, bool) or (margin and margin not in MARGIN_MM):
            raise _wrong("margin_mm")
        seal = document.get("seal", SealPlace.NONE.value)
        if seal not in tuple(SealPlace):
            raise _wrong("seal")
        return cls(
            papers={paper: _words(paper, papers[paper]) for paper in PAPERS},
            name_line=_text(document, "name_line", MAX_LINE, ""),
            emblem=_emblem(document.get("emblem", "")),
            seal=SealPlace(seal),
            margin_mm=margin,
        )

    def document(self) -> dict[str, Any]:
        """What ``from_document`` reads."""
        return {
            "name_line": self.name_line,
            "emblem": self.emblem,
            "seal": self.seal.value,
            "margin_mm": self.margin_mm,
            "papers": {paper: words.document() for paper, words in self.papers.items()},
        }

    def wording(self, paper: str, version: int) -> Wording:
        """The words of ``paper`` for a snapshot; without the emblem, which stays in ``version`` of the document."""
        words = self.papers[paper]
        return Wording(
            template=version,
            name_line=self.name_line,
            title=words.title,
            opening=words.opening,
            closing=words.closing,
            footer=words.footer,
            signatures=words.signatures,
            headings=words.headings,
            seal=self.seal,
            margin_mm=self.margin_mm,
        )


def completed(document: Mapping[str, Any], shipped: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with the papers and headings that it lacks taken from ``shipped``, and without unknown ones.

    So a document of an older or newer program goes on being used.
    """
    own = document.get("papers", {})
    papers = {}
    for paper, words in shipped["papers"].items():
        mine = own.get(paper, {})
        headings = {
            code: mine.get("headings", {}).get(code, said) for code, said in words["headings"].items()
        }
        papers[paper] = {name: mine.get(name, said) for name, said in words.items()} | {"headings": headings}
    return {name: document.get(name, said) for name, said in shipped.items() if name in _TOP} | {
        "papers": papers
    }


def values_of(paper: Paper) -> dict[str, str]:
    """What each placeholder stands for on ``paper``; a fact that the paper does not have is empty."""
    values = {
        Placeholder.NUMBER: paper.number,
        Placeholder.SITE: paper.wording.name_line or paper.site.name,
        Placeholder.PHONE: paper.site.phone,
        Placeholder.ADDRESS: paper.site.address,
        Placeholder.HOURS: paper.site.hours,
        Placeholder.APPLICANT: paper.applicant.name,
        Placeholder.CLERK: paper.clerk,
        Placeholder.WINDOW: paper.window,
        Placeholder.ACCEPTED_AT: str(getattr(paper, "accepted_at", "")),
        Placeholder.DUE: str(getattr(paper, "due", "")),
        Placeholder.PRINTED_AT: paper.mark.printed_at,
        Placeholder.COPY: str(paper.mark.copy),
    }
    return {name.value: value for name, value in values.items()}


def filled(sentence: str, values: Mapping[str, str]) -> str:
    """``sentence`` with its placeholders replaced once: braces within a value stay as they are."""
    return _BRACES.sub(lambda found: _replaced(found, values), sentence)


def _replaced(found: re.Match[str], values: Mapping[str, str]) -> str:
    if found.group() in ("{{", "}}"):
        return found.group()[0]
    # A name that a newer program knows prints as it stands.
    return values.get(found.group(1) or "", found.group())


def unknown_placeholders(sentence: str) -> Iterator[str]:
    """What stands in braces and is no placeholder; a brace without its other half, too."""
    for found in _BRACES.finditer(sentence):
        if found.group() not in ("{{", "}}") and found.group(1) not in tuple(Placeholder):
            yield found.group()


def emblem_bytes(emblem: str) -> bytes:
    """The picture that ``emblem`` holds. ``printing.emblem_invalid``."""
    try:
        data = base64.b64decode(emblem, validate=True)
    except (binascii.Error, ValueError) as error:
        raise AppError("printing.emblem_invalid") from error
    if not data.startswith((_PNG, _JPEG)):
        raise AppError("printing.emblem_invalid")
    return data


def _emblem(found: Any) -> str:
    if found == "":
        return ""
    if not isinstance(found, str) or not found.isascii() or len(found) > MAX_EMBLEM_CHARS:
        raise AppError("printing.emblem_invalid")
    emblem_bytes(found)
    return found


def _words(paper: str, entry: Any) -> PaperWords:
    if not isinstance(entry, Mapping) or set(entry) - set(PaperWords.__slots__):
        raise _wrong("papers", paper)
    signatures = entry.get("signatures", [])
    if not isinstance(signatures, list) or len(signatures) > MAX_SIGNATURES:
        raise _wrong("signatures", paper)
    return PaperWords(
        title=_text(entry, "title", MAX_TITLE, None, paper),
        opening=_text(entry, "opening", MAX_SENTENCE, "", paper),
        closing=_text(entry, "closing", MAX_SENTENCE, "", paper),
        footer=_text(entry, "footer", MAX_SENTENCE, "", paper),
        signatures=tuple(_checked(one, "signatures", MAX_LINE, paper) for one in signatures),
        headings=_headings(paper, entry.get("headings", {})),
    )


def _headings(paper: str, found: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(found, Mapping) or not all(isinstance(code, str) for code in found):
        raise _wrong("headings", paper)
    return tuple(
        (code, _checked(found[code], "headings", MAX_LINE, paper, needed=True)) for code in sorted(found)
    )


def _text(document: Mapping[str, Any], field: str, limit: int, default: str | None, paper: str = "") -> str:
    return _checked(document.get(field, default), field, limit, paper, needed=default is None)


def _checked(found: Any, field: str, limit: int, paper: str, *, needed: bool = False) -> str:
    if not isinstance(found, str) or len(found) > limit or (needed and not found.strip()):
        raise _wrong(field, paper)
    for name in unknown_placeholders(found):
        raise AppError("printing.template_placeholder", name=name[:30], field=field, paper=paper)
    return found


def _wrong(field: str, paper: str = "") -> AppError:
    return AppError("printing.template_field", field=field, paper=paper)
