"""Sentences about papers and printers."""

SENTENCES = {
    "printing.unknown_paper": "没有“{paper}”这种单据，可用：{known}。",
    "printing.unknown_size": "没有“{size}”这种纸张，可用：{known}。",
    "printing.out_missing": "没有说存到哪个文件，请用 --out 写明。",
    "printing.out_type": "文件“{file}”的类型不对，请用 .pdf；80mm 和 58mm 也可用 .png。",
    "printing.cannot_write": "不能写入“{file}”，请检查文件夹是否存在、是否可写、磁盘是否已满。",
    "printing.size_unfit": "这种单据不能用“{size}”，可用：{known}。",
    "printing.no_board": "办件 {number} 还没有交办给板块，请先交办，再打印这张单据。",
    "printing.no_handover": "办件 {number} 没有退回、转办或升级过，没有可打印的转办（退回）单。",
    "printing.not_urgent": "办件 {number} 还没有临近期限，或已经办结，不需要催办单。",
    "printing.not_overdue": "办件 {number} 没有超过期限，不能出督办单；临近期限的可以打印催办单。",
    "printing.no_consultation": "办件 {number} 没有会商记录，请先记录会商，再打印会商纪要。",
    "printing.not_resolved": "办件 {number} 还没有办结，办结后才能打印反馈单和评价表。",
    "printing.template_field": "单据模板的“{field}”没有填对（单据 {paper}），请检查是否为空、太长或超出范围。",
    "printing.template_placeholder": (
        "单据模板里的“{name}”不能识别（单据 {paper}，{field}）。请改用编辑区下方列出的名称，花括号要成对。"
    ),
    "printing.emblem_kind": "“{name}”不能用作徽标，请换 PNG 或 JPEG 图片。",
    "printing.emblem_invalid": "徽标图片打不开或太大，请换一张 5 MB 以内的 PNG 或 JPEG 图片。",
    "printing.dossier_only_pdf": "归档卷宗只能存为 PDF，请把文件名改为以 .pdf 结尾。",
    "printing.nothing_missing": "办件 {number} 没有登记缺少的材料，不需要一次性告知单。",
    "printing.qr_text": "二维码的内容太长或含有中文，单据没有生成，请联系维护人员。",
    "printing.snapshot_damaged": "这份单据的存档不完整，不能重印，请重新打印一份。",
    "printing.snapshot_unknown": "这份单据由更新的版本生成，请先更新程序再打印。",
    "printing.printer_missing": "没有找到打印机“{printer}”，单据已存为 PDF。请检查打印机，或在设置里另选。",
    "printing.printer_failed": "打印机“{printer}”没有接收，单据已存为 PDF。请检查电源、纸张和连线后再打印。",
    "printing.not_kept": "单据没能存到“{folder}”，请检查磁盘空间和权限后再打印。",
    "printing.rare_characters": "有字库里没有的字，已用“〓”代替并在页脚注明，请手写补上。",
    "printing.device_invalid": (
        "“{device}”不是小票机地址，请按例子写：tcp:192.168.1.20:9100、usb:04b8:0e15、file:/dev/usb/lp0。"
    ),
    "printing.thermal_unreachable": "连不上小票机“{device}”，请检查电源、连线和设置里的地址。",
    "printing.thermal_stalled": "小票机“{device}”中途没有回应，小票可能没打完。请检查后再打一次。",
    "printing.thermal_fault": "小票机“{device}”报告故障，请检查是否卡纸、切刀是否卡住，再关机重开。",
    "printing.usb_denied": "没有使用小票机“{device}”的权限，请联系维护人员开放这台 USB 设备。",
    "printing.usb_driver": "小票机“{device}”由系统的打印驱动占用，请清空地址，改在“打印”里选它的系统打印机。",
    "printing.paper_out": "小票机“{device}”没有纸了，请换上纸卷再打一次。",
    "printing.cover_open": "小票机“{device}”的上盖没有关好，请关好再打一次。",
}
