"""Sentences about unified social credit codes (统一社会信用代码)."""

from domain.enterprises.credit_code import CreditCode
from domain.enterprises.registers import Body, Kind

SENTENCES = {
    "uscc.empty": "没有输入统一社会信用代码，请扫描营业执照或输入 18 位代码。",
    "uscc.length": "统一社会信用代码应为 18 位，现为 {length} 位，请核对是否漏输或多输。",
    "uscc.registration_number": "这是 15 位的旧工商注册号，已停用，请输入营业执照上的 18 位代码。",
    "uscc.organization_code": "这是 9 位的组织机构代码，请输入证照上的 18 位统一社会信用代码。",
    "uscc.confusable": "统一社会信用代码不用字母 I、O、Z、S、V，{letters} 可能看错；"
    "是否为 {suggestion}？请对照证照确认后重新输入。",
    "uscc.letter": "统一社会信用代码不用字母 I、O、Z、S、V，第 {position} 位却是 {letter}，请对照证照改正。",
    "uscc.character": "统一社会信用代码第 {position} 位的“{character}”不是数字或大写字母，请改正后重新输入。",
    "uscc.region_digits": "统一社会信用代码第 3 至 8 位应全是数字，现为“{region}”，请对照证照改正。",
    "uscc.identity_number": "这是居民身份证号，不是统一社会信用代码，请输入证照上的 18 位代码。",
    "uscc.check": "统一社会信用代码的校验码不对，代码中有错字，请对照证照逐位核对。",
    "uscc.body_unknown": "第 1 位不是已知的登记管理部门代码，请核对证照；无误可继续。",
    "uscc.kind_unknown": "第 2 位不是该登记管理部门已知的机构类别代码，请核对证照；无误可继续。",
    "uscc.region_unknown": "第 3 至 8 位“{region}”不是已知的行政区划码，请核对证照；无误可继续。",
    "uscc.organization_check": "第 9 至 17 位“{organization}”不合组织机构代码规则，请核对证照；无误可继续。",
}

KINDS = {
    Kind.ENTERPRISE: "企业",
    Kind.INDIVIDUAL: "个体工商户",
    Kind.COOPERATIVE: "农民专业合作社",
    Kind.AGENCY: "机关",
    Kind.INSTITUTION: "事业单位",
    Kind.MASS_ORGANIZATION: "群众团体",
    Kind.NEWS_BUREAU: "外国常驻新闻机构",
    Kind.LAW_FIRM: "律师执业机构",
    Kind.NOTARY: "公证处",
    Kind.LEGAL_SERVICE: "基层法律服务所",
    Kind.FORENSIC: "司法鉴定机构",
    Kind.ARBITRATION: "仲裁委员会",
    Kind.MEDIATION: "商事调解组织",
    Kind.CULTURE_CENTER: "外国在华文化中心",
    Kind.SOCIAL_GROUP: "社会团体",
    Kind.SOCIAL_SERVICE: "民办非企业单位",
    Kind.FOUNDATION: "基金会",
    Kind.VILLAGE_COMMITTEE: "村民委员会",
    Kind.RESIDENT_COMMITTEE: "居民委员会",
    Kind.TOURISM_OFFICE: "旅游部门常驻代表机构",
    Kind.RELIGIOUS_SITE: "宗教活动场所",
    Kind.RELIGIOUS_SCHOOL: "宗教院校",
    Kind.UNION: "基层工会",
    Kind.MILITARY_INSTITUTION: "军队事业单位",
    Kind.OVERSEAS_NGO: "境外非政府组织代表机构",
    Kind.OWNERS_MEETING: "业主大会",
    Kind.COLLECTIVE: "农村集体经济组织",
    Kind.OVERSEAS_CHINESE: "基层侨联组织",
    Kind.OTHER: "其他组织",
    Kind.UNKNOWN: "类别未知",
}

BODIES = {
    Body.ESTABLISHMENT: "机构编制",
    Body.FOREIGN_AFFAIRS: "外交",
    Body.JUSTICE: "司法行政",
    Body.CULTURE: "文化",
    Body.CIVIL_AFFAIRS: "民政",
    Body.TOURISM: "旅游",
    Body.RELIGION: "宗教",
    Body.TRADE_UNION: "工会",
    Body.MARKET: "市场监管",
    Body.MILITARY: "中央军委改革和编制办公室",
    Body.PUBLIC_SECURITY: "公安",
    Body.HOUSING: "住房和城乡建设",
    Body.AGRICULTURE: "农业农村",
    Body.OVERSEAS_CHINESE: "侨联",
    Body.OTHER: "其他",
    Body.UNKNOWN: "未知部门",
}


def warning_sentences(code: CreditCode) -> list[str]:
    """What the clerk should look at before going on with ``code``."""
    return [
        SENTENCES[warning].format(region=code.region, organization=code.organization)
        for warning in code.warnings
    ]
