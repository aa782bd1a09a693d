"""A document's bytes for the line: compressed, by themselves or against the version that the caller has."""

from functools import lru_cache

import zstandard

LEVEL = 12
WINDOW_LOG = 25


def compressed(body: bytes, base: bytes | None = None) -> bytes:
    """The zstd frame of ``body``; with ``base``, an older version of it, as a raw dictionary."""
    return _compressed(body, base)


@lru_cache(maxsize=64)
def _compressed(body: bytes, base: bytes | None) -> bytes:
    # Asked for again after every cut, from another offset.
    if base is None:
        return zstandard.ZstdCompressor(level=LEVEL, write_checksum=False).compress(body)
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, source_size=len(body), dict_size=len(base), window_log=_window(len(body) + len(base))
    )
    raw = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdCompressor(compression_params=parameters, dict_data=raw).compress(body)


def _window(size: int) -> int:
    """So that the whole of the older version stays in sight."""
    return min(max(size.bit_length(), 17), WINDOW_LOG)
