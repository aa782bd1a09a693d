"""Sentences about reference documents: publishing them, and taking them in from the centre."""

from desktop.messages import sentence
from domain.errors import AppError

SENTENCES = {
    "documents.from_centre": "“{kind}”由上级中心统一发布，本机不能改。请联系上级中心修改，改好后会自动更新到本机。",
    "documents.kind_unknown": "没有名为“{kind}”的资料。可以发布的有：{known}。",
    "documents.field_invalid": "资料“{kind}”的“{field}”不对，网点读不了，没有发布。请改正后再发布。",
    "documents.not_of_site": "资料“{kind}”全域只有一份，不能只给一个网点。请去掉 --site 再发布。",
    "documents.site_unknown": "没有代码为“{site}”的网点。请先用 qifu-server site add 添加，或核对代码。",
    "documents.no_key": "本机还没有设备密钥，不能签发资料。请先完成初始化。",
    "documents.too_large": "资料“{kind}”超过 {limit_mib} MB，没有发布。请精简后再发布。",
    "documents.version_old": "资料“{kind}”的版本号 {version} 不比现行的新，没有发布。请换用更大的版本号。",
    "documents.malformed": "上级发来的资料已损坏，没有采用，仍按原来的执行。程序会再取一次。",
    "documents.signer_unknown": "上级发来的资料不是由本机信任的中心签发，没有采用。请联系上级中心核对设备。",
    "documents.signature": "上级发来的资料签名不对，可能被改动过，没有采用。请联系上级中心重新发布。",
    "documents.sites_left_out": "上级发来的网点表里没有 {field}，那里还有在用的设备，没有采用。请联系上级中心补上。",
    "documents.other_site": "上级发来的资料是给别的网点的，没有采用。请联系上级中心核对网点设置。",
    "documents.version_taken": "上级发来的资料与本机同一版本的内容不同，没有采用。请上级中心再发布一次。",
    "documents.unloadable": "上级发来的资料本机读不了，没有采用，仍按原来的执行。请联系上级中心改正，或升级本程序。",
}
WORDS = {
    "kind": {
        "sites": "网点名录",
        "calendar": "工作日历",
        "limits": "办理时限",
        "boards": "服务板块",
        "catalog": "服务事项",
        "packages": "一类事清单",
        "measures": "细化举措",
        "return_reasons": "退回理由",
        "site": "本站资料",
        "staff": "人员名单",
        "queue": "叫号设置",
        "ratings": "评价规则",
        "callbacks": "回访规则",
        "paper_templates": "纸单模板",
        "code_hosts": "登记机关网站",
        "hub_pin": "主机口令",
        "device_keys": "设备密钥",
        "trust_root": "信任根",
        "trust_list": "信任名单",
        "revocation_list": "吊销名单",
    }
}


def refused_words(kind: str, reason: str, field: str) -> str:
    """Which document from above is not in force here, and why; ``reason`` is a code of this area."""
    name, _, site = kind.partition("@")
    named = WORDS["kind"].get(name, name) + (f"（{site}）" if site else "")
    return f"{named}：{sentence(AppError(reason, field=field))}"
