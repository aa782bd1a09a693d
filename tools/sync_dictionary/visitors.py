"""Made-up visitors and what they say, drawn by chance; none of it is of a real person."""

import random
from collections.abc import Sequence
from typing import Any


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


class Visitors:
    """Who comes, and with what; some come again. ``boards`` and ``items`` are codes of the centre's."""

    def __init__(self, chance: random.Random, boards: Sequence[str], items: Sequence[str]) -> None:
        self.chance = chance
        self.boards = boards
        self.items = items
        self.people: list[dict[str, Any]] = []
        self.texts = _spoken(chance)

    def form(self) -> Any:
        """What one visitor brings (``domain.cases.intake.IntakeForm``)."""
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
