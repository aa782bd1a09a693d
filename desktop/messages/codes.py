"""Sentences about enterprise codes (企业码): the verdict, every reason for it, and lists that are refused."""

from domain.codes.verdict import Answer, Finding, Reason, Verdict

SENTENCES = {
    "codes.registry_address": "在线核验地址“{address}”不可用。请填写 https:// 开头的地址，或本机上的接口地址。",
    "codes.no_code": "在“{file}”里没有找到二维码或条码。请换一张清楚、只含二维码的图片。",
    "codes.no_root": "本机还没有信任的根密钥，名单无从核对，未采用。请先导入带根密钥的信任文件。",
    "codes.root_differs": "信任文件的根密钥（{offered}）与本机所信任的（{held}）不同，未采用。请向签发机关核实。",
    "codes.demo_material": "这是演示用的信任文件，正式网点不采用。请向签发机关索取正式的信任文件。",
    "codes.list_malformed": "{kind}文件不完整或格式不对，未采用。请向签发机关重新索取。",
    "codes.list_signature": "{kind}的签名不是由信任的根密钥所签，未采用。请核对来源后重新索取。",
    "codes.list_older": "{kind}的编号 {offered} 比现有的 {have} 旧，未采用，以免放回已吊销的凭证。请索取最新一份。",
    "codes.delta_gap": "吊销名单增量从 {base} 号起，本机现有 {have} 号，接不上。请索取完整的吊销名单。",
    "codes.certificates": "信任文件中没有可用的证书。请确认每项都是 DER 证书的 Base64。",
    "codes.trust_malformed": "信任文件不是规定的 JSON 格式，未采用。请核对文件，或向签发机关重新索取。",
    "codes.bad_registries": "登记机关网址清单格式不对。请恢复随程序提供的清单，或改正后重试。",
    "codes.unknown_profile": "没有“{name}”这种码制。可用：{known}。",
    "codes.not_an_image": "“{file}”不是可以读取的图片。请换用 PNG、JPEG、BMP、GIF 或 WebP 图片。",
    "codes.image_too_large": "图片“{file}”过大（{what}），未读取。请裁剪到只含二维码后再试。",
    "codes.file_unreadable": "读不了文件“{file}”。请核对路径和权限。",
    "codes.time": "时间“{text}”写法不对。请写成 2026-11-22T09:00:00Z 这样的形式。",
}

WORDS = {
    "kind": {
        "trust_list": "信任名单",
        "revocation_list": "吊销名单",
        "revocation_delta": "吊销名单增量",
    }
}

ANSWERS = {
    Answer.VALID: "有效",
    Answer.INVALID: "无效",
    Answer.CANNOT_TELL: "无法判定",
}

REASONS = {
    Reason.BAD_CHECK_DIGIT: "统一社会信用代码校验不通过，请对照证照核对。",
    Reason.UNKNOWN_ISSUER: "签发者不在本机的信任名单中，真伪无法判定，请核验原件或联网核验。",
    Reason.WRONG_PURPOSE: "签发者无权签发这种凭证，请勿采信。",
    Reason.BAD_SIGNATURE: "签名不符，内容被改动过或系伪造，请勿采信。",
    Reason.BAD_ALGORITHM: "签名算法不被允许，请勿采信。",
    Reason.EXPIRED: "凭证已过有效期，请企业更新后再出示。",
    Reason.NOT_YET_VALID: "凭证尚未生效，请核对生效时间。",
    Reason.ISSUER_LAPSED: "凭证不是在签发密钥的有效期内签发的，请勿采信。",
    Reason.REVOKED: "凭证已被签发机关吊销，请勿采信。",
    Reason.REVOCATION_UNKNOWN: "本机没有吊销名单，不知是否已被吊销，请更新名单或核验原件。",
    Reason.REPLAYED: "这个码已经用过一次，可能是截图，请让企业在手机上刷新后重新出示。",
    Reason.REPLAY_UNKNOWN: "没有可查的出示记录，不知这个码是否已用过，请在受理窗口扫码。",
    Reason.NOT_FRESH: "不是刚刚出示的码（超过 120 秒），请让企业在手机上刷新后重新出示。",
    Reason.OTHER_SITE: "这个码是出示给别处的，请让企业对本网点重新出示。",
    Reason.SITE_UNKNOWN: "这个码只出示给指定网点，而本机不知自己是哪个网点，请在受理窗口扫码。",
    Reason.STALE: "{list}已过更新期 {days} 天，请尽快联网或导入新名单。",
    Reason.CLOCK_UNSURE: "本机时间不可靠，有效期无法判定，请先校准时间。",
    Reason.DAMAGED: "码已损坏或不完整，请重新扫描或让企业重新出示。",
    Reason.INCOMPLETE: "凭证缺少必备内容，请让企业向签发机关重新领取。",
    Reason.TOO_LARGE: "内容超过企业码允许的长度，未作读取。",
    Reason.IDENTIFIER_ONLY: "只是一个编号，不能证明出示者就是该企业，请核验证照原件或联网核验。",
    Reason.NOT_A_CODE: "不是企业码，未作处理。",
}

_LISTS = WORDS["kind"]


def finding_sentence(finding: Finding) -> str:
    """The sentence for one reason."""
    return REASONS[finding.reason].format(list=_LISTS.get(finding.detail, "名单"), days=finding.days)


def verdict_sentences(verdict: Verdict) -> list[str]:
    """One sentence for every reason, each once."""
    return list(dict.fromkeys(map(finding_sentence, verdict.findings)))
