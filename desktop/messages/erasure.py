"""Sentences of erasing a person's data."""

SENTENCES = {
    "erasure.centre_only": "本站已加入中心，个人信息由中心统一删除，才能连同各网点的副本一起删掉。"
    "请把删除申请转给中心管理员。",
    "erasure.nobody": "没有说明删除谁的信息。请给出受理编号、企业信用代码或电话。",
    "erasure.one_of": "受理编号不能和信用代码、电话同时使用。请只选一种。",
    "erasure.nothing": "没有找到可删除的个人信息：要么没有这样的办件，要么已经删除。请核对编号、代码或电话。",
    "erasure.reason_missing": "没有写明删除依据。请用 --reason 给出："
    "request 本人申请，withdrawn 撤回同意，order 机关决定，mistake 误录。",
}
