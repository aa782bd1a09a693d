"""Sentences about the hall's hub: away, moved, to be moved."""

SENTENCES = {
    "hub.pin_missing": "还没有设主机口令。请督办或管理员在“设置 › 大厅主机”里输入 4–8 位数字，"
    "按“设为主机口令”，再试一次。",
    "hub.pin_wrong": "主机口令不对，还可以试 {left} 次。",
    "hub.pin_locked": "口令输错次数太多，请 {minutes} 分钟后再试。",
    "hub.made_already": "这台电脑上已经有大厅主机的数据（{home}），直接启动它即可。",
    "hub.no_program": "没有找到大厅主机的程序（qifu-server），请重新安装完整的安装包后再试。",
    "hub.not_started": "大厅主机没有启动起来，原因记在 {log} 里。请重试，仍不行请联系维护人员。",
    "hub.refused": "大厅主机没有办成：{reason}",
    "hub.code_whole": "请粘贴入网二维码的整段文字（qifu-enrol 开头），里面有中心的地址；只有入网码不够。",
    "hub.port_invalid": "端口要在 1024 到 65535 之间，请改正。",
}
