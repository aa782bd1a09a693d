"""The router: what it suggests, what it explains, what it learns, and that no text can hurt it."""

import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from domain.catalog import learning, router
from domain.catalog.learning import MOST_BONUS, Learned, gram_shares
from domain.catalog.lexicon import expand, parse_lexicon
from domain.catalog.router import NOTHING_KNOWN, Axis, RouterModel, route
from domain.catalog.text import LOOKED_AT, normalise, parse_spellings
from domain.catalog.words import leading_words
from domain.errors import AppError
from services.router import learn, shipped_model, suggest

REFERENCE = {
    kind: json.loads(resources.path(f"reference/{kind}.json").read_text(encoding="utf-8"))["entries"]
    for kind in ("boards", "catalog", "packages")
}
LEXICON = sorted(resources.path("router/lexicon").glob("*.txt"))


def tiny_model(weights: dict[str, list[int]], **more: object) -> RouterModel:
    """Two boards, one item, no package and one package; ``weights`` per n-gram in that order."""
    labels = {Axis.BOARD: ("intake", "legal"), Axis.ITEM: ("0803", "1302"), Axis.PACKAGE: ("", "执行一类事")}
    return RouterModel(
        rows={gram: row for row, gram in enumerate(weights)},
        idf=np.ones(len(weights), dtype=np.float32),
        weights=np.array(list(weights.values()), dtype=np.int8),
        scale=np.full(6, 0.1, dtype=np.float32),
        bias=np.zeros(6, dtype=np.float32),
        labels=labels,
        cells=np.array([(0, 1, 0), (1, 0, 1)], dtype=np.int16),
        usual=np.ones(2, dtype=np.float32),
        **more,
    )


LAWSUIT = tiny_model(
    {"打官": [0, 60, 60, 0, 0, 60], "官司": [0, 60, 60, 0, 0, 60], "打官司": [0, 60, 60, 0, 0, 60]}
)


class TestReading:
    def test_full_width_case_numbers_and_noise_are_levelled(self):
        assert normalise("ＥＲＰ\u200b系统，花了１２.５万！\x00😀", {}) == "erp系统 花了0万"

    def test_dialect_and_slips_are_brought_into_the_lexicon_s_spelling(self):
        spellings = parse_spellings("# 方言\n咋 怎么\n注消 注销\n")
        assert normalise("咋注消", spellings) == "怎么注销"

    def test_the_longer_spelling_wins(self):
        assert normalise("咋样", {"咋": "怎么", "咋样": "怎么样"}) == "怎么样"

    def test_only_the_beginning_is_read(self):
        assert len(normalise("厂" * 4_000_000, {})) == LOOKED_AT


class TestLexicon:
    def test_choices_are_spelled_out(self):
        assert set(expand("(税|费)(太高|)")) == {"税太高", "税", "费太高", "费"}

    def test_a_line_without_a_head_is_named(self):
        with pytest.raises(AppError) as caught:
            parse_lexicon("# 说明\n孤零零的词\n", "x.txt")
        assert caught.value.params == {"file": "x.txt", "line": 2}

    def test_an_open_choice_is_refused(self):
        with pytest.raises(AppError):
            parse_lexicon("@ 0101 policy\n(税|费\n", "x.txt")

    @pytest.mark.parametrize("file", LEXICON, ids=lambda file: file.stem)
    def test_shipped_blocks_name_known_labels(self, file):
        known = {entry["code"] for kind in ("boards", "catalog") for entry in REFERENCE[kind]}
        packages = {entry["name"] for entry in REFERENCE["packages"]} | {""}
        for block in parse_lexicon(file.read_text(encoding="utf-8"), file.name):
            assert set(block.items) | set(block.boards) <= known
            assert block.package in packages
            assert block.phrases

    def test_every_item_and_package_has_its_phrases(self):
        blocks = [block for file in LEXICON for block in parse_lexicon(file.read_text("utf-8"), file.name)]
        assert {entry["code"] for entry in REFERENCE["catalog"]} == {block.items[0] for block in blocks}
        assert {entry["name"] for entry in REFERENCE["packages"]} <= {block.package for block in blocks}

    def test_no_phrase_is_a_labelled_request(self):
        folder = resources.path("..") / "tests" / "data" / "requests_dev.json"
        texts = [row["text"] for row in json.loads(folder.read_text(encoding="utf-8"))]
        told = {form for file in LEXICON for form in _long_forms(file)}
        assert [text for text in texts if len(text) > 12 and text in told] == []


