"""Sentences about the line to hub and centre, whoever uses it."""

SENTENCES = {
    "sync.address_invalid": "中心地址“{typed}”不对，请写成 https://zx.example.gov.cn 或 https://10.1.2.3:8443 这样。",
    "sync.https_needed": "中心地址“{typed}”要用 https:// 开头，数据才不会在路上被人看到；http:// 只用于本机。",
    "sync.link_down": "连不上中心。请检查网络；记录都在本机，连上后自动补传。",
    "sync.stalled": "线路长时间没有动静，已停下。记录都在本机，稍后自动再试。",
    "sync.cancelled": "已取消。",
    "sync.wrong_server": "这个地址上不是本机加入的中心（证书或身份不符），没有发送数据。请核对地址，或请中心重新发码。",
    "sync.too_new": "本机程序比中心的新，对方还不认识。请中心先升级，记录会一直保存在本机。",
    "sync.too_old": "本机程序太旧，中心已不支持。请升级本机程序，记录会一直保存在本机。",
    "sync.busy": "中心一时忙不过来，或者正在恢复。记录都在本机，稍后自动再试。",
    "sync.refused": "中心拒绝了这次请求（{refusal}）。请稍后再试，仍不行请把括号里的代码告诉中心。",
    "sync.revoked": "这台电脑已被中心停用，不能再收发。本机记录仍在，请联系中心管理员。",
    "sync.not_enrolled": "这台电脑还没有加入中心，请先用入网码加入（qifu enrol）。",
    "sync.no_key": "这台电脑没有自己的密钥，请重新打开程序后再试。",
    "sync.unknown_device": "中心不认识这台电脑，可能恢复过数据。请向中心要一个新的入网码重新加入，本机记录不会丢。",
    "sync.signature": "中心没有认可这台电脑的签名。请核对地址是否是中心公布的那个，或请中心重新发入网码。",
}
