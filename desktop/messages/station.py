"""Sentences about making and opening a station."""

DAYS = {
    "mon": "周一",
    "tue": "周二",
    "wed": "周三",
    "thu": "周四",
    "fri": "周五",
    "sat": "周六",
    "sun": "周日",
}
WORDS = {"day": DAYS}
SENTENCES = {
    "station.missing": "“{home}”里还没有网点，请先建立网点（qifu init）。",
    "station.exists": "“{home}”里已经有一个网点，请直接打开，或换一个目录。",
    "station.name_missing": "还没有填写网点名称，请填写。",
    "station.name_too_long": "网点名称有 {count} 字，超过 {limit} 字，请用简称。",
    "station.phone_invalid": "网点电话只能有数字、横线、括号和“转”，请改正，如 0571-86000000 转 3。",
    "station.address_too_long": "网点地址有 {count} 字，超过 {limit} 字，请写短一些。",
    "station.web_address_invalid": "公开网址“{typed}”不对，请写成 https://fw.example.gov.cn 这样，不带问号和井号。",
    "station.web_address_plain": "公开网址要用 https:// 开头，回执上的链接才不会被人看到；http:// 只用于本机试用。",
    "station.windows_invalid": "窗口数应为 1 至 {limit} 的整数，请改正。",
    "station.hours_invalid": "{day}的服务时间“{typed}”看不明白，请写成 09:00-12:00 13:30-17:00，不开放就留空。",
    "station.hours_overlap": "{day}的服务时间“{typed}”有重叠或先后不对，请按先后写，上午在前。",
    "station.not_demo": "这里不是演示中心，没有清除。",
    "station.letters_invalid": "网点代号应为 2 至 4 个英文字母，办件编号以它开头，请改正。",
}
