"""Sentences of ticket machine, hall display and customer screen."""

SENTENCES = {
    "modes.pin_invalid": "口令要用 {least}–{most} 位数字，请重新输入。",
}
