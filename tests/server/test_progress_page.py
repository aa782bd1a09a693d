"""What the page shows, what it never shows, and what giving a rating does."""

import threading

import pytest

from server.progress import markup, words
from services.case_steps import decline_case
from services.documents import publish_own
from services.ratings.links import Stage
from services.ratings.loop import answer_rating, verify_rating
from services.ratings.public_steps import _PUBLIC
from services.ratings.views import open_rating
from tests.fixed import NAME, TEXT, USCC, FixedClock
from tests.server.conftest import CLERK, SUPERVISOR, Served

XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;"
PERSONAL = (NAME, USCC, TEXT, "王晓岚", "13812345678", "已答复")


def test_an_open_case_shows_where_it_is_and_no_form(served: Served) -> None:
    case = served.accepted(boards=("policy", "project"))
    page = served.get(served.link(case)).text
    for shown in (
        case.number,
        "云溪市企业综合服务中心",
        "承诺 2026年11月23日 17:",
        "政策服务板块、项目服务板块",
    ):
        assert shown in page
    assert "<form" not in page


def test_nothing_on_the_page_or_in_its_address_names_anyone(served: Served) -> None:
    for case in (served.accepted(), served.closed()):
        answer = served.get(served.link(case))
        assert not [text for text in PERSONAL if text in answer.text or text in str(answer.url)]


def test_a_rating_is_given_once_and_thanked_for(served: Served) -> None:
    case = served.closed()
    link = served.link(case)
    answer = served.post(link, form=served.stamp(link), level="4", text="办得快\r\n谢谢")
    assert (answer.status_code, answer.headers["location"]) == (303, "?thanks")
    assert "谢谢您的评价" in served.get(link + answer.headers["location"]).text
    after = served.get(link).text
    assert "已经评价过" in after
    assert "<form" not in after
    (given,) = served.ratings()
    detail = served.station.call(open_rating, given.ref, as_actor=SUPERVISOR)
    assert (given.level, given.source, detail.rating.opinion.text) == (4, "link", "办得快\n谢谢")


def test_the_same_form_twice_is_one_rating_and_the_same_answer(served: Served) -> None:
    link = served.link(served.closed())
    fields = {"form": served.stamp(link), "level": "1", "text": "慢"}
    assert [served.post(link, **fields).status_code for _ in range(3)] == [303, 303, 303]
    assert [one.level for one in served.ratings()] == [1]


def test_another_opinion_from_an_old_form_is_not_taken_and_told_so(served: Served) -> None:
    link = served.link(served.closed())
    stamp = served.stamp(link)
    served.post(link, form=stamp, level="1")
    answer = served.post(link, form=stamp, level="5")
    assert answer.status_code == 409
    assert words.RATED_BEFORE in answer.text
    assert [one.level for one in served.ratings()] == [1]


def test_the_first_form_never_gives_the_second_rating(served: Served) -> None:
    """After a bad rating was answered a second one may be given; a page left open since then is not it."""
    link = served.link(served.closed())
    first = served.stamp(link)
    served.post(link, form=first, level="1")
    ref = served.ratings()[0].ref
    served.station.call(verify_rating, ref, True, "属实", as_actor=SUPERVISOR)
    served.station.call(answer_rating, ref, True, "已改", as_actor=SUPERVISOR)
    assert served.post(link, form=first, level="5").status_code == 409
    assert served.ratings()[0].second_level is None
    assert "处理后，您现在满意吗" in served.get(link).text
    assert served.post(link, form=served.stamp(link), level="5").status_code == 303
    assert served.ratings()[0].second_level == 5


def test_the_stage_in_the_stamp_is_what_holds_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    link = served.link(served.closed())
    first = served.stamp(link)
    served.post(link, form=first, level="1")
    ref = served.ratings()[0].ref
    served.station.call(verify_rating, ref, True, "属实", as_actor=SUPERVISOR)
    served.station.call(answer_rating, ref, True, "已改", as_actor=SUPERVISOR)
    monkeypatch.setattr(Stage.SECOND, "_value_", "first")
    assert served.post(link, form=first, level="5").status_code == 303
    assert served.ratings()[0].second_level == 5


