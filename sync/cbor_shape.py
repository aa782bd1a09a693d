"""What a message may be made of, looked at before it is decoded: no tags, no lengths left open, so many items in all.

A decoder follows what the bytes say: a tag of a dozen bytes may stand for a number of a hundred million digits, a
megabyte for a million objects. Messages of this protocol are maps, arrays, strings, numbers and simple values.
"""

import re

MAX_ITEMS = 400_000
"""Several times what the largest batch holds (``sync.protocol.MAX_EVENTS`` events of about a dozen items)."""
_SIMPLE = re.compile(
    rb"(?:[\x00-\x17\x20-\x37\xf4-\xf6]|[\x18\x38].|[\x19\x39\xf9]..|[\x1a\x3a\xfa].{4}|[\x1b\x3b\xfb].{8})++",
    re.DOTALL,
)
_BYTES, _TEXT, _ARRAY, _MAP = 2, 3, 4, 5


def fits(plain: bytes, most: int = MAX_ITEMS) -> bool:
    """Whether ``plain`` may be decoded. Whether it is well-formed CBOR is for the decoder to say."""
    at, end, items = 0, len(plain), 1
    steps = 0
    while at < end:
        if run := _SIMPLE.match(plain, at):
            at = run.end()
            continue
        steps += 1
        if steps > items:
            return False
        major, told = plain[at] >> 5, plain[at] & 31
        if major not in (_BYTES, _TEXT, _ARRAY, _MAP) or told > 27:
            return False
        wide = 0 if told < 24 else 1 << (told - 24)
        length = int.from_bytes(plain[at + 1 : at + 1 + wide], "big") if wide else told
        at += 1 + wide
        if major in (_BYTES, _TEXT):
            at += length
        else:
            items += length * (2 if major == _MAP else 1)
            if items > most:
                return False
    return True
