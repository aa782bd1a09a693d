"""Sentences of ``qifu-authority``."""

from domain.errors import AppError

SENTENCES = {
    "authority.exists": "“{file}”已存在，未覆盖：覆盖后已签发的凭证将全部失效。请换一个文件夹。",
    "authority.no_root": "“{folder}”不是签发资料夹，或缺少根密钥。请先运行 root，或核对 --dir。",
    "authority.unreadable": "读不了“{file}”：文件损坏，或口令（QIFU_PASSPHRASE）不对。",
    "authority.name_taken": "名为“{name}”的密钥已有。请换一个名称。",
    "authority.unknown_key": "没有名为“{name}”的密钥。请先用 key 建立，或核对名称。",
    "authority.unknown_credential": "没有编号为“{id}”的凭证。请用 show 核对编号。",
    "authority.not_entitled": "密钥“{name}”不用于“{purpose}”，未签发。请换用对应用途的密钥。",
    "authority.field": "“{field}”的值不对：{what}。请改正后重试。",
    "authority.too_long": "凭证文字 {length} 个字符，超过 {limit}，难以扫读。请减少证照或缩短名称。",
    "authority.credit_code": "统一社会信用代码不对，未签发。请对照证照核对。",
    "authority.not_a_credential": "这不是 QYM1 凭证，不能出示。请给 issue 输出的文字。",
}


def sentence(error: AppError) -> str:
    """The sentence for ``error``; codes of the lists themselves are named as they are."""
    template = SENTENCES.get(error.code)
    return template.format(**error.params) if template else f"未完成（{error.code}）。请核对文件。"