def _long_forms(file):
    blocks = parse_lexicon(file.read_text(encoding="utf-8"), file.name)
    return (form for block in blocks for phrase in block.phrases for form in expand(phrase) if len(form) > 12)


class TestRanking:
    def test_the_heaviest_label_stands_first_with_its_words(self):
        found = route("对方要打官司", LAWSUIT)
        assert found.boards[0].code == "legal"
        assert found.boards[0].because == ("打官司",)
        assert found.items[0].code == "0803"
        assert [package.code for package in found.packages] == ["执行一类事"]

    def test_scores_are_shares_in_falling_order(self):
        found = suggest("银行不肯续贷，担保公司又要反担保")
        for suggestions in (found.boards, found.items, found.packages):
            scores = [suggestion.score for suggestion in suggestions]
            assert scores == sorted(scores, reverse=True)
            assert 0 < sum(scores) <= 1.001

    def test_no_package_when_none_is_the_matter_s_own_subject(self):
        plain = tiny_model({"咨询": [60, 0, 0, 60, 60, 0], "询": [0] * 6, "咨": [0] * 6, "询咨": [0] * 6})
        assert route("咨询咨询咨询", tiny_model({**_rows(plain), "咨询咨": [0] * 6})).packages == ()

    @pytest.mark.parametrize("text", ["", " \n\t", "😀😀", "\x00\x1b[31m\u202e", "？？？", "qwxz", "12345"])
    def test_words_without_meaning_fall_back_to_intake_with_a_low_score(self, text):
        assert suggest(text) == NOTHING_KNOWN
        assert NOTHING_KNOWN.boards[0].score < 0.1

    def test_limit_bounds_every_list(self):
        found = suggest("厂房租赁备案，顺便问贷款和招工补贴", limit=2)
        assert max(map(len, (found.boards, found.items, found.packages))) <= 2

    def test_four_megabytes_are_read_only_at_the_start(self):
        matter = "公司想注销，税务那边要怎么办"
        assert suggest(matter + "。" + "\u3000" * 4_000_000).boards == suggest(matter).boards

    def test_the_same_text_gives_the_same_answer(self):
        assert suggest("出口退税三个月没下来") == suggest("出口退税三个月没下来")

    @given(st.text(max_size=300))
    @settings(max_examples=150, deadline=None)
    def test_any_text_gets_a_board_and_known_labels(self, text):
        found = suggest(text)
        model = shipped_model()
        assert found.boards
        assert {board.code for board in found.boards} <= set(model.labels[Axis.BOARD])
        assert "" not in {package.code for package in found.packages}


def _rows(model: RouterModel) -> dict[str, list[int]]:
    return {gram: model.weights[row].tolist() for gram, row in model.rows.items()}


class TestBecause:
    def test_words_come_from_the_text_and_have_two_characters_or_more(self):
        words = normalise("法院判了，对方一直不履行，申请强制执行", shipped_model().spellings)
        for suggestion in suggest("法院判了，对方一直不履行，申请强制执行").boards[:1]:
            assert suggestion.because
            assert all(word in words and len(word) > 1 for word in suggestion.because)

    def test_weight_against_a_label_is_no_reason(self):
        assert leading_words("税务注销", {"税务": -3.0, "注销": 2.0}) == ("注销",)

    def test_nothing_heavy_means_no_reason(self):
        assert leading_words("税务注销", {"税务": -3.0}) == ()


class TestShippedModel:
    def test_labels_are_those_of_the_reference_documents(self):
        labels = shipped_model().labels
        assert labels[Axis.BOARD] == tuple(entry["code"] for entry in REFERENCE["boards"])
        assert labels[Axis.ITEM] == tuple(entry["code"] for entry in REFERENCE["catalog"])
        assert labels[Axis.PACKAGE] == ("", *(entry["name"] for entry in REFERENCE["packages"]))

    def test_weights_stay_small(self):
        assert resources.path("router/model.npz").stat().st_size < 2_000_000

    @pytest.mark.parametrize(
        ("text", "board", "item", "package"),
        [
            ("公司要注消，税务清税证明开不出", "intake", "1302", "企业注销一类事"),
            ("银行不肯续贷，流动资金转不过来", "finance", "0302", "商业贷款一类事"),
            ("厂里招不到普工，想发布招聘信息", "talent", "0201", "员工录用一类事"),
            ("商标被外地厂家仿冒，想维权", "legal", "0902", "知识产权一类事"),
            ("法院判决生效了，想申请强制执行", "legal", "0803", "执行一类事"),
            ("出口报关单填错，货柜卡在海关", "opening", "0604", "跨境货物贸易一类事"),
            ("变压器容量不够，想增容，怎么申请", "project", "1304", "电水气网联合报装一类事"),
            ("想调用公共数据开放平台的客流数据接口", "data", "1301", ""),
            ("协会强制收会费，有没有收费依据", "appeal", "1105", ""),
            ("请科技特派员来指导一下大棚种植技术", "innovation", "0404", ""),
        ],
    )
    def test_plain_matters_go_where_they_belong(self, text, board, item, package):
        found = suggest(text)
        assert found.boards[0].code == board
        assert item in [suggestion.code for suggestion in found.items[:3]]
        assert (found.packages[0].code if found.packages else "") == package


