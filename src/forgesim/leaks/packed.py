"""Compressed streams, unpacked up to a bound."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator

from forgesim.leaks.view import Raw, View

__all__ = ["MAX_UNPACKED", "compressed", "is_compressed"]

MAX_UNPACKED = 1 << 20
"""Bytes of a stream that are unpacked; what comes later is not looked at."""

MAX_MEMORY = 64 << 20
"""Bytes that an xz stream may ask for as its dictionary."""

LEAST = 6


def compressed(view: View) -> Iterator[tuple[str, Raw]]:
    """What the view's bytes hold where they are gzip, zlib, raw deflate, bz2, xz or lzma."""
    if view.data is not None:
        yield from _unpacked(view.data)


def is_compressed(raw: bytes) -> bool:
    """Whether the bytes are a compressed stream."""
    return next(_unpacked(raw), None) is not None


def _unpacked(raw: bytes) -> Iterator[tuple[str, bytes]]:
    if raw[:2] == b"\x1f\x8b":
        yield from _try("gzip", lambda: zlib.decompressobj(31).decompress(raw, MAX_UNPACKED))
    elif raw[:3] == b"BZh":
        yield from _try("bz2", lambda: bz2.BZ2Decompressor().decompress(raw, MAX_UNPACKED))
    elif raw[:5] == b"\xfd7zXZ" or raw[:3] == b"\x5d\x00\x00":
        yield from _try("xz", lambda: lzma.LZMADecompressor(memlimit=MAX_MEMORY).decompress(raw, MAX_UNPACKED))
    elif len(raw) >= 2 and raw[0] & 15 == 8 and (raw[0] * 256 + raw[1]) % 31 == 0:
        yield from _try("zlib", lambda: zlib.decompressobj().decompress(raw, MAX_UNPACKED))
    elif len(raw) >= 12:
        yield from _try("deflate", lambda: _deflated(raw))


def _deflated(raw: bytes) -> bytes:
    stream = zlib.decompressobj(-15)
    plain = stream.decompress(raw, MAX_UNPACKED)
    whole = stream.eof or len(plain) == MAX_UNPACKED
    return plain if whole and len(plain) >= 12 and len(plain) > len(raw) // 2 else b""


def _try(name: str, unpack: Callable[[], bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        plain = unpack()
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError):
        return
    if len(plain) >= LEAST:
        yield name, plain
