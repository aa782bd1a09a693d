"""Sentences about joining a hub or centre by a one-time code."""

from collections.abc import Sequence

SENTENCES = {
    "enrol.code_length": "入网码应为 11 位，现在是 {count} 位，请核对。",
    "enrol.code_character": "入网码里有不认识的字符，只能是数字和字母，请核对。",
    "enrol.code_check": "入网码有一位抄错了（末位校验不符），请对照原件再输一遍。",
    "enrol.code_form": "扫到的不是入网二维码，请扫中心给的入网二维码，或手工输入入网码。",
    "enrol.pin_form": "证书指纹不对，应为 64 位十六进制或 43 位字母数字，请照 qifu-server enrol 给出的 pin 核对。",
    "enrol.url_missing": "还没有填写中心地址，请填写；扫二维码会自动填好。",
    "enrol.unknown": "中心没有这个入网码，请核对入网码和中心地址。",
    "enrol.expired": "这个入网码已过期，请向中心要一个新的。",
    "enrol.used": "这个入网码已被另一台电脑用过，请向中心要一个新的。",
    "enrol.wrong_site": "这个入网码是给别的网点“{site}”的，请核对，或向中心要本网点的入网码。",
    "enrol.wrong_role": "这个入网码是给{role}用的，不能用在这里，请向中心要一个合适的。",
    "enrol.device_taken": "中心已停用这台电脑，或登记过另一把密钥，不能再用它加入。请联系中心管理员。",
    "enrol.site_taken": (
        "下级网点 {sites} 的代码或编号字母在上级已属于别的网点，没有加入。"
        "请与上级核对，由一方改用别的代码或字母，再重新加入。"
    ),
    "enrol.sites_unknown": (
        "上级还没有这些下级网点：{sites}，没有加入。"
        "上级的网点由它的上级统一管理，请先在那里添加，再重新加入。"
    ),
    "enrol.letters_exhausted": "这个网点的编号字母已经用完，请联系中心管理员。",
    "enrol.refused": "中心没有接受（{refusal}）。请稍后再试，仍不行请把括号里的代码告诉中心。",
    "enrol.unreachable": "连不上“{host}”。请检查网络和地址，填好的内容都在，可以直接再试。",
    "enrol.certificate": "“{host}”的证书不是入网码里说好的那一个，为防冒充没有继续。请核对地址，或重新扫码。",
    "enrol.certificate_unknown": "“{host}”用的是自制证书，只有入网码和地址认不出它，没有继续。"
    "请扫入网二维码，或把二维码的整段文字粘贴到“入网码”里。",
    "enrol.not_a_server": "“{host}”上不是企服前台的中心，请核对地址。",
    "enrol.document_missing": "中心没有告诉本机网点的名称和代号，请联系中心管理员检查网点设置。",
    "enrol.demo": "演示中心里都是虚构内容，不能加入真正的中心。请先清除演示内容，或换一个数据目录。",
}
WORDS = {"role": {"window": "窗口", "hub": "大厅主机", "centre": "中心"}}
_PRINTED = {"address": "地址", "phone": "电话", "web_address": "公开网址"}


def lost_words(lost: Sequence[str]) -> str:
    """What the papers and due times of a station that joined are without from now on; empty where nothing is lost."""
    gone = "、".join(word for field, word in _PRINTED.items() if field in lost)
    parts = [f"回执上不再印{gone}"] if gone else []
    parts += ["期限按默认的开放时间算"] if "hours" in lost else []
    if not parts:
        return ""
    named = "、".join(part for part in (gone, "开放时间" if "hours" in lost else "") if part)
    return f"上级为本站发布的资料里没有{named}，从现在起{'，'.join(parts)}。请上级中心补发本站资料。"
