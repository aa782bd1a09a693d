"""Train the dictionary by which small messages of sync are compressed: ``resources/sync/events.zdict``.

Run ``python tools/make_sync_dictionary.py`` after the columns of ``sync/packing.py`` or the kinds of events have
changed much. It makes a demonstration centre in a temporary folder, lets thousands of made-up events happen by the real
services, packs them as they travel, in batches of one up to twenty, and trains on that. The same program gives the same
file: chance is seeded, and nothing in it is of a real person. ``--figures`` says what cases cost that it never saw.

A peer with another dictionary cannot read a frame, so the file's number (``DICTIONARY``) is raised with the protocol's
version only.
"""

import argparse
import os
import random
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SEED = 20_261_124
DICTIONARY = 0x5146_0001
"""The dictionary's number, the first of ours; zstd writes it into every frame."""
SIZE = 64 << 10
CASES = 2_000
MADE = "qifu-dictionary"
FIRST_MS = 1_794_967_200_000
"""Wednesday, 18 November 2026, 10:00 at the site."""


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞红鑫波斌宇浩凯健俊帆雪琳晨宁欣怡梦佳"
TOWNS = _words("云溪 桃源 青石 白水 长兴桥 望山 双河 新桥 东湖 南塘")
BRANDS = _words(
    "明远 蓝湾 恒泰 星桥 启航 德昌 众合 嘉禾 永安 立新 百川 宏图 金穗 同心 正德 凯乐 瑞丰 天工 海纳 博雅"
)
TRADES = _words(
    "精密机械 生物科技 纺织 软件 智能装备 铸造 食品 物流 新材料 "
    "电子商务 建筑工程 环保设备 医疗器械 农业开发 包装 餐饮管理"
)
FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "科技有限公司", "经营部", "合伙企业（有限合伙）")
SITES = ("经济开发区", "科创园", "高新区", "物流园区", "人民路", "解放路", "工业大道", "创业街")
PAPERS = _words(
    "营业执照复印件 授权委托书 租赁合同 审计报告 社保缴纳清单 完税证明 "
    "环评批复 产权证明 公司章程 施工图纸 发票 检测报告"
)
ANSWERS = (
    "已当面答复，告知所需材料和办理时限。",
    "已联系相关部门，本周内派专人上门服务。",
    "政策依据和申报入口已发给经办人，窗口可代为填报。",
    "材料齐全，已受理，预计三个工作日内办结。",
    "情况已核实，补助资金已列入下一批拨付。",
)
REASONS = ("等待企业补充材料", "需要部门会商", "现场踏勘后再定", "政策口径待上级明确", "企业申请延后办理")


