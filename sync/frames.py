"""Frames: a message as CBOR, compressed with zstd and the shipped dictionary, bounded on both ways.

The first byte says how the rest is written: 0 plain CBOR, 1 zstd without a dictionary, 2 zstd with
``resources/sync/events.zdict``. Small messages go plain where compressing makes them no smaller.
"""

import threading
from typing import Any, TypeVar

import cbor2
import zstandard
from pydantic import BaseModel, ValidationError

import resources
from sync.cbor_shape import fits

PLAIN, ZSTD, ZSTD_DICTIONARY = 0, 1, 2
MEDIA_TYPE = "application/x-qifu-frame"
LIMIT_BYTES = 32 << 20
"""How large a message may become; a peer that sends more is broken or hostile."""
WINDOW_BYTES = 64 << 20
"""What level 19 of a trusted peer may need; a hostile one gets no more memory."""
LEVEL = 6
_WORTH = 64
_LARGE, _LARGE_LEVELS = 512 << 10, 11
"""Bytes from which a message is large, and up to which level another search then finds more in less time."""
_WINDOW_LOG, _TABLE_LOG = 21, 20
"""Two MiB are all of a batch; tables of 4 MiB stay in the processor's cache."""

M = TypeVar("M", bound=BaseModel)


class FrameError(ValueError):
    """The bytes are no frame of the kind that was expected."""


_of_thread = threading.local()


def encode(message: BaseModel | dict[str, Any] | list[Any], *, level: int = LEVEL) -> bytes:
    """The frame of ``message``. Fields that stand at their default are left out."""
    value = message.model_dump(exclude_defaults=True) if isinstance(message, BaseModel) else message
    plain = cbor2.dumps(value)
    if len(plain) >= _WORTH:
        packed = _compressor(level, large=len(plain) >= _LARGE and level <= _LARGE_LEVELS).compress(plain)
        if len(packed) < len(plain):
            return bytes((ZSTD_DICTIONARY,)) + packed
    return bytes((PLAIN,)) + plain


def decode(frame: bytes, expected: type[M], *, limit: int = LIMIT_BYTES) -> M:
    """The message in ``frame``; ``FrameError`` for anything else, for one field that does not fit as for all."""
    try:
        return expected.model_validate(open_frame(frame, limit=limit))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, found["loc"]))
        raise FrameError(f"{expected.__name__}: {place}: {found['type']}") from None


def open_frame(frame: bytes, *, limit: int = LIMIT_BYTES) -> Any:
    """The CBOR value in ``frame``, never larger than ``limit`` bytes however well it was compressed."""
    plain = _plain(frame, limit)
    if not fits(plain):
        raise FrameError("shape")
    try:
        return cbor2.loads(plain)
    except (cbor2.CBORError, ValueError, RecursionError, TypeError, OverflowError, MemoryError) as error:
        raise FrameError("not CBOR") from error


def _plain(frame: bytes, limit: int) -> bytes:
    if not frame:
        raise FrameError("empty")
    how, rest = frame[0], frame[1:]
    if how == PLAIN:
        if len(rest) > limit:
            raise FrameError("too large")
        return rest
    if how not in (ZSTD, ZSTD_DICTIONARY):
        raise FrameError("unknown form")
    decompressor = _decompressor(how == ZSTD_DICTIONARY)
    try:
        # Read through a stream, so that what a header claims allocates nothing.
        with decompressor.stream_reader(rest, read_across_frames=False) as reader:
            plain = reader.read(limit + 1)
            if len(plain) > limit:
                raise FrameError("too large")
            return plain
    except zstandard.ZstdError as error:
        raise FrameError("not zstd") from error


def _dictionary() -> zstandard.ZstdCompressionDict:
    found: zstandard.ZstdCompressionDict | None = getattr(_of_thread, "dictionary", None)
    if found is None:
        found = _of_thread.dictionary = zstandard.ZstdCompressionDict(
            resources.path("sync/events.zdict").read_bytes()
        )
    return found


def _compressor(level: int, *, large: bool) -> zstandard.ZstdCompressor:
    kept: dict[tuple[int, bool], zstandard.ZstdCompressor] = _of_thread.__dict__.setdefault("compressors", {})
    if (level, large) not in kept:
        kept[level, large] = _for_large(level) if large else _for_small(level)
    return kept[level, large]


def _for_small(level: int) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=level, dict_data=_dictionary(), write_checksum=False)


def _for_large(level: int) -> zstandard.ZstdCompressor:
    """Beside a dictionary zstd takes it that what comes is small, and finds too little in what is not.

    Told otherwise it does in less time what one level more asks for.
    """
    sizes = {"window_log": _WINDOW_LOG, "hash_log": _TABLE_LOG, "chain_log": _TABLE_LOG}
    header = {"write_content_size": True, "write_dict_id": True, "write_checksum": False}
    parameters = zstandard.ZstdCompressionParameters.from_level(level + 1, **header, **sizes)
    return zstandard.ZstdCompressor(dict_data=_dictionary(), compression_params=parameters)


def _decompressor(with_dictionary: bool) -> zstandard.ZstdDecompressor:
    kept: dict[bool, zstandard.ZstdDecompressor] = _of_thread.__dict__.setdefault("decompressors", {})
    if with_dictionary not in kept:
        data = _dictionary() if with_dictionary else None
        kept[with_dictionary] = zstandard.ZstdDecompressor(dict_data=data, max_window_size=WINDOW_BYTES)
    return kept[with_dictionary]
