"""Enterprises: colours of licences, whose word counts, folding of offline edits."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cases.model import ApplicantKind
from domain.enterprises import decide, fold, licences, merge
from domain.enterprises.decide import CheckedCode, Told
from domain.enterprises.fold import fold_enterprise
from domain.enterprises.licences import Licence, LicenceState, Light, Standing, light_of, standing_of
from domain.enterprises.merge import Fact, Source, Statement, settle
from domain.enterprises.profile import (
    EnterpriseContact,
    EnterpriseRecord,
    Profile,
    Tag,
    TagGroup,
    profile_of,
    read_tags,
)
from domain.errors import AppError
from domain.events.canonical import canonical_bytes
from domain.events.clock import pack
from domain.events.event import Event, NewEvent, read_body
from domain.events.kinds import CURRENT

CODE = "91330100799655058B"
PERSON = "92330106MA2CFLWJ4X"
TODAY = date(2026, 11, 22)
NOW = 1_795_312_800_000
DAY = 86_400_000


@pytest.mark.parametrize(
    ("state", "days", "standing", "light"),
    [
        ("valid", None, "valid", "green"),
        ("valid", 31, "valid", "green"),
        ("valid", 30, "expiring", "yellow"),
        ("valid", 0, "expiring", "yellow"),
        ("valid", -1, "expired", "grey"),
        ("restricted", None, "restricted", "yellow"),
        ("restricted", -1, "expired", "grey"),
        ("revoked", 400, "revoked", "grey"),
        ("unknown", None, "unknown", "grey"),
    ],
)
def test_colour_of_a_licence(state: str, days: int | None, standing: str, light: str) -> None:
    until = None if days is None else TODAY + timedelta(days=days)
    licence = Licence("食品经营许可证", "JY1", LicenceState(state), until)
    assert standing_of(licence, TODAY) is Standing(standing)
    assert light_of(licence, TODAY) is Light(light)


@given(st.sampled_from(LicenceState), st.none() | st.dates(), st.dates())
@settings(deadline=None, max_examples=200)
def test_a_licence_never_gets_better_with_time(state: LicenceState, until: date | None, day: date) -> None:
    order = [Light.GREEN, Light.YELLOW, Light.GREY]
    licence = Licence("k", "n", state, until)
    later = min(day, date.max - timedelta(days=40)) + timedelta(days=40)
    assert order.index(light_of(licence, day)) <= order.index(light_of(licence, later))


def test_a_shorter_warning_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "EXPIRING_DAYS", 5)
    assert light_of(Licence("k", "n", until=TODAY + timedelta(days=30)), TODAY) is Light.GREEN


def said(value: Any, source: Source, until: int | None = None) -> Statement:
    return Statement(("address",), value, source, "who", NOW, "event", until)


def counts(*statements: Statement, now: int = NOW) -> Fact:
    fact = settle(statements, now)
    assert fact is not None
    return fact


def test_a_proof_stands_over_what_is_typed_later_and_says_so() -> None:
    proof, typed = said("proved", Source.PROVED, NOW + 1), said("typed", Source.TYPED)
    fact = counts(proof, typed)
    assert (fact.value, fact.is_proved, [other.value for other in fact.others]) == ("proved", True, ["typed"])
    assert counts(proof, typed, now=NOW + 1).value == "typed"


def test_a_proof_that_ended_counts_until_something_newer_is_said() -> None:
    fact = counts(said("typed", Source.TYPED), said("proved", Source.PROVED, NOW))
    assert (fact.value, fact.is_proved, fact.lapsed) == ("proved", False, True)


def test_what_is_taken_away_is_gone() -> None:
    assert settle([said("a", Source.TYPED), said(None, Source.TYPED)], NOW) is None
    assert settle([], NOW) is None


@given(st.lists(st.tuples(st.sampled_from(Source), st.sampled_from("abc"), st.integers(-2, 2)), min_size=1))
@settings(deadline=None, max_examples=200)
def test_a_valid_proof_always_wins(made: list[tuple[Source, str, int]]) -> None:
    statements = [said(v, s, NOW + d if s is Source.PROVED else None) for s, v, d in made]
    proofs = [one for one in statements if one.proves(NOW)]
    fact = counts(*statements)
    assert fact.value == (proofs or statements)[-1].value
    assert fact.is_proved == bool(proofs)


def test_without_the_rule_of_proofs_the_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge.Statement, "proves", lambda self, now: False)
    assert counts(said("proved", Source.PROVED), said("typed", Source.TYPED)).value == "typed"


def test_tags_of_a_list() -> None:
    tags = read_tags("专精特新、初创期；智能物联产业链 园区重点,中型企业，成熟")
    assert [(t.group.value, t.word) for t in tags] == [
        ("qualification", "专精特新"),
        ("stage", "成熟"),
        ("chain", "智能物联产业链"),
        ("other", "园区重点"),
        ("size", "中型"),
    ]
    assert read_tags("小", TagGroup.SIZE) == (Tag(TagGroup.SIZE, "小型"),)
    assert read_tags("新能源", TagGroup.CHAIN) == (Tag(TagGroup.CHAIN, "新能源"),)


# --- folding ---------------------------------------------------------------------------------------------------


class Log:
    """Makes events as a store would: stream, device, time."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(
        self, new: NewEvent, stream: str = "", *, device: str = "d", ms: int = NOW, actor: str = "c"
    ) -> str:
        place = len(self.events) + 1
        event_id = f"e{place}"
        one = Event(
            event_id, stream or event_id, new.kind, CURRENT[new.kind], device, 1, place, pack(ms, place), actor, "s",
            new.payload, "hash" if new.private is not None else None, new.private,
        )  # fmt: skip
        canonical_bytes(new.payload)
        canonical_bytes(new.private or {})
        self.events.append(one)
        return event_id

    def record(self, events: list[Event] | None = None) -> EnterpriseRecord:
        record = fold_enterprise(self.events if events is None else events)
        assert record is not None
        return record

    def profile(self, now: int = NOW) -> Profile:
        return profile_of(self.record(), now)


