"""A park's own list of enterprises: which column is what, and what each row says.

Pure: cells come as text. A row whose code or name is wrong is left out; a wrong cell elsewhere is left out of its row.
Either is told as a ``Problem`` with row, column and what to do.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.cases.intake import MAX_NAME, check_phone
from domain.cases.wording import clean
from domain.enterprises.credit_code import parse
from domain.enterprises.decide import Told
from domain.enterprises.profile import MAX_TAG, EnterpriseContact, Tag, TagGroup, read_tags
from domain.errors import AppError

MAX_ROWS = 50_000
HEADER_WITHIN = 10
"""Rows at the top among which the header is looked for; lists often begin with a title."""
MAX_ADDRESS = 200
MAX_TAGS = 20


class Column(StrEnum):
    """What a column of a list may hold."""

    NAME = "name"
    CODE = "code"
    ADDRESS = "address"
    REPRESENTATIVE = "legal_representative"
    CONTACT = "contact"
    PHONE = "phone"
    DUTY = "duty"
    TAGS = "tags"
    CHAIN = "chain"
    STAGE = "stage"
    SIZE = "size"
    QUALIFICATION = "qualification"


SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.NAME: (
        "企业名称", "名称", "单位名称", "公司名称", "企业", "单位", "公司", "市场主体名称", "经营主体名称", "企业全称",
        "name",
    ),
    Column.CODE: (
        "统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码", "统一代码", "企业代码", "代码",
        "社会统一信用代码", "税号", "纳税人识别号", "营业执照号", "uscc", "code",
    ),
    Column.ADDRESS: (
        "地址", "企业地址", "注册地址", "经营地址", "住所", "办公地址", "详细地址", "所在地址", "经营场所", "address",
    ),
    Column.REPRESENTATIVE: ("法定代表人", "法人", "法人代表", "负责人", "经营者", "法定代表人姓名"),
    Column.CONTACT: ("联系人", "联络人", "企业联系人", "联系人姓名", "联络员", "对接人", "contact"),
    Column.PHONE: (
        "电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "联系人电话", "联系手机", "phone",
    ),
    Column.DUTY: ("职务", "岗位", "联系人职务"),
    Column.TAGS: ("标签", "企业标签", "类别", "备注标签", "tags"),
    Column.CHAIN: ("产业链", "所属产业链", "产业", "所属产业"),
    Column.STAGE: ("发展阶段", "生命周期", "阶段", "所处阶段", "企业阶段"),
    Column.SIZE: ("规模", "企业规模"),
    Column.QUALIFICATION: ("资质", "荣誉资质", "企业资质", "荣誉"),
}  # fmt: skip
_BY_WORD = {word: column for column, words in SYNONYMS.items() for word in words}
_ASIDE = re.compile(r"[（(\[【].*?[）)\]】]")
_PUNCTUATION = re.compile(r"[\s*＊:：_\-—·.。、]+")
_GROUPS = {
    Column.TAGS: None,
    Column.CHAIN: TagGroup.CHAIN,
    Column.STAGE: TagGroup.STAGE,
    Column.SIZE: TagGroup.SIZE,
    Column.QUALIFICATION: TagGroup.QUALIFICATION,
}
_SEVERAL_PHONES = re.compile(r"[,，、;；/\s]+")
_AS_NUMBER = re.compile(r"\d+(\.0)?|\d(\.\d+)?[eE]\+?\d+")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row (counted from 1 as the spreadsheet does) and column; ``code`` has a sentence.

    ``blocking``: the row is left out; otherwise only the cell.
    """

    row: int
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row that can be taken in."""

    row: int
    uscc: str
    told: Told


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (row counted from 1), what each column is, and what nobody knows."""

    row: int
    places: Mapping[Column, int]
    names: Mapping[Column, str]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterpriseList:
    """A list that was read: rows in order, problems in order, and how many rows held anything."""

    name: str
    header: Header
    rows: tuple[ListRow, ...]
    problems: tuple[Problem, ...]
    total: int


def find_header(rows: Iterable[tuple[int, Sequence[str]]]) -> Header | None:
    """The header among ``rows`` with their numbers: the one with name and code that knows the most words."""
    best: Header | None = None
    for number, cells in rows:
        header = _header(number, cells)
        if {Column.NAME, Column.CODE} <= set(header.places) and (
            best is None or len(header.places) > len(best.places)
        ):
            best = header
    return best


def _header(number: int, cells: Sequence[str]) -> Header:
    places: dict[Column, int] = {}
    names: dict[Column, str] = {}
    unknown: list[str] = []
    for place, cell in enumerate(cells):
        column = column_of(cell)
        if column is not None and column not in places:
            places[column], names[column] = place, cell.strip()
        elif cell.strip():
            unknown.append(cell.strip()[:MAX_TAG])
    return Header(number, places, names, tuple(unknown))


def column_of(word: str) -> Column | None:
    """What a header's word stands for; full width, spaces, asterisks and what stands in brackets do not matter."""
    folded = unicodedata.normalize("NFKC", word).lower()
    plain = _PUNCTUATION.sub("", _ASIDE.sub("", folded))
    return _BY_WORD.get(plain)


