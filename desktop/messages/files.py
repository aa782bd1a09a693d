"""Sentences about files on disk."""

SENTENCES = {
    "files.not_a_file": "“{name}”不是文件，没有收下。请选择一个文件。",
    "files.not_found": "没有找到文件“{name}”。请核对路径后再试。",
}
