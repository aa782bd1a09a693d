"""Sentences about the devices of a hub or centre."""

SENTENCES = {
    "devices.unknown": "没有设备“{device}”，请核对设备编号。",
    "devices.itself": "不能停用本机自己。",
    "devices.since_future": "{day} 还没有到，没有停用，请核对日期。",
    "devices.role_unknown": "设备角色“{role}”不对，可用 window、hub、centre。",
    "devices.minutes_invalid": "有效分钟数应在 1 到 {limit} 之间。",
}
