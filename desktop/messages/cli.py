"""Sentences of the command line itself."""

SENTENCES = {
    "cli.path": "不能使用“{path}”，请检查路径是否正确、是否可写、磁盘是否已满。",
    "cli.stdin_missing": "没有给 --text，也没有从标准输入读到内容。请写 --text，或把 JSON 送入标准输入。",
    "cli.stdin_too_large": "标准输入超过 {limit_kib} KiB，未读取。请把长材料作为附件。",
    "cli.stdin_not_utf8": "标准输入不是 UTF-8 文本。请转换编码后再试。",
    "cli.usage": "命令用法不对：{detail}。请用 --help 查看用法。",
}