class MovingClock:
    """Goes on by a drawn step whenever it is told to."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        """The moment."""
        return self.at_ms


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--out", type=Path, default=ROOT / "resources" / "sync" / "events.zdict")
    told.add_argument("--cases", type=int, default=CASES)
    told.add_argument("--figures", action="store_true")
    asked = told.parse_args()
    _seed_chance()
    with tempfile.TemporaryDirectory(prefix=MADE) as folder:
        os.environ["QIFU_WITNESS_DIR"] = str(Path(folder) / "witness")
        if asked.figures:
            print_figures(Path(folder) / "home")
            return
        samples = list(messages(events(Path(folder) / "home", asked.cases)))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(train(samples))
    print(f"{asked.out}: {asked.out.stat().st_size} bytes from {len(samples)} messages")


def _seed_chance() -> None:
    """Identifiers, salts and keys come from one seeded source, so that two runs give one file."""
    chance = random.Random(SEED)
    os.urandom = secrets.token_bytes = chance.randbytes  # type: ignore[assignment]
    secrets.token_hex = lambda count=16: chance.randbytes(count).hex()  # type: ignore[assignment]
    secrets.randbelow = chance.randrange  # type: ignore[assignment]
    secrets.choice = chance.choice  # type: ignore[assignment]
    from db.event_log import EventLog

    EventLog.__init__.__defaults__ = (chance.randbytes,)


def events(home: Path, cases: int) -> list[Any]:
    """What happened at the made-up centre, as ``sync.packing.Stored``."""
    from services.demo import fill_demo
    from services.demo_queue import fill_demo_queue
    from services.setup import init_station
    from services.station import open_station

    clock = MovingClock(FIRST_MS)
    init_station(home, demo=True, clock=clock)
    station = open_station(home, clock=clock)
    try:
        station.call(fill_demo)
        station.call(fill_demo_queue)
        Centre(station, clock, random.Random(SEED)).work(cases)
        return station.call(stored)
    finally:
        station.close()


def stored(uow: Any, clock: Any, actor: Any) -> list[Any]:
    """Every event of the store in the order of its chain."""
    import sqlalchemy as sa

    from db.schema import event, event_private
    from sync.packing import Stored

    rows = uow.connection.execute(
        sa.select(event.c.device, event.c.incarnation, event.c.seq, event.c.body)
        .add_columns(event_private.c.salt, event_private.c.body.label("private"))
        .join_from(event, event_private, event_private.c.event == event.c.id, isouter=True)
        .order_by(event.c.pos)
    )
    return [Stored(*row) for row in rows]


class Centre:
    """Made-up visitors come, and their cases are worked on as far as chance has it."""

    def __init__(self, station: Any, clock: MovingClock, chance: random.Random) -> None:
        from services.rulebook import rulebook

        self.station = station
        self.clock = clock
        self.chance = chance
        book = station.call(lambda uow, clock, actor: rulebook(uow))
        self.boards = [code for code in book.boards if code != "intake"]
        self.items = list(book.items)
        self.staff = {one.id: one.actor for one in book.staff.values()}
        self.people: list[dict[str, Any]] = []
        self.texts = _spoken(chance)

    def work(self, cases: int) -> None:
        """Take ``cases`` in, with what follows of each."""
        for _ in range(cases):
            self.clock.at_ms += self.chance.randint(20_000, 400_000)
            self._case()

    def _case(self) -> None:
        from services.cases import accept_case

        accepted = self._do("clerk", accept_case, self._form())
        for step in self.chance.choice(LIVES):
            self.clock.at_ms += self.chance.randint(60_000, 5_000_000)
            STEPS[step](self, accepted.id)
        self._visit()

    def _do(self, who: str, service: Callable[..., Any], *args: Any) -> Any:
        """A step, unless the case is where it cannot be taken: what is then not recorded is no loss here."""
        from domain.errors import AppError

        try:
            return self.station.call(service, *args, as_actor=self.staff[who])
        except AppError:
            if who == "clerk":
                raise
            return None

    def board_of(self, case: str) -> str:
        """The case's lead board."""
        return str(self.station.call(lambda uow, clock, actor: uow.case(case).boards[0]))

    def _form(self) -> Any:
        from domain.cases.intake import read_form

        chance, who = self.chance, self._visitor()
        form: dict[str, Any] = {
            "uscc": who["uscc"],
            "name": who["name"],
            "text": self._text(),
            "channel": chance.choices(("window", "phone", "online", "visit"), (7, 2, 2, 1))[0],
            "kind": chance.choices(("request", "consultation", "complaint", "suggestion"), (5, 4, 2, 1))[0],
            "boards": chance.sample(self.boards, chance.choice((1, 1, 1, 2, 3))),
            "scope": chance.choices(("point", "chain"), (6, 1))[0],
            "limit": chance.choices(("simple", "standard", "hard"), (4, 5, 1))[0],
            "contact": who["contact"],
            "window": str(chance.randint(1, 8)),
        }
        if chance.random() < 0.6:
            form["items"] = chance.sample(self.items, chance.choice((1, 1, 2)))
        if chance.random() < 0.3:
            form["material"] = chance.sample(PAPERS, chance.randint(1, 3))
        if chance.random() < 0.15:
            form["missing"] = chance.sample(PAPERS, chance.randint(1, 3))
        return read_form(form)

    def _visitor(self) -> dict[str, Any]:
        if self.people and self.chance.random() < 0.4:
            return self.chance.choice(self.people[-200:])
        chance = self.chance
        town, brand = chance.choice(TOWNS), chance.choice(BRANDS)
        person = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
        contact = {
            "name": person,
            "phone": _phone(chance),
            "capacity": chance.choice(("agent", "agent", "legal_representative")),
            "authorisation_seen": chance.random() < 0.8,
        }
        name = f"{town}{brand}{chance.choice(TRADES)}{chance.choice(FORMS)}"
        self.people.append({"uscc": _credit_code(chance), "name": name, "contact": contact})
        return self.people[-1]

    def _text(self) -> str:
        chance = self.chance
        text = "".join(chance.sample(self.texts, chance.choice((1, 2, 3))))
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            text += self._detail()
        return text[:1_000]

    def _detail(self) -> str:
        chance = self.chance
        return chance.choice(
            (
                f"地址在{chance.choice(TOWNS)}{chance.choice(SITES)}{chance.randint(1, 900)}号{chance.randint(1, 20)}幢"
                f"{chance.randint(101, 1200)}室，面积{chance.randint(60, 5000)}平方米。",
                f"{chance.randint(1, 12)}月{chance.randint(1, 28)}日交过一次{chance.choice(PAPERS)}，至今没有答复。",
                f"合同{chance.choice('ABCHK')}{chance.randint(10**7, 10**9)}，金额{chance.randint(20, 999_999)}元。",
                f"联系人{chance.choice(SURNAMES)}{chance.choice(GIVEN)}（{_phone(chance)}），请尽快回电，谢谢。",
            )
        )

    def _visit(self) -> None:
        """Now and then a number is drawn and served."""
        from domain.queue.desk import TicketOrder
        from domain.queue.model import TicketSource
        from services.queue import tickets

        if self.chance.random() > 0.15:
            return
        group, window = self.chance.choice("ABCD"), str(self.chance.randint(1, 8))
        order = TicketOrder(group=group, source=TicketSource.WINDOW)
        issued = self._do("clerk", tickets.issue_ticket, order)
        ticket = issued.ticket.id
        for service, args in (
            (tickets.call_ticket, (window,)),
            (tickets.serve_ticket, ()),
            (tickets.finish_ticket, ()),
        ):
            self.clock.at_ms += self.chance.randint(20_000, 900_000)
            self._do("supervisor", service, ticket, *args)


