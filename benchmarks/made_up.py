"""Made-up enterprises and matters: names, codes and sentences put together from parts, the same for a given seed."""

import random
from dataclasses import dataclass

from domain.enterprises.credit_code import ALPHABET, check_character, organization_check


def _parts(text: str) -> list[str]:
    return text.split("|" if "|" in text else None)


PLACES = _parts(
    "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 余杭 萧山 慈溪 诸暨 海宁 桐乡 德清 安吉 "
    "永康 东阳 瑞安 乐清 龙泉 江山 云溪 浙江 长兴 平湖"
)
BRANDS = _parts(
    "蓝 鲸 恒 泰 明 远 华 盛 中 科 云 帆 瑞 丰 金 桥 天 翼 宏 图 嘉 禾 新 锐 创 联 博 雅 德 润 安 信 启 航 "
    "万 通 东 方 正 元 凯 乐 星 辰 海 纳 龙 腾 智 慧 百 川 鼎 立 众 合 汇 优 品 悦 佳 长 青"
)
TRADES = _parts(
    "智能装备 精密机械 生物科技 网络科技 电子商务 新材料 纺织 服饰 餐饮管理 物业服务 建筑工程 环保设备 医疗器械 "
    "汽车零部件 光电 半导体 软件 文化传媒 教育咨询 人力资源 供应链管理 国际贸易 食品 农业开发 家居 包装 塑业 五金 "
    "化工 新能源 物流 跨境贸易 检测技术 知识产权代理"
)
FORMS = (
    "有限公司",
    "有限公司",
    "有限公司",
    "股份有限公司",
    "科技有限公司",
    "合伙企业（有限合伙）",
    "个体工商户",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞红鑫波斌宇浩凯健俊帆雪琳晨宁欣怡梦佳"

OPENINGS = _parts(
    "我们公司|厂里|我司|去年刚搬来的，我们|园区里这家企业|我们是做出口的，现在|个体户转的公司，现在|合伙人商量以后，"
    "我们|高新企业，最近|外地来投资的，我们"
)
NEEDS = _parts(
    "想申请技改补贴|要办食品经营许可证|想给员工补缴社保|准备申报专精特新|要变更法定代表人|想贷一笔流动资金|车间想增容用电|"
    "要注册一个商标|被同行仿冒了外观专利|货款拖了半年没收回|想招二十个熟练工|排污许可快到期|厂房租约有纠纷|要办进出口备案|"
    "想把注册地址迁过来|年报漏报进了异常名录|想了解人才公寓怎么申请|消防验收一直没过|要做环评备案|发票额度不够用|"
    "想申请首台套认定|项目备案要改建设内容|想参加境外展会|数据出境要不要评估|供地手续卡住了|想用公共数据做产品|"
    "工伤认定材料被退了|想办外国人工作许可|要注销一家分公司|担保费补贴没到账"
)
TROUBLES = _parts(
    "去年报过一次被退回|不清楚要哪些材料|线上提交总是报错|两个部门说法不一样|电话打了三次没人接|政策口径好像变了|"
    "担心赶不上截止日期|已经影响生产|合同马上到期|缺一份盖章的证明|办事员说要等通知|系统里查不到进度|图纸还没定稿|"
    "银行要求先出函|上个月已经交过一次"
)
WISHES = _parts(
    "请帮忙看一下材料|想请专人对接|希望本周内有答复|能不能当面讲清楚|想知道找哪个窗口|能不能容缺受理|麻烦协调一下|"
    "请告知办理时限|想预约上门服务|希望给个书面答复"
)
BOARDS = _parts("intake project policy finance talent legal innovation opening data appeal local")


@dataclass(frozen=True, slots=True)
class MadeUpEnterprise:
    """An enterprise with the person who comes to the window."""

    uscc: str
    name: str
    person: str
    phone: str


def enterprise(chance: random.Random) -> MadeUpEnterprise:
    """One enterprise; codes have sound check characters."""
    name = chance.choice(PLACES) + "".join(chance.choices(BRANDS, k=chance.choice((2, 2, 3))))
    name += chance.choice(TRADES) + chance.choice(FORMS)
    person = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    return MadeUpEnterprise(credit_code(chance), name, person, phone(chance))


def credit_code(chance: random.Random) -> str:
    """A code of one of the region's market regulators."""
    region = chance.choice(("330102", "330106", "330110", "330802", "330803", "330881", "330782", "330203"))
    own = "MA" + "".join(chance.choices(ALPHABET, k=6))
    first = f"9{chance.choice('1123')}{region}{own}"
    first += organization_check(own)
    return first + check_character(first)


def phone(chance: random.Random) -> str:
    """A mobile number."""
    return chance.choice(("139", "138", "135", "187", "156")) + "".join(chance.choices("0123456789", k=8))


def matter(chance: random.Random) -> str:
    """A matter in the visitor's words, some 30–60 characters."""
    amount = chance.randint(3, 980)
    return (
        f"{chance.choice(OPENINGS)}{chance.choice(NEEDS)}，{chance.choice(TROUBLES)}，涉及 {amount} 万元，"
        f"{chance.choice(WISHES)}。"
    )
