"""The Chinese words for roles."""

ROLE_WORDS = {
    "clerk": "窗口",
    "specialist": "服务专员",
    "chief": "首席服务专员",
    "supervisor": "督办/主任",
    "admin": "管理员",
}


def role_word(role: str) -> str:
    """The word for ``role``; an unknown one stands for itself."""
    return ROLE_WORDS.get(role, role)