def _answered(centre: Centre, case: str) -> None:
    from services.case_steps import answer_case

    centre._do("supervisor", answer_case, case, centre.chance.choice(ANSWERS))


def _of_board(name: str, *text: Sequence[str]) -> Callable[[Centre, str], None]:
    def step(centre: Centre, case: str) -> None:
        from services.back_office import boards, closing

        service = getattr(boards, name, None) or getattr(closing, name)
        centre._do(centre.board_of(case), service, case, *(centre.chance.choice(one) for one in text))

    return step


def _paused(centre: Centre, case: str) -> None:
    from services.back_office.timing import suspend_case

    centre._do(centre.board_of(case), suspend_case, case, centre.chance.choice(REASONS), "")


def _told(centre: Centre, case: str) -> None:
    from domain.cases.progress import ToldBy
    from services.back_office.closing import archive_case, feed_back_case

    centre._do("supervisor", feed_back_case, case, ToldBy.PHONE, "已告知办理结果")
    centre._do("supervisor", archive_case, case)


def _printed(centre: Centre, case: str) -> None:
    from services.printing import record_print

    centre._do("supervisor", record_print, case, "case_slip", centre.chance.choice(("a5", "80mm")))


def _rated(centre: Centre, case: str) -> None:
    from services.ratings.giving import rate_case

    centre._do("supervisor", rate_case, case, centre.chance.choice((5, 5, 4, 3)))


def _attached(centre: Centre, case: str) -> None:
    from io import BytesIO

    from services.files import attach_file

    scan = b"%PDF-1.4\n" + centre.chance.randbytes(40)
    name = f"{centre.chance.choice(PAPERS)}.pdf"
    centre.station.submit_upkeep(attach_file, case, name, BytesIO(scan)).result()


