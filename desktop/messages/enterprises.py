"""Sentences about enterprises, their lists and their codes."""

from desktop.words import ENTERPRISE_FIELDS

SENTENCES = {
    "enterprises.not_found": "没有找到企业“{key}”，请核对代码或名称；初次来办的企业受理后即有记录。",
    "enterprises.ambiguous": "有几家企业都叫“{name}”：{codes}。请改用统一社会信用代码。",
    "enterprises.name_missing": "企业名称是空的，请填写企业名称。",
    "enterprises.field_proved": "“{field}”已由企业码证明（{issuer}），有效期内不能手工改。"
    "如有变更，请企业更新企业码后重新扫码。",
    "enterprises.field_too_long": "“{field}”有 {count} 字，超过 {limit} 字，请缩短。",
    "enterprises.cell_too_long": "内容有 {count} 字，超过 {limit} 字，请缩短后重新导入。",
    "enterprises.code_as_number": "代码被表格存成了数字，末几位已丢失。请把该列设为文本格式，重新填写 18 位代码。",
    "enterprises.row_twice": "代码 {uscc} 与第 {earlier} 行重复，请只保留一行。",
    "enterprises.too_many_tags": "标签有 {count} 个，只导入前 {limit} 个，请删减。",
    "enterprises.list_old_excel": "“{name}”是旧版或加了密码的 Excel 文件。"
    "请用 Excel 打开，另存为不加密的 .xlsx 后再导入。",
    "enterprises.list_damaged": "“{name}”不是完好的 Excel 文件，没有导入任何内容。"
    "请用 Excel 打开并另存为 .xlsx 后再试。",
    "enterprises.list_unreadable": "“{name}”不是 Excel 也不是文本表格。"
    "请另存为 .xlsx，或 UTF-8、GB18030 编码的 .csv。",
    "enterprises.list_bomb": "“{name}”展开后过大（上限 {limit_mib} MB）或结构异常，不像正常的名单，没有导入。"
    "请只保留名单所在的工作表，另存后再试。",
    "enterprises.list_too_large": "“{name}”超过 {limit_mib} MB，没有导入。请拆成几个文件，或去掉图片后再试。",
    "enterprises.list_too_long": "“{name}”超过 {limit} 行，没有导入任何一行。请拆成几个文件后分别导入。",
    "enterprises.list_empty": "“{name}”里没有名单内容。请核对是否选对了文件。",
    "enterprises.list_without_header": "“{name}”前 10 行里没有找到表头。请确认有“企业名称”和“统一社会信用代码”两列。",
    "enterprises.list_all_wrong": "“{name}”的 {total} 行都有问题，没有导入任何一行。第 {row} 行“{column}”：{reason}",
}
WORDS = {"field": ENTERPRISE_FIELDS}
