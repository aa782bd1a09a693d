"""Sentences about files on disk."""

SENTENCES = {
    "files.not_a_file": "“{name}”不是文件，没有收下。请选择一个文件。",
    "files.not_found": "没有找到文件“{name}”。请核对路径后再试。",
    "files.hash": "取回的附件与登记的不一致，没有收下。请稍后再试，或请来访者重新提供。",
    "files.kind": "取回的附件类型不对，没有收下。请联系附件所在的网点重新上传。",
    "files.too_large": "附件超过上级允许的大小，没有传送。请降低扫描分辨率或分成几份再附。",
    "files.not_here": "上级还没有这个附件，附上它的窗口联网后会自动送到。请稍后再打开。",
    "files.damaged": "上级保存的附件已损坏，取不回来。请请来访者重新提供。",
    "files.unknown": "上级还没有这一件的记录，附件暂时取不回来。请稍后再试。",
}
