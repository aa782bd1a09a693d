"""The short name by which a common problem is spoken of."""

import hashlib

_ALPHABET = "ABCDEFGHJKLMNPQRTUWXY0123456789"
_CHARS = 6


def problem_ref(problem_id: str) -> str:
    """``G`` and 6 characters, told by the id alone: the same at every station."""
    number = int.from_bytes(hashlib.sha256(f"qifu:problem:1:{problem_id}".encode()).digest()[:8])
    letters = []
    for _ in range(_CHARS):
        number, at = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    return "G" + "".join(letters)
