"""Sentences about the sites of a centre."""

SENTENCES = {
    "sites.unknown": "本站和下级里没有网点“{site}”，请核对，新网点先在中心添加。",
    "sites.exists": "网点“{site}”已经有了，没有添加。",
    "sites.code_invalid": "网点代码“{typed}”不行：用字母、数字、- 和 _，最多 24 个。",
    "sites.letters_invalid": "“{typed}”不行：受理编号的字母是 2 至 4 个大写字母。",
    "sites.letters_taken": "字母 {letters} 已给了网点“{site}”，请换几个字母。",
    "sites.letters_exhausted": "没有空余的字母了，请另行指定。",
    "sites.too_deep": "网点最多 {limit} 层，没有添加。",
    "sites.in_use": "网点 {sites} 还有在用的设备，不能从网点表里去掉或移到别处。请先停用那里的设备。",
    "sites.parent_unknown": "没有上级网点“{parent}”，请先添加它。",
    "sites.circle": "网点“{site}”成了自己的上级，没有添加。",
}