class TestLearning:
    TEXT = "设备自动化改造怎么申报补贴"
    """Two boards have a claim to it; the second is the one that gets chosen here."""
    CLEAR = "法院判决生效了，对方不履行，想申请强制执行"

    def second(self) -> str:
        return suggest(self.TEXT).boards[1].code

    def chosen(self, learned: Learned, times: int, text: str = TEXT) -> Learned:
        for _ in range(times):
            learned = learn(learned, text, board=self.second(), item="1301", package="")
        return learned

    def score(self, learned: Learned) -> float:
        boards = suggest(self.TEXT, learned, limit=11).boards
        return next(board.score for board in boards if board.code == self.second())

    def test_an_empty_memory_changes_nothing(self):
        assert suggest(self.TEXT, Learned()) == suggest(self.TEXT)

    def test_each_choice_moves_the_chosen_board_up(self):
        scores = [self.score(self.chosen(Learned(), times)) for times in (0, 1, 3, 6)]
        assert scores == sorted(scores)
        assert scores[0] < scores[1] < scores[3]

    def test_one_click_does_not_overturn_a_clear_answer(self):
        learned = learn(Learned(), self.CLEAR, board="data", item="1301", package="")
        assert suggest(self.CLEAR, learned).boards[0].code == "legal"

    def test_many_clicks_do_overturn_an_unclear_one(self):
        assert suggest(self.TEXT, self.chosen(Learned(), 12)).boards[0].code == self.second()

    def test_other_matters_stay_as_they_were(self):
        assert suggest(self.CLEAR, self.chosen(Learned(), 20)).boards[0].code == "legal"

    def test_no_number_of_clicks_goes_beyond_the_bound(self):
        learned = self.chosen(Learned(), 200)
        shares = gram_shares(normalise(self.TEXT, shipped_model().spellings))
        assert max(learned.bonus(shares, "board", shipped_model().labels[Axis.BOARD])) <= MOST_BONUS

    def test_the_bound_is_what_holds_it(self, monkeypatch):
        monkeypatch.setattr(learning, "_bounded", lambda value, most: value)
        learned = self.chosen(Learned(), 200)
        shares = gram_shares(normalise(self.TEXT, shipped_model().spellings))
        assert max(learned.bonus(shares, "board", shipped_model().labels[Axis.BOARD])) > MOST_BONUS

    def test_old_choices_fade(self, monkeypatch):
        monkeypatch.setattr(learning, "FADE", 0.5)
        once = self.chosen(Learned(), 1)
        later = self.chosen(once, 12, text="出口退税迟迟没到账")
        assert self.score(later) < self.score(once)

    def test_the_memory_is_bounded(self, monkeypatch):
        monkeypatch.setattr(learning, "MOST_FEATURES", 40)
        rng = random.Random(1)
        learned = Learned()
        for _ in range(20):
            words = "".join(rng.choice("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往") for _ in range(12))
            learned = learned.after(words, {"board": "data"}, {})
        assert 30 <= len(learned.weights) <= 40

    def test_bringing_the_growth_back_changes_no_answer(self, monkeypatch):
        usual = self.chosen(Learned(), 6)
        monkeypatch.setattr(learning, "MOST_GROWTH", 1.0)
        assert self.score(self.chosen(Learned(), 6)) == pytest.approx(self.score(usual), abs=1e-3)

    def test_the_memory_survives_being_stored(self):
        learned = self.chosen(Learned(), 3)
        stored = json.loads(json.dumps(learned.to_document()))
        assert suggest(self.TEXT, Learned.from_document(stored)) == suggest(self.TEXT, learned)

    def test_the_fallback_can_be_learned_from_without_harm(self):
        learned = learn(Learned(), "？？", board="legal", item=None, package=None)
        assert suggest("？？", learned) == router.NOTHING_KNOWN
