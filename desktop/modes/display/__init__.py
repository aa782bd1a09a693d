"""大厅屏: who is called where, how many wait, notices."""