class ListReader:
    """Reads row after row; remembers codes, so that a second row for one enterprise is told."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._seen: dict[str, int] = {}

    def read(self, number: int, cells: Sequence[str]) -> tuple[ListRow | None, list[Problem]]:
        """The row and its problems; no row where a problem blocks it, nothing at all where it is empty."""
        texts = {column: self._text(cells, place) for column, place in self._header.places.items()}
        if not any(texts.values()):
            return None, []
        problems: list[Problem] = []
        code = self._code(number, texts[Column.CODE], problems)
        told = self._told(number, texts, problems)
        if any(problem.blocking for problem in problems):
            return None, problems
        self._seen[code] = number
        return ListRow(number, code, told), problems

    @staticmethod
    def _text(cells: Sequence[str], place: int) -> str:
        return clean(cells[place], one_line=True).text if place < len(cells) else ""

    def _code(self, number: int, text: str, problems: list[Problem]) -> str:
        try:
            code = parse(text).code
        except AppError as error:
            # 15 digits is all that a spreadsheet keeps of a number: the rest has become zeros.
            spoiled = bool(text) and bool(_AS_NUMBER.fullmatch(text)) and "e" in text.lower()
            problems.append(
                self._problem(number, Column.CODE, "enterprises.code_as_number", {})
                if spoiled
                else self._problem(number, Column.CODE, error.code, error.params)
            )
            return ""
        if code in self._seen:
            params = {"uscc": code, "earlier": self._seen[code]}
            problems.append(self._problem(number, Column.CODE, "enterprises.row_twice", params))
        return code

    def _told(self, number: int, texts: Mapping[Column, str], problems: list[Problem]) -> Told:
        return Told(
            name=self._name(number, texts[Column.NAME], problems),
            legal_representative=self._short(number, Column.REPRESENTATIVE, texts, MAX_NAME, problems),
            address=self._short(number, Column.ADDRESS, texts, MAX_ADDRESS, problems),
            contacts=self._contacts(number, texts, problems),
            tags=self._tags(number, texts, problems),
        )

    def _name(self, number: int, text: str, problems: list[Problem]) -> str:
        if not text:
            problems.append(self._problem(number, Column.NAME, "enterprises.name_missing", {}))
        elif len(text) > MAX_NAME:
            params = {"count": len(text), "limit": MAX_NAME}
            problems.append(self._problem(number, Column.NAME, "enterprises.cell_too_long", params))
        return text

    def _short(
        self, number: int, column: Column, texts: Mapping[Column, str], limit: int, problems: list[Problem]
    ) -> str | None:
        """The text, or None where the cell is empty: a list that leaves a cell blank says nothing about it."""
        text = texts.get(column, "")
        if len(text) > limit:
            params = {"count": len(text), "limit": limit}
            problems.append(
                self._problem(number, column, "enterprises.cell_too_long", params, blocking=False)
            )
            return None
        return text or None

    def _contacts(
        self, number: int, texts: Mapping[Column, str], problems: list[Problem]
    ) -> tuple[EnterpriseContact, ...]:
        name = self._short(number, Column.CONTACT, texts, MAX_NAME, problems) or ""
        phone = self._phone(number, texts.get(Column.PHONE, ""), problems)
        duty = self._short(number, Column.DUTY, texts, MAX_TAG, problems) or ""
        return (EnterpriseContact(name, phone, duty),) if name or phone else ()

    def _phone(self, number: int, text: str, problems: list[Problem]) -> str:
        first = text.removesuffix(".0")
        try:
            return check_phone(first)
        except AppError:
            pass
        try:
            return check_phone(_SEVERAL_PHONES.split(first)[0])
        except AppError as error:
            problems.append(self._problem(number, Column.PHONE, error.code, error.params, blocking=False))
            return ""

    def _tags(self, number: int, texts: Mapping[Column, str], problems: list[Problem]) -> tuple[Tag, ...]:
        tags: dict[Any, Tag] = {}
        for column, group in _GROUPS.items():
            tags.update({tag.key: tag for tag in read_tags(texts.get(column, ""), group)})
        if len(tags) > MAX_TAGS:
            params = {"count": len(tags), "limit": MAX_TAGS}
            column = next(column for column in _GROUPS if texts.get(column))
            problems.append(
                self._problem(number, column, "enterprises.too_many_tags", params, blocking=False)
            )
        return tuple(tags.values())[:MAX_TAGS]

    def _problem(
        self, row: int, column: Column, code: str, params: Mapping[str, Any], *, blocking: bool = True
    ) -> Problem:
        return Problem(row, self._header.names.get(column, ""), code, params, blocking)


def read_rows(
    header: Header, rows: Iterable[tuple[int, Sequence[str]]]
) -> Iterator[tuple[ListRow | None, list[Problem]]]:
    """Rows below the header, each with its problems; empty rows are passed over."""
    reader = ListReader(header)
    for number, cells in rows:
        row, problems = reader.read(number, cells)
        if row is not None or problems:
            yield row, problems
