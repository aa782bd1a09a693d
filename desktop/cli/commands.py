"""The table of commands: name, module and application in it, one line of help.

A module is imported only when its command runs, so that ``qifu --help`` stays as quick as an empty program. Each
names a typer application with one command, or a group.
"""

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("desktop.cli.init:app", "建立独立网点，或演示中心"),
    "enrol": ("desktop.cli.enrol:app", "用入网码加入中心或大厅主机"),
    "demo": ("desktop.cli.demo:app", "无屏演示：受理三类诉求并打印回执"),
    "case": ("desktop.cli.case:app", "诉求件：受理、查看、查找与后续办理"),
    "route": ("desktop.cli.route:app", "按诉求内容推荐服务板块、事项和一类事"),
    "due": ("desktop.cli.due:app", "推算办理期限，逐日说明"),
    "code": ("desktop.cli.code:app", "企业码：核验扫到的文字，读出图片里的码"),
    "uscc": ("desktop.cli.uscc:app", "核对统一社会信用代码"),
    "enterprise": ("desktop.cli.enterprise:app", "企业：档案、名录、导入名单"),
    "trust": ("desktop.cli.trust:app", "信任：签发机关、吊销名单、设备公钥"),
    "print": ("desktop.cli.print_:app", "打印受理回执或一次性告知单到文件"),
    "callback": ("desktop.cli.callback:app", "回访：待回访的办件、通话记录、回访登记表"),
    "rating": ("desktop.cli.rating:app", "好差评：评价、差评核实与整改、申诉"),
    "supervise": ("desktop.cli.supervise:app", "督办：清单、提醒、催办、督办单、时效指标"),
    "problem": ("desktop.cli.problem:app", "问题清单（点、链、块）与共性问题"),
    "staff": ("desktop.cli.staff:app", "人员：请假与代班、板块的人员和分管领导"),
    "ticket": ("desktop.cli.ticket:app", "排队号：取号、叫号、办理、统计"),
    "queue": ("desktop.cli.queue:app", "大厅：现在的情况，暂停、关闭、通知、开窗"),
    "voice": ("desktop.cli.voice:app", "叫号播报存成声音文件"),
    "sync": ("desktop.cli.sync:app", "同步：立即同步、还有什么在等、冲突与复核、日终核对"),
    "erase": ("desktop.cli.erase:app", "依法删除个人信息（独立网点）"),
    "backup": ("desktop.cli.upkeep:backup_app", "备份数据"),
    "restore": ("desktop.cli.upkeep:restore_app", "用备份恢复"),
    "doctor": ("desktop.cli.upkeep:doctor_app", "检查数据与环境"),
    "selftest": ("desktop.cli.selftest:app", "自检"),
}
