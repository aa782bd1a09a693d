"""What a scanned text is: every input of the table, and every trick."""

import json
import re

import pytest

import resources
from domain.codes.profiles import HC1, QYM1, QYP1, QYS1
from domain.codes.recognise import (
    Kind,
    Pattern,
    Registries,
    clean,
    profile_named,
    read,
    recognise,
    safe_text,
)
from domain.codes.verdict import Answer, Reason
from domain.errors import AppError
from tests.code_minting import CLOCK, TRUST, USCC, qym

SHIPPED = Registries.from_document(json.loads(resources.path("reference/code_hosts.json").read_text("utf-8")))
REGISTRIES = Registries(
    SHIPPED.hosts,
    (*SHIPPED.patterns, Pattern("市级企业码", re.compile(r"HZQYM\.(?P<code>[0-9A-Z]{18})\.\d{10}"))),
)

FOUND = [
    (USCC, Kind.CREDIT_CODE, USCC),
    (f"统一社会信用代码：{USCC}\r\n", Kind.CREDIT_CODE, USCC),
    ("９１３３０１００７９９６５５０５８ｂ", Kind.CREDIT_CODE, USCC),
    ("9133 0100-7996 5505 8b\t", Kind.CREDIT_CODE, USCC),
    (f"https://www.gsxt.gov.cn/corp-query-entprise-info?uniscid={USCC}", Kind.LICENCE_ADDRESS, USCC),
    (f"http://zj.gsxt.gov.cn/{USCC}/x", Kind.LICENCE_ADDRESS, USCC),
    (f"HTTPS://WWW.GSXT.GOV.CN/%7B%22code%22:%22{USCC}%22%7D", Kind.LICENCE_ADDRESS, USCC),
    ("https://www.gsxt.gov.cn/abc?id=91330100799655058C", Kind.LICENCE_ADDRESS, None),
    ("https://gsxt.gov.cn:8443/a?b=c", Kind.LICENCE_ADDRESS, None),
    (f"名称：杭州蓝鲸；统一社会信用代码：{USCC}；法定代表人：王某", Kind.LICENCE_CODE, USCC),
    (f"HZQYM.{USCC}.1795000000", Kind.LICENCE_CODE, USCC),
]
NOTHING = [
    "",
    " ",
    "hello",
    "你好",
    "9" * 17,
    "https://example.com/?code=" + USCC,
    "https://www.gsxt.gov.cn.evil.com/" + USCC,
    "https://evilgsxt.gov.cn/" + USCC,
    "https://www.gsxt.gov.cn@evil.com/" + USCC,
    "https://evil.com\\@www.gsxt.gov.cn/" + USCC,
    "https://evil.com/ https://www.gsxt.gov.cn/",
    "javascript://www.gsxt.gov.cn/%0aalert(1)",
    "file://www.gsxt.gov.cn/etc/passwd",
    "https://ｗｗｗ.gsxt.gov.cn/‮",
    "https://[gsxt.gov.cn/",
    "https:///gsxt.gov.cn",
    "=cmd|' /C calc'!A0",
    "QYM2:ABC",
    "QYM1",
    "WIFI:T:WPA;S:x;P:y;;",
]


@pytest.mark.parametrize(("text", "kind", "code"), FOUND)
def test_found(text: str, kind: Kind, code: str | None) -> None:
    found = recognise(text, REGISTRIES)
    assert (found.kind, found.credit_code and found.credit_code.code) == (kind, code)
    verdict = read(text, trust=TRUST, now=CLOCK, registries=REGISTRIES)
    assert (verdict.answer, verdict.subject) == (Answer.CANNOT_TELL, code)
    assert verdict.reasons == (Reason.IDENTIFIER_ONLY,)


@pytest.mark.parametrize("text", NOTHING)
def test_nothing(text: str) -> None:
    assert recognise(text, REGISTRIES).kind is Kind.NOTHING
    verdict = read(text, trust=TRUST, now=CLOCK, registries=REGISTRIES)
    assert (verdict.answer, verdict.reasons, verdict.subject) == (Answer.INVALID, (Reason.NOT_A_CODE,), None)


@pytest.mark.parametrize("text", ["91330100799655058C", "9133010079965505B8", "O1330100799655058B"])
def test_a_credit_code_that_does_not_check(text: str) -> None:
    verdict = read(text, trust=TRUST, now=CLOCK)
    assert (verdict.answer, verdict.reasons) == (Answer.INVALID, (Reason.BAD_CHECK_DIGIT,))
    assert verdict.findings[0].detail.startswith("uscc.")


@pytest.mark.parametrize(
    ("text", "profile"),
    [("QYM1:A", QYM1), ("qyp1:a", QYP1), ("ＱＹＳ１：Ａ", QYS1), ("hc1:a\r\n", HC1), ("\tQYM1:", QYM1)],
)
def test_signed_codes_by_their_prefix(text: str, profile: object) -> None:
    assert recognise(text).profile is profile


def test_a_scanner_may_add_line_ends_lower_the_case_or_write_full_width() -> None:
    text = qym()
    wide = "".join(chr(ord(one) + 0xFEE0) if one != " " else "　" for one in text)
    for form in (text + "\r\n", "\t" + text, text.lower(), text[:100] + "\n" + text[100:], wide):
        assert clean(form) == text
        assert read(form, trust=TRUST, now=CLOCK).answer is Answer.VALID


def test_a_space_is_kept_and_an_added_one_is_damage() -> None:
    assert clean("QYM1: A ") == "QYM1: A "
    assert read(" " + qym(), trust=TRUST, now=CLOCK).answer is Answer.INVALID


def test_the_case_of_an_address_is_kept() -> None:
    assert clean("https://www.gsxt.gov.cn/aBc") == "https://www.gsxt.gov.cn/aBc"


def test_too_long() -> None:
    verdict = read("x" * 4097, trust=TRUST, now=CLOCK)
    assert (verdict.answer, verdict.reasons) == (Answer.INVALID, (Reason.TOO_LARGE,))
    assert recognise("x" * 4097).kind is Kind.NOTHING


def test_a_profile_asked_for_takes_no_other() -> None:
    verdict = read(USCC, trust=TRUST, now=CLOCK, profile=QYM1)
    assert (verdict.answer, verdict.reasons) == (Answer.INVALID, (Reason.NOT_A_CODE,))


def test_names_of_profiles() -> None:
    assert profile_named("hc1") is HC1
    with pytest.raises(AppError, match=r"codes\.unknown_profile"):
        profile_named("XX")


@pytest.mark.parametrize(
    "document", [{}, {"entries": [{"host": 1}]}, {"entries": [{"name": "x", "pattern": "("}]}]
)
def test_broken_reference_data(document: dict[str, object]) -> None:
    with pytest.raises(AppError, match=r"codes\.bad_registries"):
        Registries.from_document(document)


def test_a_text_is_shown_without_tricks() -> None:
    assert safe_text("a\u202egnp\x00\n<b>") == "a\\u202egnp\\u0000\\u000a<b>"
    assert safe_text("字" * 300, 10) == "字" * 10 + "…"
