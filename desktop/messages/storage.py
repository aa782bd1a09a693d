"""Sentences about the store: key, file, disk, migration, attachments, backup."""

SENTENCES = {
    "storage.locked": "数据库正被本机另一个程序长时间占用，这一步没有保存。请关闭其他企服前台窗口或等备份结束后再试。",
    "storage.read_only": "数据目录不允许写入，这一步没有保存。请检查目录权限，或把磁盘的写保护解除后再试。",
    "storage.disk_error": "磁盘读写出错，这一步没有保存。请检查磁盘或数据线，先备份数据目录再继续。",
    "storage.disk_full": "磁盘已满，这一步没有保存，已保存的内容不受影响。请腾出空间后再试。",
    "storage.damaged": "数据库文件已损坏。请用“qifu restore”打开最近一次完好的备份，损坏的文件会原样保留。",
    "storage.cannot_open": "打不开数据库文件。请检查数据目录是否存在、当前用户是否有权读写。",
    "storage.unreadable": "数据库文件读不出来：密钥不对，或文件已损坏。请核对密钥，或从备份恢复。",
    "storage.missing": "没有找到数据库文件 {path}。请先用“qifu init”建立站点，或核对数据目录。",
    "storage.wrong_key": "密钥与数据库不符，打不开。请换回原来的密钥，或用纸质恢复码恢复。",
    "storage.not_a_store": "文件 {path} 不是企服前台的数据库。请核对数据目录。",
    "storage.pragma": "数据库设置 {name} 没有生效（现为 {value}），为保护数据已停止。请重新安装本程序。",
    "storage.newer_version": "数据库由更新版本的程序建立（结构版本 {found}，本程序只认到 {known}）。请先升级本程序。",
    "storage.migration_lost_rows": "升级数据库时表 {table} 的记录数对不上（{before} → {after}），已退回原样。"
    "请联系维护人员。",
    "storage.migration_broken_links": "升级数据库时表 {table} 出现无主记录，已退回原样。请联系维护人员。",
    "storage.key_exists": "目录 {path} 里已经有密钥，没有另建。请换一个空目录，或直接使用原有站点。",
    "storage.key_missing": "没有找到密钥文件 {path}。请放回密钥文件，或用纸质恢复码恢复。",
    "storage.key_file_bad": "密钥文件 {path} 读不出来：应为一行 64 位十六进制数字。请换回原来的文件，或用纸质恢复码恢复。",
    "storage.key_store_unavailable": "系统密钥库打不开或里面没有本站点的密钥。请登录桌面后再试，或用纸质恢复码恢复。",
    "storage.passphrase_needed": "数据库由口令保护。请设置环境变量 QIFU_PASSPHRASE，或在终端里运行后输入口令。",
    "storage.passphrase_wrong": "口令不对，数据库没有打开。请重新输入，或用纸质恢复码恢复。",
    "storage.recovery_none": "这个站点没有生成过恢复码，无法用恢复码打开。请找回原来的密钥。",
    "storage.recovery_code_mistyped": "恢复码第 {group} 组输入有误（0 表示总长度不对，应为 7 组、每组 5 位）。请对照纸面重新输入。",
    "storage.recovery_code_wrong": "恢复码不属于这个站点，或已被新的恢复码取代。请换用最近打印的恢复码。",
}
