"""Sentences about files on disk."""

SENTENCES = {
    "files.not_found": "没有找到文件“{name}”。请核对路径后再试。",
}
