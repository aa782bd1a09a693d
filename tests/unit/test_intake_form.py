"""The intake form: what is refused at the edge, with the field's name, and what is cleaned."""

import pytest

from domain.cases import intake
from domain.cases.intake import MAX_LINES, MAX_NAME, MAX_TEXT, check_form, check_phone, read_form
from domain.errors import AppError
from tests.fixed import form


def _refused(document: object) -> AppError:
    with pytest.raises(AppError) as caught:
        check_form(read_form(document))
    return caught.value


@pytest.mark.parametrize(
    ("document", "code", "params"),
    [
        (None, "cases.form_not_object", {}),
        ([], "cases.form_not_object", {}),
        ({"txt": "a"}, "cases.unknown_field", {"field": "txt"}),
        ({"contact": {"mail": "a"}}, "cases.unknown_field", {"field": "contact.mail"}),
        (
            {"kind": "wish"},
            "cases.value_unknown",
            {"field": "kind", "known": "consultation、request、complaint、suggestion、item、package"},
        ),
        (
            {"contact": {"capacity": "boss"}},
            "cases.value_unknown",
            {"field": "contact.capacity", "known": "legal_representative、agent"},
        ),
        ({"boards": ["a", 1]}, "cases.field_invalid", {"field": "boards"}),
        ({"days": -1}, "deadlines.days_range", {"days": "-1", "most": 1000}),
        ({"days": "3"}, "deadlines.days_range", {"days": "3", "most": 1000}),
        ({"days": 10**9}, "deadlines.days_range", {"days": "1000000000", "most": 1000}),
        ({"contact": {"phone": 5}}, "cases.field_invalid", {"field": "contact.phone"}),
        ({"text": "a"}, "cases.applicant_missing", {}),
        ({"name": "a"}, "cases.text_missing", {}),
        ({"text": "\u200b \x00", "name": "a"}, "cases.text_missing", {}),
        ({"text": "a", "name": "\u200b"}, "cases.applicant_missing", {}),
        ({"text": "a", "name": "b", "answer": " "}, "cases.answer_missing", {}),
        ({"text": "a", "name": "b", "limit": "item"}, "cases.days_missing", {}),
        ({"text": "a", "name": "b", "window": "窗" * 200}, "cases.field_invalid", {"field": "window"}),
        ({"text": "a", "name": "b", "contact": {"phone": "abc"}}, "cases.phone_invalid", {}),
    ],
)
def test_refused(document: object, code: str, params: dict[str, object]) -> None:
    error = _refused(document)
    assert (error.code, error.params) == (code, params)


@pytest.mark.parametrize(
    ("field", "code"),
    [("text", "cases.text_too_long"), ("answer", "cases.answer_too_long"), ("name", "cases.name_too_long")],
)
def test_four_megabytes_are_refused_with_the_count(field: str, code: str) -> None:
    error = _refused({"text": "a", "name": "b", field: "长" * 4_000_000})
    assert error.code == code
    assert error.params["count"] == 4_000_000


def test_four_megabytes_without_the_limit_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_TEXT", 10**9)
    assert len(check_form(form(text="长" * 4_000_000)).form.text) == 4_000_000


def test_exactly_at_the_limit() -> None:
    assert check_form(form(text="长" * MAX_TEXT, name="名" * MAX_NAME)).removed == 0


@pytest.mark.parametrize("lines", [("甲",) * (MAX_LINES + 1), ("甲" * (MAX_NAME + 1),)])
def test_long_lists_of_material(lines: tuple[str, ...]) -> None:
    for field in ("material", "missing"):
        assert _refused({"text": "a", "name": "b", field: lines}).code == "cases.material_too_long"


@pytest.mark.parametrize("field", ["kind", "channel", "scope", "limit", "applicant_kind"])
def test_what_may_stand_in_a_field_is_told(field: str) -> None:
    error = _refused({field: "x"})
    for value in error.params["known"].split("、"):
        assert read_form({field: value})


def test_a_promise_for_the_same_day() -> None:
    assert check_form(form(limit="item", days=0)).form.days == 0


def test_cleaned_and_counted() -> None:
    checked = check_form(
        form(
            text="想办\u200b营业执照\x00",
            name=" 杭州　蓝鲸\n公司 ",
            window="3\u200b 号窗口",
            material=("营业执照\u200b", " "),
            contact={"name": "王\u200d晓", "phone": "０５７１－８８８８ １２３４"},
        )
    )
    assert checked.form.text == "想办营业执照"
    assert checked.form.name == "杭州 蓝鲸 公司"
    assert checked.form.window == "3 号窗口"
    assert checked.form.material == ("营业执照",)
    assert checked.form.contact.name == "王晓"
    assert checked.form.contact.phone == "057188881234"
    assert checked.removed == 5


@pytest.mark.parametrize("text", ["", "12345", "+86 138-0000-0000", "(0571)88881234"])
def test_phones(text: str) -> None:
    assert check_phone(text).lstrip("+").isdigit() or not text


@pytest.mark.parametrize("text", ["1234", "1" * 21, "一二三四五", "12345x", "٠١٢٣٤٥"])
def test_no_phones(text: str) -> None:
    with pytest.raises(AppError):
        check_phone(text)


def test_errors_do_not_carry_what_was_typed() -> None:
    error = _refused({"text": "a", "name": "b", "contact": {"phone": "秘密号码"}})
    assert "秘密" not in str(error) + repr(error.params)
    error = _refused({"kind": "秘密"})
    assert "秘密" not in str(error) + repr(error.params)
