"""Which program this is, as it tells others."""

VERSION = "0.1.0"
"""The version at run time, also of a frozen program; ``pyproject.toml`` says the same."""
PROGRAM = f"qifu {VERSION}"
"""What a node says of itself in hello and when it is enrolled."""