STEPS: dict[str, Callable[[Centre, str], None]] = {
    "answer": _answered,
    "receive": _of_board("receive_case"),
    "take": _of_board("take_case"),
    "partly": _of_board("answer_partly", ANSWERS),
    "resolve": _of_board("resolve_case", ANSWERS),
    "pause": _paused,
    "told": _told,
    "print": _printed,
    "rate": _rated,
    "attach": _attached,
}
LIVES = (
    (),
    (),
    ("print",),
    ("print", "answer"),
    ("answer", "rate"),
    ("attach", "receive"),
    ("receive", "take"),
    ("receive", "partly", "resolve"),
    ("receive", "take", "resolve", "told", "rate"),
    ("receive", "pause"),
)


def _spoken(chance: random.Random) -> list[str]:
    """What visitors say, from the router's lexicon."""
    from tools.router_corpus import corpus

    texts = sorted({one.text for one in corpus([]) if len(one.text) >= 12})
    chance.shuffle(texts)
    return [text + chance.choice(("。", "。", "，请帮忙看一下。", "，怎么办理？")) for text in texts]


def _phone(chance: random.Random) -> str:
    return chance.choice(("139", "138", "137", "136", "135", "158", "187")) + f"{chance.randrange(10**8):08d}"


def _credit_code(chance: random.Random) -> str:
    from domain.enterprises.credit_code import ALPHABET, check_character, organization_check

    own = "MA" + "".join(chance.choices(ALPHABET, k=6))
    region = chance.choice(("330802", "330803", "330881", "330822"))
    first = f"91{region}{own}{organization_check(own)}"
    return first + check_character(first)


def messages(found: Sequence[Any]) -> Iterator[bytes]:
    """The events as plain messages of sync, in batches of many sizes."""
    import cbor2

    from domain.events.event import genesis
    from sync.packing import pack
    from sync.protocol import Push

    chance, at = random.Random(SEED), 0
    while at < len(found):
        count = chance.choice((1, 1, 2, 3, 5, 8, 13, 20))
        batch = found[at : at + count]
        push = Push(
            device=batch[0].device,
            inc=batch[0].incarnation,
            seq=at,
            prev=chance.randbytes(32),
            head=genesis(batch[0].device, at),
            signature=chance.randbytes(64),
            events=pack(batch),
        )
        yield cbor2.dumps(push.model_dump(exclude_defaults=True))
        at += count


def train(samples: Sequence[bytes]) -> bytes:
    """The dictionary: the parts that come again most, and tables for what stands between them."""
    import zstandard

    made = zstandard.train_dictionary(SIZE, list(samples), dict_id=DICTIONARY, level=6, k=200, d=8, steps=1)
    return made.as_bytes()


def print_figures(home: Path) -> None:
    """What a case costs on the line, by the size of the batch: cases of the benchmark, which the training never saw."""
    from benchmarks import sync_content
    from domain.cases.intake import ContactForm, IntakeForm
    from services.cases import accept_case
    from services.setup import init_station
    from services.station import open_station
    from sync.frames import encode
    from sync.packing import pack
    from sync.protocol import Push

    clock = MovingClock(FIRST_MS)
    init_station(home, demo=True, clock=clock)
    station = open_station(home, clock=clock)
    try:
        for case in sync_content.cases(1_000):
            clock.at_ms += 97_000
            contact = ContactForm(name=case.person, phone=case.phone)
            form = IntakeForm(
                uscc=case.uscc, name=case.name, text=case.text, boards=case.boards, contact=contact
            )
            station.call(accept_case, form)
        found = station.call(stored)[-1_000:]
    finally:
        station.close()
    chance = random.Random(1)
    plain = sum(len(one.body) + len(one.private or b"") for one in found) / len(found)
    print(f"body and private part: {plain:.0f} bytes a case")
    for count in (1, 10, 100, 1_000):
        sizes = []
        for at in range(0, len(found), count):
            push = Push(
                device=found[0].device,
                inc=1,
                seq=at,
                prev=chance.randbytes(32),
                head=chance.randbytes(32),
                signature=chance.randbytes(64),
                events=pack(found[at : at + count]),
            )
            sizes.append(len(encode(push)))
        print(f"batches of {count:>5}: {sum(sizes) / len(found):.1f} bytes a case")


if __name__ == "__main__":
    main()
