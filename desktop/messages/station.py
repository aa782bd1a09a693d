"""Sentences about making and opening a station."""

SENTENCES = {
    "station.missing": "“{home}”里还没有网点，请先建立网点（qifu init）。",
    "station.exists": "“{home}”里已经有一个网点，请直接打开，或换一个目录。",
    "station.name_missing": "还没有填写网点名称，请填写。",
    "station.name_too_long": "网点名称有 {count} 字，超过 {limit} 字，请用简称。",
    "station.letters_invalid": "网点代号应为 2 至 4 个英文字母，办件编号以它开头，请改正。",
}