FULL = Told(
    name="杭州云溪智能有限公司",
    legal_representative="张三",
    address="云溪路 1 号",
    contacts=(EnterpriseContact("李四", "13800000000", "行政"),),
    tags=read_tags("专精特新、初创"),
    licences=(Licence("食品经营许可证", "JY1", LicenceState.VALID, TODAY),),
)


def changed(log: Log, stream: str, told: Told, **named: Any) -> None:
    event = decide.change(log.record(), told, NOW)
    assert event is not None
    log.add(event, stream, **named)


def test_what_is_registered_comes_back() -> None:
    log = Log()
    log.add(decide.register(CODE, FULL))
    profile = log.profile()
    assert (profile.name, profile.text("legal_representative"), profile.text("kind")) == (
        FULL.name, "张三", "enterprise",
    )  # fmt: skip
    assert [fact.value for fact in profile.contacts] == list(FULL.contacts)
    assert {fact.value for fact in profile.tags} == set(FULL.tags)
    assert [fact.value for fact in profile.licences] == list(FULL.licences)


def test_no_person_stands_in_the_payload() -> None:
    event = decide.register(CODE, FULL)
    shown = str(event.payload)
    assert not any(word in shown for word in ("张三", "李四", "138"))
    person = decide.register(PERSON, Told(name="李四小吃店"))
    assert "李四" not in str(person.payload)
    assert "李四" in str(person.private)


def test_the_name_of_a_person_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "NAMES_A_PERSON", frozenset())
    assert "李四" in str(decide.register(PERSON, Told(name="李四小吃店")).payload)


def test_only_what_differs_is_recorded() -> None:
    log = Log()
    stream = log.add(decide.register(CODE, FULL))
    assert decide.change(log.record(), FULL, NOW) is None
    event = decide.change(log.record(), replace(FULL, address="新路 2 号"), NOW)
    assert event is not None
    assert (event.payload, event.private) == ({"set": {"address": "新路 2 号"}}, None)
    log.add(event, stream)
    assert log.profile().text("address") == "新路 2 号"


def test_taking_away() -> None:
    log = Log()
    stream = log.add(decide.register(CODE, FULL))
    gone = Told(
        address="", drop_contacts=("李四",), drop_tags=FULL.tags, drop_licences=(("食品经营许可证", "JY1"),)
    )
    changed(log, stream, gone)
    profile = log.profile()
    assert (profile.text("address"), profile.contacts, profile.tags, profile.licences) == ("", (), (), ())
    with pytest.raises(AppError, match=r"enterprises\.name_missing"):
        decide.change(log.record(), Told(name=""), NOW)


