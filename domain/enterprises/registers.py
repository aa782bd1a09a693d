"""Who registers organisations and as what: the tables of GB 32100-2015 with the bodies added since.

The standard's first print knew bodies 1, 5, 9 and Y; the others came by amendment. A table like this is never
complete, so what it does not know is a warning to the clerk, not an error.
"""

from enum import StrEnum


class Body(StrEnum):
    """Registering body (登记管理部门), first character."""

    ESTABLISHMENT = "establishment"  # 机构编制
    FOREIGN_AFFAIRS = "foreign_affairs"  # 外交
    JUSTICE = "justice"  # 司法行政
    CULTURE = "culture"  # 文化
    CIVIL_AFFAIRS = "civil_affairs"  # 民政
    TOURISM = "tourism"  # 旅游
    RELIGION = "religion"  # 宗教
    TRADE_UNION = "trade_union"  # 工会
    MARKET = "market"  # 市场监管（原工商）
    MILITARY = "military"  # 中央军委改革和编制办公室
    PUBLIC_SECURITY = "public_security"  # 公安
    HOUSING = "housing"  # 住房和城乡建设
    AGRICULTURE = "agriculture"  # 农业农村
    OVERSEAS_CHINESE = "overseas_chinese"  # 侨联
    OTHER = "other"  # 其他
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """Kind of organisation (机构类别), first two characters together."""

    ENTERPRISE = "enterprise"  # 企业
    INDIVIDUAL = "individual"  # 个体工商户
    COOPERATIVE = "cooperative"  # 农民专业合作社
    AGENCY = "agency"  # 机关
    INSTITUTION = "institution"  # 事业单位
    MASS_ORGANIZATION = "mass_organization"  # 编办直接管理机构编制的群众团体
    NEWS_BUREAU = "news_bureau"  # 外国常驻新闻机构
    LAW_FIRM = "law_firm"  # 律师执业机构
    NOTARY = "notary"  # 公证处
    LEGAL_SERVICE = "legal_service"  # 基层法律服务所
    FORENSIC = "forensic"  # 司法鉴定机构
    ARBITRATION = "arbitration"  # 仲裁委员会
    MEDIATION = "mediation"  # 商事调解组织
    CULTURE_CENTER = "culture_center"  # 外国在华文化中心
    SOCIAL_GROUP = "social_group"  # 社会团体
    SOCIAL_SERVICE = "social_service"  # 民办非企业单位（社会服务机构）
    FOUNDATION = "foundation"  # 基金会
    VILLAGE_COMMITTEE = "village_committee"  # 村民委员会
    RESIDENT_COMMITTEE = "resident_committee"  # 居民委员会
    TOURISM_OFFICE = "tourism_office"  # 外国、港澳台旅游部门常驻代表机构
    RELIGIOUS_SITE = "religious_site"  # 宗教活动场所
    RELIGIOUS_SCHOOL = "religious_school"  # 宗教院校
    UNION = "union"  # 基层工会
    MILITARY_INSTITUTION = "military_institution"  # 军队事业单位
    OVERSEAS_NGO = "overseas_ngo"  # 境外非政府组织代表机构
    OWNERS_MEETING = "owners_meeting"  # 业主大会
    COLLECTIVE = "collective"  # 农村集体经济组织（组、村、乡镇）
    OVERSEAS_CHINESE = "overseas_chinese"  # 基层侨联组织
    OTHER = "other"  # 其他
    UNKNOWN = "unknown"


_BODIES = {
    "1": Body.ESTABLISHMENT,
    "2": Body.FOREIGN_AFFAIRS,
    "3": Body.JUSTICE,
    "4": Body.CULTURE,
    "5": Body.CIVIL_AFFAIRS,
    "6": Body.TOURISM,
    "7": Body.RELIGION,
    "8": Body.TRADE_UNION,
    "9": Body.MARKET,
    "A": Body.MILITARY,
    "G": Body.PUBLIC_SECURITY,
    "J": Body.HOUSING,
    "N": Body.AGRICULTURE,
    "Q": Body.OVERSEAS_CHINESE,
    "Y": Body.OTHER,
}
# Second character for each body; "9" is "other" for every body.
_KINDS = {
    "1": {"1": Kind.AGENCY, "2": Kind.INSTITUTION, "3": Kind.MASS_ORGANIZATION},
    "2": {"1": Kind.NEWS_BUREAU},
    "3": {
        "1": Kind.LAW_FIRM,
        "2": Kind.NOTARY,
        "3": Kind.LEGAL_SERVICE,
        "4": Kind.FORENSIC,
        "5": Kind.ARBITRATION,
        "6": Kind.MEDIATION,
    },
    "4": {"1": Kind.CULTURE_CENTER},
    "5": {
        "1": Kind.SOCIAL_GROUP,
        "2": Kind.SOCIAL_SERVICE,
        "3": Kind.FOUNDATION,
        "4": Kind.VILLAGE_COMMITTEE,
        "5": Kind.RESIDENT_COMMITTEE,
    },
    "6": {"1": Kind.TOURISM_OFFICE, "2": Kind.TOURISM_OFFICE},
    "7": {"1": Kind.RELIGIOUS_SITE, "2": Kind.RELIGIOUS_SCHOOL},
    "8": {"1": Kind.UNION, "2": Kind.UNION},
    "9": {"1": Kind.ENTERPRISE, "2": Kind.INDIVIDUAL, "3": Kind.COOPERATIVE},
    "A": {"1": Kind.MILITARY_INSTITUTION},
    "G": {"1": Kind.OVERSEAS_NGO},
    "J": {"1": Kind.OWNERS_MEETING},
    "N": {"1": Kind.COLLECTIVE, "2": Kind.COLLECTIVE, "3": Kind.COLLECTIVE},
    "Q": {"1": Kind.OVERSEAS_CHINESE, "2": Kind.OVERSEAS_CHINESE, "3": Kind.OVERSEAS_CHINESE},
    "Y": {"1": Kind.OTHER},
}
# GB/T 2260 provinces; 10 is what bodies of the central government register with (100000). Cities and counties
# are not looked up: they are merged and renamed every year, and development zones use numbers of their own.
_PROVINCE_RUNS = ((10, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
PROVINCES = frozenset(str(code) for first, last in _PROVINCE_RUNS for code in range(first, last + 1))


def body_of(first: str) -> Body:
    """Registering body of a code that begins with the character ``first``."""
    return _BODIES.get(first, Body.UNKNOWN)


def kind_of(first_two: str) -> Kind:
    """Kind of organisation of a code that begins with ``first_two``."""
    body, kind = first_two[0], first_two[1]
    if body not in _BODIES:
        return Kind.UNKNOWN
    return _KINDS[body].get(kind, Kind.OTHER if kind == "9" else Kind.UNKNOWN)
