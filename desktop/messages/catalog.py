"""Sentences about the catalogue and the router."""

SENTENCES = {
    "catalog.bad_document": "参考资料“{kind}”第 {where} 处内容不完整，未启用。请联系中心重新下发后再试。",
    "catalog.bad_lexicon": "推荐词库 {file} 第 {line} 行写法不对，未启用。请联系中心重新下发后再试。",
}
