"""Sentences of ``qifu-server`` about what a person can act on."""

from domain.errors import AppError

SENTENCES = {
    "server.not_loopback": "网页只能开在本机地址（如 127.0.0.1）上，不能用“{host}”；对外由 nginx 转发。",
    "server.port_taken": "端口 {port} 用不了，可能已被别的程序占用，请换一个端口。",
    "server.usage": "命令写得不对：{detail}。请用 qifu-server --help 查看用法。",
    "station.missing": "“{home}”里还没有网点，请先用 qifu init 建立，或核对 --home。",
    "storage.passphrase_needed": "数据库由口令保护，请设置环境变量 QIFU_PASSPHRASE 后再启动。",
    "storage.passphrase_wrong": "口令不对，数据库没有打开，请核对 QIFU_PASSPHRASE。",
    "storage.key_missing": "没有找到密钥文件 {path}，请放回密钥文件，或设置 QIFU_KEY_FILE。",
    "storage.key_store_unavailable": "系统密钥库打不开；服务没有桌面会话，请用 QIFU_KEY_FILE 指定密钥文件。",
    "storage.newer_version": "数据库由更新版本的程序建立，请先升级本程序。",
}
_OTHER = "没有启动（{code}）。请用 qifu doctor --home 数据目录 查看原因和办法。"


def sentence(error: AppError) -> str:
    """What happened and what to do."""
    if error.code in SENTENCES:
        return SENTENCES[error.code].format(**error.params)
    return _OTHER.format(code=error.code)
