"""Bytes of a serial gun as scanned texts."""

from domain.codes.profiles import MAX_TEXT_CHARS

_MAX_BYTES = 4 * MAX_TEXT_CHARS


class LineReader:
    """Gathers bytes until CR or LF. A text that never ends is cut at the limit and its rest passed over.

    Guns write UTF-8 or, for Chinese text, GB 18030; what is neither keeps its place as a replacement character.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._passing_over = False

    def feed(self, data: bytes) -> list[str]:
        """Texts that ended within ``data``."""
        found: list[str] = []
        for byte in data:
            if byte in b"\r\n":
                found += self.flush()
            elif not self._passing_over:
                self._bytes.append(byte)
                if len(self._bytes) > _MAX_BYTES:
                    found += self.flush()
                    self._passing_over = True
        return found

    def flush(self) -> list[str]:
        """The text gathered so far, for a gun that sends no end."""
        data, self._bytes = bytes(self._bytes), bytearray()
        self._passing_over = False
        return [_text(data)] if data else []


def _text(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")
