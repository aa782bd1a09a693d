"""顾客屏: what is being written down, for the visitor to check."""
