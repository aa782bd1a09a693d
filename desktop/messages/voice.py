"""Sentences about the voice that calls numbers."""

SENTENCES = {
    "voice.number": "号码“{number}”没有可以播报的字母或数字，请写成 A032 这样的号码。",
    "voice.quiet": "静音时段“{part}”写法不对，请写成 12:00-13:30，多段用空格隔开，起止时间不能相同。",
    "voice.no_device": "没有找到音箱或耳机，叫号照常，只是没有声音。请接好音箱并检查系统的声音设置。",
    "voice.device_failed": "声音设备没有播完，叫号照常。请检查音箱和系统的声音设置。",
    "voice.engine_failed": "系统语音没有播完，叫号照常。请在设置里把声音来源改为“程序自带”。",
    "voice.hung": "播报很久没有结束，已跳过这一条。请检查音箱和系统的声音设置。",
    "voice.clip_missing": "缺少播报用的声音文件“{name}”，叫号照常。请重新安装程序。",
    "voice.out_missing": "没有说存到哪个文件，请用 --out 写明一个 .wav 文件。",
    "voice.cannot_write": "不能写入“{file}”，请检查文件夹是否存在、是否可写、磁盘是否已满。",
}
