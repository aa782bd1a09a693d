"""Unified social credit codes: the standard's arithmetic, its tables, and what people type."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from desktop.messages.uscc import BODIES, KINDS, SENTENCES, warning_sentences
from domain.enterprises import credit_code
from domain.enterprises.credit_code import (
    ALPHABET,
    check_character,
    normalize,
    organization_check,
    parse,
    suggestion,
)
from domain.enterprises.registers import PROVINCES, Body, Kind
from domain.errors import AppError

ENTERPRISE = "91330100799655058B"
SINGLE = settings(deadline=None, max_examples=150)


def code(first_two: str = "91", region: str = "330106", body: str = "MA27W4T0") -> str:
    first = first_two + region + body + organization_check(body)
    return first + check_character(first)


def refusal(text: str) -> AppError:
    with pytest.raises(AppError) as caught:
        parse(text)
    return caught.value


bodies_of_code = st.text(alphabet=ALPHABET, min_size=8, max_size=8)
sound_codes = st.builds(
    code,
    st.sampled_from(["91", "92", "93", "12", "52", "31", "A1", "G1", "N2", "Q1", "Y1", "81"]),
    st.builds("{}{:04d}".format, st.sampled_from(sorted(PROVINCES)), st.integers(0, 9999)),
    bodies_of_code,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("91110000600037341L", Kind.ENTERPRISE),
        ("91330100799655058B", Kind.ENTERPRISE),
        ("914403001922038216", Kind.ENTERPRISE),
        ("9144030071526726XG", Kind.ENTERPRISE),
    ],
)
def test_known_codes_have_no_warning(text: str, kind: Kind) -> None:
    parsed = parse(text)
    assert (parsed.code, parsed.kind, parsed.body, parsed.warnings) == (text, kind, Body.MARKET, ())


@pytest.mark.parametrize(
    ("first_two", "body", "kind"),
    [
        ("11", Body.ESTABLISHMENT, Kind.AGENCY),
        ("12", Body.ESTABLISHMENT, Kind.INSTITUTION),
        ("21", Body.FOREIGN_AFFAIRS, Kind.NEWS_BUREAU),
        ("31", Body.JUSTICE, Kind.LAW_FIRM),
        ("36", Body.JUSTICE, Kind.MEDIATION),
        ("41", Body.CULTURE, Kind.CULTURE_CENTER),
        ("51", Body.CIVIL_AFFAIRS, Kind.SOCIAL_GROUP),
        ("54", Body.CIVIL_AFFAIRS, Kind.VILLAGE_COMMITTEE),
        ("61", Body.TOURISM, Kind.TOURISM_OFFICE),
        ("71", Body.RELIGION, Kind.RELIGIOUS_SITE),
        ("81", Body.TRADE_UNION, Kind.UNION),
        ("91", Body.MARKET, Kind.ENTERPRISE),
        ("92", Body.MARKET, Kind.INDIVIDUAL),
        ("93", Body.MARKET, Kind.COOPERATIVE),
        ("99", Body.MARKET, Kind.OTHER),
        ("A1", Body.MILITARY, Kind.MILITARY_INSTITUTION),
        ("G1", Body.PUBLIC_SECURITY, Kind.OVERSEAS_NGO),
        ("J1", Body.HOUSING, Kind.OWNERS_MEETING),
        ("N2", Body.AGRICULTURE, Kind.COLLECTIVE),
        ("Q1", Body.OVERSEAS_CHINESE, Kind.OVERSEAS_CHINESE),
        ("Y1", Body.OTHER, Kind.OTHER),
    ],
)
def test_every_registering_body_is_read(first_two: str, body: Body, kind: Kind) -> None:
    parsed = parse(code(first_two))
    assert (parsed.body, parsed.kind, parsed.warnings) == (body, kind, ())


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (code("B1"), "uscc.body_unknown"),
        (code("98"), "uscc.kind_unknown"),
        (code("9A"), "uscc.kind_unknown"),
        (code(region="990000"), "uscc.region_unknown"),
        (code(region="160101"), "uscc.region_unknown"),
    ],
)
def test_what_the_tables_do_not_know_is_a_warning(text: str, warning: str) -> None:
    assert parse(text).warnings == (warning,)


def test_a_failing_organisation_code_is_a_warning() -> None:
    first = "91330106" + "MA27W4T0" + "1"
    assert organization_check("MA27W4T0") != "1"
    parsed = parse(first + check_character(first))
    assert parsed.warnings == ("uscc.organization_check",)
    assert parsed.organization == "MA27W4T01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("９１３３０１００７９９６５５０５８Ｂ", ENTERPRISE),
        ("91330100799655058b", ENTERPRISE),
        (" 9133 0100 7996 5505 8B\r\n", ENTERPRISE),
        ("913301-00799655058-B", ENTERPRISE),
        ("9133—0100–7996‑5505−8B", ENTERPRISE),
        ("\ufeff9133\u200b0100\u200d79965\u20605058\u00adB\u202c", ENTERPRISE),
        ("\x02913301007\x1d99655058B\x03", ENTERPRISE),
        ("9133\u30000100\u00a07996 55058ｂ", ENTERPRISE),
        ("统一社会信用代码：91330100799655058B", ENTERPRISE),
    ],
)
def test_what_scanners_and_people_produce_is_normalised(text: str, expected: str) -> None:
    assert parse(text).code == expected


@pytest.mark.parametrize("lookalike", ["ß", "ı", "ſ", "①", "²", "А", "В", "٣", "½"])
def test_letters_of_the_world_never_turn_into_ours(lookalike: str) -> None:
    error = refusal(ENTERPRISE[:8] + lookalike + ENTERPRISE[9:])
    assert (error.code, error.params["position"]) == ("uscc.character", 9)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("9133O1OO799655O58B", ENTERPRISE),
        ("9I330100799655058B", ENTERPRISE),
        ("91330100799655058B".replace("5", "S"), ENTERPRISE),
        (code("92").replace("2", "z"), code("92")),
    ],
)
def test_lookalikes_are_offered_and_not_taken(typed: str, right: str) -> None:
    error = refusal(typed)
    assert (error.code, error.params["suggestion"]) == ("uscc.confusable", right)


def test_no_suggestion_that_is_itself_wrong() -> None:
    assert suggestion("9133O100799655058C") is None
    assert suggestion(ENTERPRISE) is None
    error = refusal("9133O100799655058C")
    assert (error.code, error.params) == ("uscc.letter", {"letter": "O", "position": 5})


@pytest.mark.parametrize(
    ("text", "expected", "params"),
    [
        ("", "uscc.empty", {}),
        ("　\u200b\t", "uscc.empty", {}),
        (ENTERPRISE[:-1], "uscc.length", {"length": 17}),
        (ENTERPRISE + "1", "uscc.length", {"length": 19}),
        ("330100000012345", "uscc.registration_number", {}),
        ("799655058", "uscc.organization_code", {}),
        ("799655059", "uscc.length", {"length": 9}),
        ("9133010079965505*B", "uscc.character", {"character": "*", "position": 17}),
        ("91330V00799655058B", "uscc.letter", {"letter": "V", "position": 6}),
        ("9133A100799655058B", "uscc.region_digits", {"region": "33A100"}),
        ("91330100799655058C", "uscc.check", {}),
        ("11010519491231002X", "uscc.identity_number", {}),
        ("1" * 4_000_000, "uscc.length", {"length": 4_000_000}),
    ],
)
def test_each_mistake_has_an_error_of_its_own(text: str, expected: str, params: dict[str, object]) -> None:
    error = refusal(text)
    assert (error.code, error.params) == (expected, params)


def test_each_error_is_its_own_sentence() -> None:
    assert len(set(SENTENCES.values())) == len(SENTENCES)
    assert set(KINDS) == set(Kind)
    assert set(BODIES) == set(Body)


def test_warning_sentences_name_the_place() -> None:
    assert "990000" in warning_sentences(parse(code(region="990000")))[0]


def test_invisible_characters_are_shown_by_number() -> None:
    assert refusal(ENTERPRISE[:-1] + "\ue000").params["character"] == "U+E000"


@SINGLE
@given(sound_codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_single_wrong_character_always_shows(right: str, position: int, other: str) -> None:
    wrong = right[:position] + other + right[position + 1 :]
    if wrong == right:
        assert parse(wrong).code == right
    else:
        assert refusal(wrong).code in {"uscc.check", "uscc.region_digits", "uscc.identity_number"}


def test_no_single_substitution_and_no_swap_of_neighbours_can_escape() -> None:
    """Proof by cases: the sum is linear and 31 is prime, so both escape only if a weight, or the difference of two
    neighbouring weights, is a multiple of 31. The check character itself weighs 1."""
    weights = [*credit_code._WEIGHTS, 1]
    assert all(weight % 31 for weight in weights)
    assert all((left - right) % 31 for left, right in itertools.pairwise(weights))
    assert all(31 % divisor for divisor in range(2, 31))


def test_exhaustively_no_substitution_escapes_one_code() -> None:
    for position, other in itertools.product(range(17), ALPHABET):
        if other != ENTERPRISE[position]:
            wrong = ENTERPRISE[:position] + other + ENTERPRISE[position + 1 : 17]
            assert check_character(wrong) != ENTERPRISE[17]


@SINGLE
@given(sound_codes)
def test_what_is_generated_is_read_back(right: str) -> None:
    parsed = parse(right)
    assert parsed.code == right
    assert parsed.warnings == ()


@SINGLE
@given(
    sound_codes,
    st.lists(st.sampled_from(list(" \t-—\u200b\ufeff\u3000\x1d")), min_size=18, max_size=18),
    st.data(),
)
def test_normalising_undoes_what_scanners_do(right: str, noise: list[str], data: st.DataObject) -> None:
    ways = [
        str.lower,
        str.upper,
        lambda one: chr(ord(one) + 0xFEE0),
        lambda one: chr(ord(one.lower()) + 0xFEE0),
    ]
    mangled = "".join(
        data.draw(st.sampled_from(ways))(one) + more for one, more in zip(right, noise, strict=True)
    )
    assert normalize(mangled) == right
    assert normalize(normalize(mangled)) == right


@SINGLE
@given(st.text(max_size=40))
def test_any_text_gives_a_code_or_an_error_with_a_sentence(text: str) -> None:
    try:
        parsed = parse(text)
    except AppError as error:
        said = SENTENCES[error.code].format(**error.params)
    else:
        said = " ".join([parsed.code, *warning_sentences(parsed)])
    assert said


@SINGLE
@given(st.integers(10_000_000, 99_999_999), st.text(alphabet=ALPHABET, min_size=10, max_size=10))
def test_agrees_with_stdnum_where_the_first_eight_are_digits(head: int, tail: str) -> None:
    first = f"{head}{tail}"
    for text in (first, first[:17] + check_character(first[:17])):
        try:
            parse(text)
            ours = True
        except AppError:
            ours = False
        assert ours == stdnum_uscc.is_valid(text)


def test_reads_the_bodies_that_stdnum_does_not() -> None:
    assert not stdnum_uscc.is_valid(code("A1"))
    assert parse(code("A1")).body is Body.MILITARY


def test_every_province_ever_used_is_known() -> None:
    from importlib.resources import files

    lines = files("stdnum.cn").joinpath("loc.dat").read_text("utf-8").splitlines()
    ever = {line[:2] for line in lines if line[:2].isdigit()}
    assert ever
    assert not ever - PROVINCES


def test_the_suite_notices_a_check_that_always_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credit_code, "check_character", lambda first: "C")
    assert parse("91330100799655058C").code
    with pytest.raises(AppError):
        parse(ENTERPRISE)
