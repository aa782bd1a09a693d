"""Sentences of ``qifu-server join``."""

from collections.abc import Sequence

SENTENCES = {
    "sync.address_invalid": "上级地址“{typed}”不对，请写成 https://zx.example.gov.cn 或 https://10.1.2.3:8443 这样。",
    "sync.https_needed": "上级地址“{typed}”要用 https:// 开头，数据才不会在路上被人看到；http:// 只用于本机。",
    "sync.cancelled": "已取消。",
    "sync.too_new": "本机程序比上级的新，对方还不认识。请上级先升级。",
    "sync.too_old": "本机程序太旧，上级已不支持。请升级本机程序。",
    "sync.stalled": "线路长时间没有动静，已停下。请稍后再试。",
    "enrol.code_length": "入网码应为 11 位，现在是 {count} 位，请核对。",
    "enrol.code_character": "入网码里有不认识的字符，只能是数字和字母，请核对。",
    "enrol.code_check": "入网码有一位抄错了（末位校验不符），请对照原件再输一遍。",
    "enrol.code_form": "这不是入网二维码的文字，请给出整段文字，或只给入网码。",
    "enrol.pin_form": "证书指纹不对，应为 64 位十六进制或 43 位字母数字，请照 qifu-server enrol 给出的 pin 核对。",
    "enrol.url_missing": "没有给出上级地址，请加 --url。",
    "enrol.unknown": "上级没有这个入网码，请核对入网码和上级地址。",
    "enrol.expired": "这个入网码已过期，请向上级要一个新的。",
    "enrol.used": "这个入网码已被另一台电脑用过，请向上级要一个新的。",
    "enrol.wrong_site": "这个入网码是给别的网点“{site}”的，请核对，或向上级要本网点的入网码。",
    "enrol.wrong_role": "这个入网码是给{role}用的，不能用在这里，请向上级要一个合适的。",
    "enrol.device_taken": "上级已停用本机，或登记过另一把密钥，不能再用它加入。请联系上级管理员。",
    "enrol.site_taken": (
        "下级网点 {sites} 的代码或编号字母在上级已属于别的网点，没有加入。"
        "请与上级核对，由一方改用别的代码或字母，再重新加入。"
    ),
    "enrol.sites_unknown": (
        "上级还没有这些下级网点：{sites}，没有加入。"
        "上级的网点由它的上级统一管理，请先在那里添加，再重新加入。"
    ),
    "enrol.letters_exhausted": "这个网点的编号字母已经用完，请联系上级管理员。",
    "enrol.refused": "上级没有接受（{refusal}）。请稍后再试，仍不行请把括号里的代码告诉上级。",
    "enrol.unreachable": "连不上“{host}”。请检查网络和地址。",
    "enrol.certificate": "“{host}”的证书不是入网码里说好的那一个，没有继续。请核对地址。",
    "enrol.certificate_unknown": "“{host}”用的是自制证书，只有入网码和地址认不出它，没有继续。"
    "请给出二维码的整段文字（qr），或用 --pin 给出证书指纹。",
    "enrol.not_a_server": "“{host}”上不是企服前台的服务，请核对地址。",
    "enrol.document_missing": "上级没有告诉本机网点的名称和代号，请联系上级管理员检查网点设置。",
}
_LACKING = {"address": "地址", "phone": "电话"}


def lacking_words(site: str, lacking: Sequence[str]) -> str:
    """What papers of ``site`` will not say; empty where they say all. Hours and link have defaults that hold."""
    named = "、".join(word for field, word in _LACKING.items() if field in lacking)
    return (
        f"提醒：网点“{site}”的资料里没有{named}，它的回执上就不印，入网前自己填过的也不再用。"
        f"请写进资料，用 qifu-server publish site 文件 --site {site} 发布（写法见 docs/server.md）。"
        if named
        else ""
    )
