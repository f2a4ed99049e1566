"""Bodies as they are after their coding is undone, with a cap that holds while it is being undone."""

from __future__ import annotations

import zlib
from typing import Final

from forgesim.egress.failures import LiveError

__all__ = ["Decoded"]

_GZIP: Final = 16 + zlib.MAX_WBITS
CODINGS: Final = frozenset({"gzip", "x-gzip"})


class Decoded:
    """Collects a body of at most ``limit`` bytes. ``coding`` is the Content-Encoding: none, identity or gzip, once.

    Raises LiveError for another coding, for bytes that are not of it, and as soon as the limit would be passed: no
    more than the limit is ever held.
    """

    def __init__(self, coding: str, limit: int) -> None:
        coding = coding.strip().lower()
        if coding not in ("", "identity") and coding not in CODINGS:
            raise LiveError("ERR_INVALID_RESP", "the body has a coding that was not asked for")
        self._limit = limit
        self._body = bytearray()
        self._gzip = zlib.decompressobj(_GZIP) if coding in CODINGS else None
        self._begun = False

    def feed(self, data: bytes) -> None:
        if self._gzip is None:
            self._take(data)
            return
        self._begun = self._begun or bool(data)
        while data:
            data = self._inflate(data)

    def finished(self) -> bytes:
        """The whole body. Raises LiveError where its coding has no end."""
        if self._gzip is not None and self._begun and not self._gzip.eof:
            raise LiveError("ERR_INVALID_RESP", "the body's gzip coding has no end")
        return bytes(self._body)

    def _inflate(self, data: bytes) -> bytes:
        """Undo the coding of some of ``data``; what is left of it."""
        assert self._gzip is not None
        if self._gzip.eof:  # one body may be several gzip members (RFC 1952, 2.2)
            self._gzip = zlib.decompressobj(_GZIP)
        try:
            self._take(self._gzip.decompress(data, self._limit - len(self._body) + 1))
        except zlib.error:
            raise LiveError("ERR_INVALID_RESP", "the body is not in the gzip coding that it claims") from None
        return self._gzip.unconsumed_tail or self._gzip.unused_data

    def _take(self, data: bytes) -> None:
        if len(self._body) + len(data) > self._limit:
            raise LiveError("ERR_TOO_BIG", f"the body is over {self._limit} bytes")
        self._body += data