def proved(verdict: str = "valid", until: int = NOW + DAY, **named: Any) -> CheckedCode:
    told = Told(name="杭州云溪智能科技有限公司", legal_representative="张*", kind=ApplicantKind.ENTERPRISE)
    return CheckedCode(verdict, profile="QYM1", issuer="浙江登记", proved=told, until=until, **named)


def test_a_verified_code_overrides_and_locks() -> None:
    log = Log()
    stream = log.add(decide.register(CODE, FULL))
    verified = log.add(decide.record_code(CODE, proved()), stream)
    fact = log.profile().fields["name"]
    assert (fact.value, fact.by, fact.is_proved) == ("杭州云溪智能科技有限公司", "浙江登记", True)
    assert [other.value for other in fact.others] == [FULL.name]
    with pytest.raises(AppError) as refused:
        decide.change(log.record(), Told(name="别的名字"), NOW)
    assert (refused.value.code, refused.value.params["field"]) == ("enterprises.field_proved", "name")
    assert decide.change(log.record(), Told(name="别的名字"), NOW + DAY) is not None
    assert "张" not in str(log.events[-1].payload)
    assert log.record().verifications[0].event == verified


@pytest.mark.parametrize("verdict", ["invalid", "cannot_tell"])
def test_only_a_valid_code_proves(verdict: str) -> None:
    log = Log()
    stream = log.add(decide.register(CODE, FULL))
    log.add(decide.record_code(CODE, proved(verdict)), stream)
    assert log.profile().name == FULL.name
    forged = decide.record_code(CODE, replace(proved(), verdict="valid"))
    log.add(NewEvent(forged.kind, {**forged.payload, "verdict": verdict}, forged.private), stream)
    assert log.profile().name == FULL.name


def test_a_proof_falls_with_its_code() -> None:
    log = Log()
    stream = log.add(decide.register(CODE, FULL))
    verified = log.add(decide.record_code(CODE, proved(provisional=True)), stream)
    log.add(decide.record_recheck(CODE, verified, CheckedCode("invalid", ("revoked",), trust=8)), stream)
    assert log.profile().name == FULL.name
    history = log.record().verifications[0]
    assert (history.now.verdict, history.now.reasons, history.changed) == ("invalid", ("revoked",), True)


def test_a_later_check_may_prove_what_could_not_be_told() -> None:
    log = Log()
    stream = log.add(decide.record_code(CODE, proved("cannot_tell", provisional=True)))
    assert log.profile().name == ""
    log.add(decide.record_recheck(CODE, stream, proved()), stream)
    assert log.profile().fields["name"].is_proved


def test_the_same_list_says_nothing_new() -> None:
    log = Log()
    first = decide.take_in(CODE, None, FULL, "园区.xlsx")
    assert first is not None
    stream = log.add(first)
    assert decide.take_in(CODE, log.record(), FULL, "园区.xlsx") is None
    changed(log, stream, Told(address="书记员改过"))
    assert decide.take_in(CODE, log.record(), FULL, "园区.xlsx") is None
    newer = decide.take_in(CODE, log.record(), replace(FULL, address="搬家了"), "园区.xlsx")
    assert newer is not None
    log.add(newer, stream)
    assert log.profile().text("address") == "搬家了"


def test_a_list_that_says_what_was_typed_adds_nothing() -> None:
    log = Log()
    log.add(decide.register(CODE, FULL))
    assert decide.take_in(CODE, log.record(), FULL, "园区.xlsx") is None


def test_what_does_not_fit_is_kept() -> None:
    log = Log()
    stream = log.add(decide.register(CODE, FULL))
    log.add(NewEvent("enterprise_changed", {"set": {"address": 7}}), stream)
    log.add(NewEvent("case_answered", {}), stream)
    log.add(NewEvent("code_rechecked", {"of": "nothing", "verdict": "valid"}), stream)
    log.add(
        NewEvent(
            "enterprise_changed", {"licences": {"add": [{"kind": "k", "number": "n", "until": "不详"}]}}
        ),
        stream,
    )
    log.add(NewEvent("enterprise_imported", {"uscc": PERSON}), stream)
    log.add(NewEvent("enterprise_changed", {}), "elsewhere")
    log.events.append(replace(log.events[0], id="future", kind="enterprise_moved", seq=99))
    record = log.record()
    assert [code for _, code in record.unfit] == [
        "malformed", "not_of_an_enterprise", "not_verified", "malformed", "other_code", "not_registered",
    ]  # fmt: skip
    assert record.newer
    assert log.profile().name == FULL.name


