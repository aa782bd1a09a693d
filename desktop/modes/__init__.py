"""The hall's screens: the same program as 取号机, 大厅屏 or 顾客屏, in a process of its own or beside the desk."""
