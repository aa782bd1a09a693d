"""What is carried when lines and engines are measured: made-up cases of some 700 bytes, the same for everyone.

The visitor's words are put together from sentences that people said, from the router's thousands of phrases, and
from numbers, dates, addresses and names of things, so that a compressor finds about as much to save as in a
centre's real cases (zstd at its usual level: 172 of 742 bytes a case, over ten thousand), and no more.
"""

import json
import random
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

import resources
from benchmarks import made_up

SEED = 20_261_123
FIRST_MS = 1_793_750_400_000
"""2026-11-03, a Tuesday's midnight in UTC."""
GAP_MS = 97_000
SAID = Path(__file__).resolve().parent.parent / "tests" / "data" / "requests_dev.json"
CHOICE = re.compile(r"\(([^()]*)\)")
LEAST_TEXT, MOST_TEXT = 230, 520
"""Bytes of text between which a case's length is drawn."""
ADDED = "补充：{day}日又送来{count}页材料，经办人{person}。"


def _words(text: str) -> list[str]:
    return text.split()


ROADS = _words(
    "文三路 江南大道 通惠中路 人民大道 解放北路 中山东路 学院路 科技园路 滨盛路 望江街 创业大道 柯桥大道 金桥路 "
    "海天一路 临港二路 兴业街 建设三路 青年路 瓯海大道 世纪大道"
)
THINGS = _words(
    "数控车床 注塑机 喷涂线 冷库 净化车间 屋顶光伏 叉车 检测设备 仓储货架 污水处理站 激光切割机 包装线 研发楼 宿舍楼 "
    "充电桩 变压器 锅炉 反应釜 烘干房 展厅 直播间 中央厨房 实验室 机械臂 服务器 模具 电梯 储气罐"
)
PAPERS = _words(
    "营业执照 租赁合同 审计报告 社保清单 完税证明 环评批复 消防意见书 产权证 授权书 章程修正案 发票 检测报告 施工许可 "
    "专利证书 采购合同 银行流水 备案表 情况说明"
)
ENDINGS = (
    "，请尽快。",
    "，谢谢。",
    "，等回话。",
    "，我下午还在。",
    "，可以加急吗？",
    "，电话联系即可。",
    "。",
)
ITEMS = tuple(f"{group:02d}{at:02d}" for group in range(1, 15) for at in range(1, 13))


