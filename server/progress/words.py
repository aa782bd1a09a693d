"""What the page says, in Chinese."""

from resources.words import table

STATES = {
    "registered": "已登记，等待受理",
    "accepted": "已受理，正在安排办理",
    "assigned": "已交办，等待承办板块签收",
    "received": "承办板块已签收，正在办理",
    "handling": "正在办理",
    "returned": "正在重新安排承办板块",
    "transferred": "已转到新的承办板块办理",
    "escalated": "已转由兜底板块办理",
    "suspended": "暂停办理，等待条件具备",
    "extended": "正在办理，时限已延长",
    "reopened": "已重新办理",
    "resolved": "已办结",
    "fed_back": "已办结并反馈",
    "rated": "已办结，已评价",
    "called_back": "已办结，已回访",
    "archived": "已办结并归档",
    "declined": "未予受理",
    "withdrawn": "已撤回",
    "merged": "已并入另一件办理",
}
SEE_DESK = {
    "declined": "原因和依据请到窗口查询。",
    "withdrawn": "如需继续办理，请到窗口重新提出。",
    "merged": "请到窗口查询并入的那一件。",
}
STEPS = {
    "accepted": "受理",
    "assigned": "交办",
    "transferred": "转办",
    "board_answered": "承办板块已答复",
    "escalated": "转由兜底板块办理",
    "passed_up": "转上级中心办理",
    "planned": "已给出办理方案",
    "material_requested": "一次性告知需补充的材料",
    "material_received": "收到补充材料",
    "suspended": "暂停办理",
    "resumed": "恢复办理",
    "extended": "时限已延长",
    "answered": "答复并办结",
    "resolved": "办结",
    "fed_back": "向您反馈结果",
    "reopened": "重新办理",
    "declined": "不予受理",
    "withdrawn": "撤回",
    "merged": "并入另一件",
    "archived": "归档",
}
LEVELS = {int(level): word for level, word in table("levels").items()}
BOARDS_OF = {"board_answered": "{boards}", "accepted": "由{boards}承办", "assigned": "由{boards}承办"}
TO_BOARDS = "转到{boards}"

TITLE = "办件进度"
NOT_FOUND = ("链接不对或已失效", "请重新扫描回执上的二维码；仍打不开时，请带回执到窗口查询。")
TOO_OFTEN = ("打开得太频繁", "请过几分钟再试。")
TOO_LARGE = ("内容太长", "没有保存。请返回，把文字缩短到 1000 字以内再提交。")
NOT_A_FORM = ("提交的内容看不明白", "没有保存。请重新扫描回执上的二维码再评价。")
NO_PAGE = ("没有这个页面", "请扫描回执上的二维码打开。")
NOT_SO = ("不能这样打开", "请扫描回执上的二维码打开。")
BUSY = ("暂时打不开", "请过几分钟再试；着急的话，请到窗口查询。")
BROKEN = ("页面出错了", "这一步没有完成。请过几分钟再试，或到窗口查询。")

RATED_BEFORE = "这件事已经评价过了，每件评价一次；这次提交没有记录。"
NOT_CLOSED = "这件事还没有办结，办结后再评价；这次提交没有记录。"
STALE = "页面打开得太久，刚才没有提交成功。您选的和写的都还在，请再点一次提交。"
NO_LEVEL = "还没有选择满意程度，请选一项再提交。"
WORDS_TOO_LONG = "文字超过 {limit} 字，没有提交。请缩短后再点提交。"
