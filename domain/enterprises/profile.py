"""An enterprise as its events tell it, and its profile (企业画像) at one moment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.enterprises.merge import Fact, Key, Statement, settle

STAGES = ("招引", "初创", "发展", "成熟", "转型")
SIZES = ("大型", "中型", "小型", "微型")
FIELDS = ("name", "kind", "legal_representative", "address")
"""Fields that hold one value each."""

_QUALIFICATION = re.compile(
    r"专精特新|小巨人|高新技术|高企|科技型|瞪羚|独角兽|规上|规模以上|单项冠军|雏鹰|隐形冠军|上市"
)
_CHAIN = re.compile(r"(产业)?链$|产业链|产业$|产业集群$")
_SPLIT = re.compile(r"[\s,，、;；/|]+")
_STAGE_WORDS = {**{stage: stage for stage in STAGES}, **{f"{stage}期": stage for stage in STAGES}}
_SIZE_WORDS = {
    **{size: size for size in SIZES},
    **{f"{size}企业": size for size in SIZES},
    **{size[0]: size for size in SIZES},
}
MAX_TAG = 40


class TagGroup(StrEnum):
    """标签类别. An enterprise has one stage and one size, any number of the others."""

    CHAIN = "chain"
    STAGE = "stage"
    SIZE = "size"
    QUALIFICATION = "qualification"
    OTHER = "other"


SINGLE = frozenset({TagGroup.STAGE, TagGroup.SIZE})


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """One tag: ``Tag(TagGroup.STAGE, "初创")``."""

    group: TagGroup
    word: str

    @property
    def key(self) -> Key:
        """Its place in a profile; a stage or a size has one place for all its words."""
        return ("tag", self.group) if self.group in SINGLE else ("tag", self.group, self.word)


@dataclass(frozen=True, slots=True)
class EnterpriseContact:
    """联系人 of an enterprise. ``duty`` is what the person does there."""

    name: str
    phone: str = ""
    duty: str = ""


@dataclass(frozen=True, slots=True)
class CheckedAgain:
    """A later verdict on a code that was verified before. Numbers are those of the lists it was checked with."""

    event: str
    at: int
    verdict: str
    reasons: tuple[str, ...]
    trust: int
    revocations: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """核验记录: what a code was found to be when and where. ``again`` holds later verdicts, oldest first."""

    event: str
    at: int
    actor: str
    site: str
    window: str
    profile: str
    issuer: str
    verdict: str
    reasons: tuple[str, ...]
    trust: int
    revocations: int
    provisional: bool
    again: tuple[CheckedAgain, ...] = ()

    @property
    def now(self) -> "Verification | CheckedAgain":
        """The verdict that counts: the last one."""
        return self.again[-1] if self.again else self

    @property
    def changed(self) -> bool:
        """Whether a later check came to another verdict than the first."""
        return self.now.verdict != self.verdict


@dataclass(frozen=True, slots=True)
class EnterpriseRecord:
    """All that was ever said of one enterprise, from every stream that began for its code."""

    id: str
    uscc: str
    streams: tuple[str, ...]
    statements: Mapping[Key, tuple[Statement, ...]] = field(default_factory=dict)
    verifications: tuple[Verification, ...] = ()
    changed_at: int = 0
    unfit: tuple[tuple[str, str], ...] = ()
    """(event id, code) of events that do not fit: conflicts for a person to decide."""
    newer: bool = False
    erased: bool = False

    def fact(self, key: Key, now_ms: int) -> Fact | None:
        """What counts for ``key`` at ``now_ms``."""
        return settle(self.statements.get(key, ()), now_ms)


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile at one moment; every value is a ``Fact`` that says where it comes from.

    Values: ``contacts`` hold ``EnterpriseContact``, ``tags`` ``Tag``, ``licences`` ``Licence``, the others text.
    """

    uscc: str
    fields: Mapping[str, Fact] = field(default_factory=dict)
    contacts: tuple[Fact, ...] = ()
    tags: tuple[Fact, ...] = ()
    licences: tuple[Fact, ...] = ()

    def text(self, name: str) -> str:
        """The value of one of ``FIELDS``, or an empty text."""
        fact = self.fields.get(name)
        return str(fact.value) if fact else ""

    @property
    def name(self) -> str:
        """The name, or an empty text."""
        return self.text("name")


def profile_of(record: EnterpriseRecord, now_ms: int) -> Profile:
    """The profile of ``record`` at ``now_ms`` (UTC milliseconds)."""
    settled = {key: settle(said, now_ms) for key, said in record.statements.items()}
    facts = {key: fact for key, fact in settled.items() if fact is not None}

    def of(group: str, order: Any) -> tuple[Fact, ...]:
        return tuple(sorted((fact for key, fact in facts.items() if key[0] == group), key=order))

    return Profile(
        uscc=record.uscc,
        fields={name: facts[(name,)] for name in FIELDS if (name,) in facts},
        contacts=of("contact", lambda fact: (fact.at, fact.value.name)),
        tags=of("tag", lambda fact: (list(TagGroup).index(fact.value.group), fact.value.word)),
        licences=of("licence", lambda fact: (fact.value.kind, fact.value.number)),
    )


def read_tags(text: str, group: TagGroup | None = None) -> tuple[Tag, ...]:
    """The tags in ``text``, as lists write them: ``专精特新、初创期``; ``group`` where the column says which.

    Stages and sizes are brought to one word; of a single-valued group the last one counts.
    """
    found: dict[Key, Tag] = {}
    for word in filter(None, _SPLIT.split(text)):
        tag = _tag(word[:MAX_TAG], group)
        found[tag.key] = tag
    return tuple(found.values())


def _tag(word: str, group: TagGroup | None) -> Tag:
    if word in _STAGE_WORDS and group in (None, TagGroup.STAGE):
        return Tag(TagGroup.STAGE, _STAGE_WORDS[word])
    if word in _SIZE_WORDS and (group is TagGroup.SIZE or (group is None and len(word) > 1)):
        return Tag(TagGroup.SIZE, _SIZE_WORDS[word])
    if group in SINGLE:
        return Tag(TagGroup.OTHER, word)
    if group is not None:
        return Tag(group, word)
    if _QUALIFICATION.search(word):
        return Tag(TagGroup.QUALIFICATION, word)
    return Tag(TagGroup.CHAIN if _CHAIN.search(word) else TagGroup.OTHER, word)
