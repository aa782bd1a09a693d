"""Sentences about carrying what waits to the centre on a stick."""

SENTENCES = {
    "stick.no_key": "还没有收到中心的导出公钥，不能导出。请在联网时同步一次；独立网点请先加入中心。",
    "stick.key_invalid": "中心的导出公钥不对，没有导出。请联网同步一次后再试。",
    "stick.not_ours": "“{file}”是别的文件，没有覆盖。请换一个文件名（.qfs）。",
    "stick.no_folder": "没有“{folder}”这个文件夹，没有导出。请确认 U 盘已插好，或换一个位置。",
    "stick.unwritable": "写不进“{file}”，已写好的部分有效。请检查 U 盘是否已满或写保护，再导出一次会接着写。",
    "stick.unreadable": "文件“{file}”读不出来，请检查 U 盘。",
    "stick.not_for_us": "这个文件不是导出给本中心的，打不开。请核对网点加入的是哪个中心。",
    "stick.damaged": "文件不完整或已损坏，完好的部分已导入。请让网点重新导出后再导入，不会重复。",
    "stick.gap": "设备 {device} 此前的数据还没有送到，没有导入。请先导入更早的文件，或让网点重新导出。",
    "stick.fork": "设备 {device} 有两份不同的数据，没有导入。请让网点联网同步一次，由程序分开。",
}
