"""What a scanned text is (识码): our signed codes, plain credit codes, addresses and codes of the registries.

Nothing is opened, called or executed. Which hosts and patterns belong to registries is reference data
(``resources/reference/code_hosts.json``), since they change without notice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urlsplit

from domain.codes.profiles import MAX_TEXT_CHARS, PROFILES, Profile, profile_of
from domain.codes.replay import ReplayMemory
from domain.codes.trust import Trust
from domain.codes.verdict import Answer, Finding, Reason, Verdict
from domain.codes.verification import LearnedTime, verify
from domain.enterprises.credit_code import LENGTH, CreditCode, normalize, parse
from domain.errors import AppError

_FOLD = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}
_SCANNER_ENDINGS = dict.fromkeys(map(ord, "\r\n\t"))
_RAISE = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_CODE_IN_ADDRESS = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")
_PATTERN_CHARS = 512
_SHOWN_CHARS = 200


class Kind(StrEnum):
    """Kinds of text that are no signed code of ours."""

    CREDIT_CODE = "credit_code"
    LICENCE_ADDRESS = "licence_address"
    LICENCE_CODE = "licence_code"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a registry's own code looks: ``shape`` matches the whole text; its group ``code`` is the credit code."""

    name: str
    shape: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Registries:
    """Hosts (with all hosts below them) and patterns that lead to a registry, each with its name."""

    hosts: Mapping[str, str]
    patterns: tuple[Pattern, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read the reference document; raises ``AppError("codes.bad_registries")``."""
        try:
            entries = document["entries"]
            hosts = {one["host"].lower(): one["name"] for one in entries if "host" in one}
            shapes = [(one["name"], re.compile(one["pattern"])) for one in entries if "pattern" in one]
        except (KeyError, TypeError, AttributeError, re.error) as error:
            raise AppError("codes.bad_registries") from error
        return cls(hosts, tuple(Pattern(name, shape) for name, shape in shapes))

    def host_name(self, host: str) -> str | None:
        """The registry's name if ``host`` is one of its hosts."""
        labels = host.lower().rstrip(".").split(".")
        above = (".".join(labels[at:]) for at in range(len(labels)))
        return next((self.hosts[one] for one in above if one in self.hosts), None)


NO_REGISTRIES = Registries({})


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the text is. ``text`` is cleaned; ``registry`` is the name of the place that could resolve it."""

    text: str
    profile: Profile | None = None
    kind: Kind = Kind.NOTHING
    credit_code: CreditCode | None = None
    error: str | None = None
    registry: str | None = None


def clean(text: str) -> str:
    """Undo what scanners and input methods do: CR, LF, TAB go, full width is folded; a signed code is raised.

    A space stays, it is a Base45 character. Nothing else is raised: the path of an address minds its case.
    """
    folded = text.translate(_SCANNER_ENDINGS).translate(_FOLD)
    raised = folded.translate(_RAISE)
    return raised if profile_of(raised) else folded


def recognise(text: str, registries: Registries = NO_REGISTRIES) -> Recognised:
    """Say what ``text`` is. ``error`` is the code of what is wrong with a plain credit code (area ``uscc``)."""
    if len(text) > MAX_TEXT_CHARS:
        return Recognised(text[:_SHOWN_CHARS])
    cleaned = clean(text)
    if profile := profile_of(cleaned):
        return Recognised(cleaned, profile=profile)
    return (
        _as_credit_code(cleaned)
        or _as_address(cleaned, registries)
        or _as_pattern(cleaned, registries)
        or Recognised(cleaned)
    )


def read(
    text: str,
    *,
    trust: Trust,
    now: LearnedTime,
    registries: Registries = NO_REGISTRIES,
    profile: Profile | None = None,
    replay: ReplayMemory | None = None,
) -> Verdict:
    """The one path from any scanned text to a verdict.

    A signed code is verified, by ``profile`` or the one its prefix names. A well-formed credit code, and an address
    or code of a registry, prove nothing about the person who shows them: ``cannot_tell`` with ``identifier_only``.
    A credit code that does not check is ``invalid`` with ``bad_check_digit``; anything else is ``invalid`` with
    ``not_a_code``, and so is every text but the profile's own when ``profile`` is given.
    """
    if len(text) > MAX_TEXT_CHARS:
        return Verdict(Answer.INVALID, (Finding(Reason.TOO_LARGE, "text"),))
    if profile is not None:
        return verify(clean(text), trust=trust, now=now, profile=profile, replay=replay)
    found = recognise(text, registries)
    if found.profile is not None:
        return verify(found.text, trust=trust, now=now, profile=found.profile, replay=replay)
    return _unsigned(found)


def safe_text(text: str, limit: int = _SHOWN_CHARS) -> str:
    """``text`` fit for the screen: at most ``limit`` characters, none invisible, none that turns the direction."""
    shown = "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}" for character in text[:limit]
    )
    return shown + ("…" if len(text) > limit else "")


def _unsigned(found: Recognised) -> Verdict:
    subject = found.credit_code.code if found.credit_code else None
    if found.kind is Kind.NOTHING:
        return Verdict(Answer.INVALID, (Finding(Reason.NOT_A_CODE),), found.kind)
    if found.error is not None:
        return Verdict(Answer.INVALID, (Finding(Reason.BAD_CHECK_DIGIT, found.error),), found.kind)
    finding = Finding(Reason.IDENTIFIER_ONLY, found.registry or "")
    return Verdict(Answer.CANNOT_TELL, (finding,), found.kind, subject=subject)


def _as_credit_code(text: str) -> Recognised | None:
    code = normalize(text)
    if len(code) != LENGTH or not (code.isascii() and code.isalnum()):
        return None
    try:
        return Recognised(code, kind=Kind.CREDIT_CODE, credit_code=parse(code))
    except AppError as error:
        return Recognised(code, kind=Kind.CREDIT_CODE, error=error.code)


def _as_address(text: str, registries: Registries) -> Recognised | None:
    parts = _address(text)
    registry = registries.host_name(parts.hostname or "") if parts else None
    if parts is None or registry is None:
        return None
    code = _code_within(unquote(f"{parts.path}?{parts.query}#{parts.fragment}"))
    return Recognised(text, kind=Kind.LICENCE_ADDRESS, credit_code=code, registry=registry)


def _address(text: str) -> SplitResult | None:
    """A web address without tricks; browsers and parsers disagree about backslashes, blanks and user names."""
    if not text.isascii() or not text.isprintable() or any(mark in text for mark in " \\@"):
        return None
    try:
        parts = urlsplit(text)
        return parts if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _as_pattern(text: str, registries: Registries) -> Recognised | None:
    if len(text) > _PATTERN_CHARS:
        return None
    for pattern in registries.patterns:
        if match := pattern.shape.fullmatch(text):
            code = _code_within(match.groupdict().get("code") or "")
            return Recognised(text, kind=Kind.LICENCE_CODE, credit_code=code, registry=pattern.name)
    return None


def _code_within(text: str) -> CreditCode | None:
    """The first right credit code in ``text``."""
    for found in _CODE_IN_ADDRESS.findall(text):
        try:
            return parse(found)
        except AppError:
            continue
    return None


def profile_named(name: str) -> Profile:
    """The profile called ``name``; raises ``AppError("codes.unknown_profile", name, known)``."""
    try:
        return PROFILES[name.upper()]
    except KeyError as error:
        raise AppError("codes.unknown_profile", name=name, known="、".join(PROFILES)) from error