@dataclass(frozen=True, slots=True)
class SyncCase:
    """One case as taken down at a window. ``boards`` and ``items`` are codes; ``accepted_ms`` is UTC milliseconds."""

    id: str
    number: str
    accepted_ms: int
    uscc: str
    name: str
    person: str
    phone: str
    text: str
    boards: tuple[str, ...]
    items: tuple[str, ...]
    channel: str
    scope: str

    @property
    def content(self) -> str:
        """All of it as compact JSON, some 700 bytes of UTF-8."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def cases(count: int, *, seed: int = SEED) -> list[SyncCase]:
    """The first ``count`` cases of ``seed``; more of the same seed begin with the same."""
    return list(islice(_endless(random.Random(seed)), count))


def changed(case: SyncCase, *, seed: int = SEED) -> SyncCase:
    """``case`` with a sentence more at the end of its text."""
    chance = random.Random(f"{seed} {case.id}")
    more = ADDED.format(
        day=chance.randint(1, 28), count=chance.randint(2, 90), person=made_up.enterprise(chance).person
    )
    return replace(case, text=case.text + more)


def _endless(chance: random.Random) -> Iterator[SyncCase]:
    people: list[made_up.MadeUpEnterprise] = []
    at_ms = FIRST_MS
    while True:
        at_ms += chance.randint(1, 2 * GAP_MS)
        if not people or chance.random() < 0.45:
            people.append(made_up.enterprise(chance))
        yield _case(chance, chance.choice(people[-400:]), at_ms, len(people))


def _case(chance: random.Random, who: made_up.MadeUpEnterprise, at_ms: int, at: int) -> SyncCase:
    return SyncCase(
        id=_uuid7(chance, at_ms),
        number=f"QJ-2611{chance.randint(1, 28):02d}-A{chance.choice('BCDF')}-{at % 1000:03d}",
        accepted_ms=at_ms,
        uscc=who.uscc,
        name=who.name,
        person=who.person,
        phone=who.phone,
        text=_text(chance),
        boards=tuple(chance.sample(made_up.BOARDS, chance.choice((1, 1, 1, 2, 3)))),
        items=tuple(sorted(chance.sample(ITEMS, chance.choice((0, 1, 1, 1, 2))))),
        channel=chance.choice(("window", "window", "window", "phone", "online")),
        scope=chance.choice(("point", "point", "point", "chain", "face")),
    )


def _uuid7(chance: random.Random, at_ms: int) -> str:
    """A version 7 identifier (RFC 9562) of that millisecond."""
    value = at_ms << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62)
    return str(uuid.UUID(int=value))


def _text(chance: random.Random) -> str:
    """Sentences until a drawn length is reached; the last may run over it."""
    length = chance.randint(LEAST_TEXT, MOST_TEXT)
    text = chance.choice(_said()) + chance.choice(ENDINGS)
    while len(text.encode()) < length:
        text += chance.choice((_told, _told, _told, _place, _order, _letter))(chance)
    return text


@cache
def _said() -> tuple[str, ...]:
    return tuple(one["text"] for one in json.loads(SAID.read_text("utf-8")))


@cache
def _phrases() -> tuple[str, ...]:
    files = sorted(resources.path("router/lexicon").glob("*.txt"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if line[:1] not in "#@"]
    return tuple(phrase for line in lines for phrase in line.split())


def _told(chance: random.Random) -> str:
    """Three to five things in the words of visitors, with an amount among them."""
    told = [_phrase(chance) for _ in range(chance.randint(3, 5))]
    told.insert(
        chance.randrange(3),
        f"{chance.choice(made_up.OPENINGS)}{chance.randint(2, 980)}{chance.choice('人万台户吨亩')}",
    )
    return "，".join(told) + "。"


def _phrase(chance: random.Random) -> str:
    """One phrase of the lexicon, a choice made wherever it leaves one and a name where it leaves a gap."""
    phrase = chance.choice(_phrases())
    while CHOICE.search(phrase):
        phrase = CHOICE.sub(lambda found: chance.choice(found[1].split("|")), phrase)
    gap = "".join(chance.choices(made_up.GIVEN + "".join(made_up.BRANDS), k=2))
    return phrase.replace("…", gap)


def _place(chance: random.Random) -> str:
    return (
        f"地址在{chance.choice(made_up.PLACES)}{chance.choice(ROADS)}{chance.randint(1, 2999)}号"
        f"{chance.randint(1, 30)}幢{chance.randint(101, 2699)}室，面积{chance.randint(60, 9800)}平方米。"
    )


def _order(chance: random.Random) -> str:
    maker = chance.choice(made_up.PLACES) + "".join(chance.choices(made_up.BRANDS, k=2))
    return (
        f"{chance.randint(1, 12)}月{chance.randint(1, 28)}日向{maker}买了{chance.randint(1, 48)}台"
        f"{chance.choice(THINGS)}，合同{chance.choice('ABCDHKXZ')}{chance.getrandbits(32):09d}，"
        f"付了{chance.randint(20, 9_999_999) / 100:.2f}元，{chance.choice(made_up.TROUBLES)}。"
    )


def _letter(chance: random.Random) -> str:
    kept, missing = chance.sample(PAPERS, 2)
    person = chance.choice(made_up.SURNAMES) + "".join(chance.choices(made_up.GIVEN, k=2))
    return (
        f"{kept}已经交给{person}（{made_up.phone(chance)}），还缺{missing}，{chance.choice(made_up.WISHES)}。"
    )