def test_without_a_beginning_there_is_nothing() -> None:
    log = Log()
    log.add(NewEvent("enterprise_changed", {"set": {"address": "x"}}), "elsewhere")
    assert fold_enterprise(log.events) is None
    assert fold_enterprise([]) is None


WORDS = st.sampled_from(["甲", "乙", "丙"])
EDITS = st.one_of(
    st.builds(lambda name: Told(name=name), WORDS),
    st.builds(lambda text: Told(address=text), st.sampled_from(["", "一路", "二路"])),
    st.builds(lambda text: Told(tags=read_tags(text)), st.sampled_from(["初创", "发展", "专精特新"])),
    st.builds(lambda name, phone: Told(contacts=(EnterpriseContact(name, phone),)), WORDS, WORDS),
)
SCENES = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), EDITS, st.integers(0, 50), st.booleans()), min_size=1, max_size=12
)


def _scene(scene: list[tuple[str, Told, int, bool]]) -> Log:
    """Two devices that do not hear of each other, each with a stream of its own and clocks that go astray."""
    log, births = Log(), {}
    for device, told, ms, is_code in scene:
        if device not in births:
            births[device] = log.add(
                decide.register(CODE, replace(FULL, name=f"{device} 公司")), device=device, ms=NOW
            )
        payload = decide._said("enterprise_changed", CODE, told)
        event = decide.record_code(CODE, proved(until=NOW + ms)) if is_code else payload
        log.add(event, births[device], device=device, ms=NOW + 25 - ms)
    return log


@given(SCENES, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=150)
def test_offline_edits_converge_in_any_order(scene: list[tuple[str, Told, int, bool]], random: Any) -> None:
    log = _scene(scene)
    shuffled = list(log.events)
    random.shuffle(shuffled)
    assert log.record(shuffled) == log.record()


def test_without_an_order_offline_edits_part(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    one = log.add(decide.register(CODE, replace(FULL, address="一路")), device="a")
    log.add(decide.register(CODE, replace(FULL, address="二路")), device="b", ms=NOW + 1)
    assert one
    monkeypatch.setattr(fold, "_order", lambda event, births: ())
    told = {profile_of(log.record(e), NOW).text("address") for e in (log.events, log.events[::-1])}
    assert len(told) == 2


@given(st.dictionaries(st.sampled_from(["uscc", "set", "tags", "licences", "of", "verdict", "at"]), st.recursive(
    st.none() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)), st.sampled_from(sorted(CURRENT)))  # fmt: skip
@settings(deadline=None, max_examples=200)
def test_folding_never_fails(payload: dict[str, Any], kind: str) -> None:
    log = Log()
    stream = log.add(decide.register(CODE, FULL))
    log.add(NewEvent(kind, payload), stream)
    log.add(NewEvent(kind, payload, payload))
    assert log.record().uscc == CODE
    log.profile()


GOLDEN = Path(__file__).parents[1] / "data" / "events"


def test_golden_events_tell_the_enterprise_they_told() -> None:
    kinds = sorted(fold._STEPS)
    events = []
    for kind in kinds:
        kept = json.loads((GOLDEN / f"{kind}-1.json").read_text("utf-8"))
        events.append(read_body(kept["body"].encode(), kept["private"] and kept["private"].encode()))
    record = fold_enterprise(events)
    assert record is not None
    assert (record.unfit, record.newer) == ((), False)
    profile = profile_of(record, NOW)
    assert (profile.name, profile.text("address"), profile.contacts) == (
        "杭州云溪智能有限公司",
        "云溪路 2 号",
        (),
    )
    assert [fact.value.until for fact in profile.licences] == [date(2027, 6, 30)]
    assert [(one.verdict, one.now.verdict, one.now.reasons) for one in record.verifications] == [
        ("valid", "invalid", ("revoked",))
    ]