def test_eight_at_once_are_one_rating(served: Served) -> None:
    link = served.link(served.closed())
    stamp = served.stamp(link)
    found: list[int] = []

    def send(level: int) -> None:
        found.append(served.post(link, form=stamp, level=str(level)).status_code)

    threads = [threading.Thread(target=send, args=(1 + at % 5,)) for at in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(served.ratings()) == 1
    assert set(found) <= {303, 409}
    assert 303 in found


def test_a_form_that_lay_open_too_long_keeps_what_was_typed(served: Served, clock: FixedClock) -> None:
    link = served.link(served.closed())
    stamp = served.stamp(link)
    clock.move(days=2)
    answer = served.post(link, form=stamp, level="2", text="写了<很>多")
    assert answer.status_code == 409
    assert words.STALE in answer.text
    assert "写了&lt;很&gt;多</textarea>" in answer.text
    assert 'value="2" required checked' in answer.text
    assert served.ratings() == ()


@pytest.mark.parametrize(
    "stamp", ["", ".", "x", "19a.", "-1.AAAA", "１２.AAAA", "0x10.AAAA", "9" * 20 + "." + "A" * 22, "汉"]
)
def test_a_stamp_that_is_none_gives_nothing(served: Served, stamp: str) -> None:
    assert served.post(served.link(served.closed()), form=stamp, level="5").status_code == 409
    assert served.ratings() == ()


def test_the_form_of_one_case_does_not_fit_another(served: Served) -> None:
    one, other = served.link(served.closed()), served.link(served.closed())
    assert served.post(other, form=served.stamp(one), level="5").status_code == 409
    assert served.ratings() == ()


def test_an_open_case_takes_no_rating(served: Served) -> None:
    other = served.stamp(served.link(served.closed()))
    answer = served.post(served.link(served.accepted()), form=other, level="5")
    assert answer.status_code == 409
    assert words.NOT_CLOSED in answer.text
    assert served.ratings() == ()


def test_without_a_level_it_is_asked_for_again(served: Served) -> None:
    link = served.link(served.closed())
    for level in ("", "0", "6", "五", "5 ", "٥"):
        answer = served.post(link, form=served.stamp(link), level=level, text="字")
        assert answer.status_code == 422
        assert words.NO_LEVEL in answer.text
    assert served.ratings() == ()


def test_too_many_words_are_said_and_not_cut(served: Served) -> None:
    link = served.link(served.closed())
    answer = served.post(link, form=served.stamp(link), level="5", text="字" * 1001)
    assert answer.status_code == 422
    assert "字" * 1001 in answer.text
    assert served.post(link, form=served.stamp(link), level="5", text="𠮷" * 1000).status_code == 303


def test_markup_from_anywhere_is_text(served: Served) -> None:
    _publish_name(served)
    link = served.link(served.closed())
    page = served.post(link, form="x", level="5", text=f"</textarea>{XSS}").text
    for broken in ("<script", "<img", "onerror=alert(2)>"):
        assert broken not in page
    assert page.count("</textarea>") == 1
    assert "&lt;script&gt;" in served.get(link).text


def test_escaping_is_what_holds_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish_name(served)
    monkeypatch.setattr(markup, "escape", lambda text: text)
    assert "<script" in served.get(served.link(served.closed())).text


def _publish_name(served: Served) -> None:
    def change(uow: object, clock: FixedClock, actor: object) -> None:
        body = {**uow.reference.get("site"), "name": f"站{XSS}"}  # type: ignore[attr-defined]
        publish_own(uow, "site", body, clock.now_ms())  # type: ignore[arg-type]

    served.station.call(change)


def test_a_declined_case_sends_to_the_desk(served: Served) -> None:
    case = served.accepted()
    served.station.call(decline_case, case.id, "不属于本中心的秘密原因", as_actor=CLERK)
    page = served.get(served.link(case)).text
    assert words.SEE_DESK["declined"] in page
    assert "秘密原因" not in page
    assert "<form" not in page


def test_every_state_and_step_has_its_words() -> None:
    from domain.cases.model import CaseState

    assert set(words.STATES) == {state.value for state in CaseState}
    assert set(words.STEPS) == set(_PUBLIC.values())


def test_what_another_process_did_is_shown_at_once(served: Served) -> None:
    from services.case_steps import answer_case
    from services.station import open_station

    case = served.accepted()
    link = served.link(case)
    assert "<form" not in served.get(link).text
    desk = open_station(served.station.home, clock=served.station.clock)
    desk.call(answer_case, case.id, "已答复。", as_actor=CLERK)
    desk.close()
    assert "<form" in served.get(link).text
