"""Sentences about staff and signing in."""

SENTENCES = {
    "staff.unknown": "没有“{staff}”这个人员，请核对工号。",
    "staff.wrong_password": "密码不对，还可以试 {left} 次。",
    "staff.locked": "密码错的次数太多，{minutes} 分钟后再试，或请管理员重设密码。",
    "staff.no_password": "{name}还没有设置密码，请管理员在“设置 › 人员”里设置。",
    "staff.password_short": "密码至少要 {limit} 个字符，请换一个长一些的。",
    "staff.first_is_admin": "第一位人员应是管理员，请把角色选为管理员。",
    "staff.inactive": "“{name}”已停用，不能登录。请管理员在“设置 › 人员”里恢复。",
    "staff.password_missing": "新增人员还没有设置密码，请设置至少 8 个字符的密码。",
    "staff.passwords_differ": "两次输入的密码不一样，请重新输入。",
    "staff.last_admin": "这是最后一位在用的管理员，不能停用或改任。请先登记另一位管理员。",
    "staff.name_too_long": "姓名超过 {limit} 字，请写短一些。",
    "staff.id_invalid": "工号只能用字母、数字、横线和下划线，最多 40 个字符，请改正。",
    "staff.name_missing": "还没有填写姓名，请填写。",
    "staff.away_past": "{until} 已经过去，请填写今天或以后的日期。",
    "staff.own_substitute": "“{name}”不能代自己，请选同板块的另一个人，或不指定。",
    "staff.board_unknown": "没有板块“{board}”，请选择已有的板块，或不指定。",
    "staff.board_missing": "服务专员和首席服务专员须属于一个板块，请选择板块。",
}
