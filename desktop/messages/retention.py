"""Sentences of old cases that lie at the centre."""

SENTENCES = {
    "retention.offline": "本件办结已久，内容存放在中心，现在连不上中心，取不回来。请连上网络后再打开。",
    "retention.not_above": "中心没有本件的内容，取不回来。中心可能刚从备份恢复：请稍后再打开，仍没有请联系中心管理员。",
    "retention.unfit": "中心给的内容与本机记录对不上，没有采用。请稍后再试；多次出现请联系中心管理员。",
}
