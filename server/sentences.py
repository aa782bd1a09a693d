"""Sentences of ``qifu-server`` about what a person can act on."""

from domain.errors import AppError
from server import join_sentences

WORDS = {"role": {"window": "窗口", "hub": "大厅主机", "centre": "下级中心"}}
"""Codes among the parameters of sentences, in words."""

SENTENCES = join_sentences.SENTENCES | {
    "server.not_loopback": "不加密的网页只能开在本机地址（如 127.0.0.1）上，不能用“{host}”；"
    "对外请用 --tls，或由 nginx 转发。",
    "server.port_taken": "端口 {port} 用不了，可能已被别的程序占用，请换一个端口。",
    "server.usage": "命令写得不对：{detail}。请在命令后加 --help 查看用法。",
    "server.missing": "“{home}”里还没有服务数据，请先用 qifu-server init 建立，或核对 --home。",
    "server.exists": "“{home}”里已经建立过，没有改动。请换一个空目录，或直接 qifu-server serve。",
    "server.file_bad": "文件 {path} 读不出来。请从备份放回，或重新 init 到新目录。",
    "server.other_site": "这个数据库属于网点“{site}”，没有改动。请换一个空库，或核对 --site。",
    "server.database_url": "数据库地址不对，没有建立。只能用 PostgreSQL，写成 postgresql://用户:口令@主机:5432/库名，"
    "口令里的 @ : / 写成 %40 %3A %2F；不写 --database 就用随附的 PostgreSQL。",
    "server.not_embedded": "“{home}”的数据不在随附的 PostgreSQL 里，请去掉 --embedded。",
    "server.no_embedded": "本机没有随附的 PostgreSQL，请用 --database 指定数据库地址。",
    "server.embedded_failed": "随附的 PostgreSQL 没有启动，请查看 {path}。",
    "server.one_process": "Windows 上只能用一个进程，请去掉 --workers。",
    "server.no_certificate": "没有找到证书文件 {path}，请核对 --tls-cert 与 --tls-key。",
    "server.no_file": "文件“{path}”打不开，请核对路径和权限。",
    "server.no_json": "文件“{path}”不是 JSON 对象，请核对内容。",
    "server.no_backup": "“{path}”里没有备份，请指明备份文件。",
    "server.backup_open": "没有备份口令，没有备份。请用 --passphrase-file 或 QIFU_BACKUP_PASSPHRASE 给出一次，"
    "以后的备份都用它加密；确实不要加密，请加 --plain。",
    "server.backup_passphrase_short": "备份口令至少 {limit} 个字符，没有备份。",
    "server.backup_passphrase_needed": "这份备份是加密的，没有恢复。"
    "请用 --passphrase-file 或 QIFU_BACKUP_PASSPHRASE 给出口令。",
    "server.backup_passphrase_wrong": "备份 {path} 打不开，没有恢复：口令不对，或文件已损坏。",
    "server.backup_damaged": "备份 {path} 不完整或已损坏，没有恢复。请换一份备份。",
    "server.no_dump": "“{path}”不是 qifu-server backup 做的备份，没有恢复，数据没有改动。"
    "请指明 centre-日期.dump 文件；不写文件名就用数据目录里最近的一份。",
    "server.restore_failed": "备份“{path}”没有恢复，数据没有改动：文件可能不完整，或数据库的用户没有足够的权限。"
    "请换一份备份再试；仍不行，请把这一行交给维护人员（{detail}）。",
    "server.no_pg_program": "没有找到 {program}，请安装 PostgreSQL 的客户端程序。",
    "server.pg_failed": "{program} 没有成功，数据没有改动：{detail}",
    "server.in_use": "数据库正在使用，没有恢复。请先停下 qifu-server serve。",
    "sites.unknown": "本站和下级里没有网点“{site}”。请用 qifu-server site list 核对，新网点先用 site add 添加。",
    "sites.exists": "网点“{site}”已经有了，没有添加。",
    "sites.code_invalid": "网点代码“{typed}”不行：用字母、数字、- 和 _，最多 24 个。",
    "sites.letters_invalid": "“{typed}”不行：受理编号的字母是 2 至 4 个大写字母。",
    "sites.letters_taken": "字母 {letters} 已给了网点“{site}”，请换几个字母。",
    "sites.letters_exhausted": "没有空余的字母了，请用 --letters 指定。",
    "sites.too_deep": "网点最多 {limit} 层，没有添加。",
    "sites.parent_unknown": "没有上级网点“{parent}”，请先添加它。",
    "sites.circle": "网点“{site}”成了自己的上级，没有添加。",
    "devices.unknown": "没有设备“{device}”，请用 qifu-server device list 查看。",
    "devices.itself": "不能停用本机自己。",
    "devices.since_future": "{day} 还没有到，没有停用。请核对 --since。",
    "devices.role_unknown": "设备角色不对，可用 window、hub、centre。",
    "devices.minutes_invalid": "有效分钟数应在 1 到 {limit} 之间。",
    "documents.kind_unknown": "没有参考文件“{kind}”，可用：{known}。",
    "documents.not_of_site": "参考文件“{kind}”不能只给一个网点，请去掉 --site。",
    "documents.site_unknown": "没有网点“{site}”，请先用 qifu-server site add 添加。",
    "documents.from_centre": "参考文件“{kind}”由上级中心发布，本机不能另发，请由上级中心修改。",
    "documents.no_key": "本机还没有设备密钥，不能签发参考文件，请先完成初始化。",
    "documents.too_large": "参考文件“{kind}”超过 {limit_mib} MB，没有发布。",
    "documents.version_old": "参考文件“{kind}”的版本号 {version} 不比现行的新，没有发布。",
    "documents.field_invalid": "参考文件“{kind}”没有发布：{field} 不对。",
    "modes.pin_invalid": "主机口令要用 {least}–{most} 位数字，没有保存。",
    "stick.not_ours": "“{file}”不是网点导出的文件，请核对。",
    "stick.not_for_us": "这个文件不是导出给本中心的，打不开。请核对网点加入的是哪个中心。",
    "stick.damaged": "文件不完整或已损坏，完好的部分已导入。请让网点重新导出后再导入，不会重复。",
    "stick.unreadable": "文件“{file}”读不出来，请检查 U 盘。",
    "stick.no_key": "本机没有接收 U 盘数据的密钥。大厅主机不接收，请在中心导入。",
    "stick.gap": "设备 {device} 此前的数据还没有送到，没有导入。请先导入更早的文件，或让网点重新导出。",
    "stick.fork": "设备 {device} 有两份不同的数据，没有导入。请让网点联网同步一次，由程序分开。",
    "sync.device_unknown": "设备 {device} 没有在本中心登记，没有导入。",
    "sync.bad_signature": "设备 {device} 的签名不对，没有导入。",
    "sync.bad_batch": "文件里的数据前后不符，没有导入。",
    "station.exists": "数据目录里已经有数据，没有改动。请换一个空目录。",
    "station.name_missing": "没有名称，请用 --name 给出。",
    "station.name_too_long": "名称有 {count} 个字，最多 {limit} 个。",
    "station.missing": "“{home}”里还没有网点，请先用 qifu init 建立，或核对 --home。",
    "staff.first_is_admin": "第一个人员须是管理员，请加 --role admin。",
    "staff.id_invalid": "工号只能用字母、数字、- 和 _，最多 40 个。",
    "staff.name_missing": "没有姓名。",
    "staff.name_too_long": "姓名最多 {limit} 个字。",
    "staff.board_missing": "服务专员和首席须有板块，请用 --board 给出板块代码。",
    "staff.board_unknown": "没有板块“{board}”，没有添加。请核对 --board，或去掉它。",
    "staff.password_short": "口令至少 {limit} 个字符。",
    "staff.last_admin": "最后一个管理员不能改成别的岗位。",
    "erasure.centre_only": "大厅主机不能删除个人信息，请在中心执行，各网点随后跟着删除。",
    "erasure.nobody": "没有说明删除谁的信息。请给出受理编号、--uscc 或 --phone。",
    "erasure.one_of": "受理编号不能和 --uscc、--phone 同时使用，请只选一种。",
    "erasure.nothing": "没有找到可删除的个人信息：要么没有这样的办件，要么已经删除。",
    "erasure.reason_missing": "没有写明删除依据，请用 --reason 给出（request、withdrawn、order、mistake）。",
    "sync.held_gone": "隔离的记录里没有这一条，可能已经放行。请用 qifu-server held list 核对。",
    "sync.held_broken": "这条记录的内容不完整，或已在别处收下，不能放行。",
    "storage.unreachable": "连不上数据库。请检查 PostgreSQL 是否在运行，核对地址、库名、用户和口令。",
    "storage.too_many_connections": "数据库的连接已用完。请调大 max_connections 或减少服务进程。",
    "storage.locked": "数据库正被长时间占用，这一步没有做。请稍后再试。",
    "storage.disk_full": "磁盘已满，这一步没有做，已保存的内容不受影响。请腾出空间后再试。",
    "storage.backup_bad": "备份文件 {path} 校验不通过，没有使用。请换一份备份。",
    "storage.no_backup": "目录 {path} 里没有完好的备份。",
    "storage.in_use": "数据库正在使用，没有恢复。请先停下 qifu-server serve。",
    "storage.passphrase_needed": "数据库由口令保护，请设置环境变量 QIFU_PASSPHRASE 后再启动。",
    "storage.passphrase_wrong": "口令不对，数据库没有打开，请核对 QIFU_PASSPHRASE。",
    "storage.key_missing": "没有找到密钥文件 {path}，请放回密钥文件，或设置 QIFU_KEY_FILE。",
    "storage.key_store_unavailable": "系统密钥库打不开；服务没有桌面会话，请用 QIFU_KEY_FILE 指定密钥文件。",
    "storage.newer_version": "数据库由更新版本的程序建立，请先升级本程序。",
}
_OTHER = "这一步没有做（{code}）。请查看 docs/server.md，或把这一行交给维护人员。"


def sentence(error: AppError) -> str:
    """What happened and what to do."""
    if error.code in SENTENCES:
        params = {name: WORDS.get(name, {}).get(str(value), value) for name, value in error.params.items()}
        return SENTENCES[error.code].format(**params)
    return _OTHER.format(code=error.code)
