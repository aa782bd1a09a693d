"""What devices sign, so that anybody may carry it for them."""

import cbor2

from db.log.chains import ChainId


def head_message(chain: ChainId, seq: int, head: bytes) -> bytes:
    """The bytes a device signs for the head of one of its chains after ``seq`` events."""
    device, incarnation, branch = chain
    return b"qifu:head:1:" + cbor2.dumps([device, incarnation, branch, seq, head])
