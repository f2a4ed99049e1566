"""Image attachments as typst takes them from memory: as they are inside a small SVG, with their size read from them."""

from __future__ import annotations

import base64
import re
import struct
from dataclasses import dataclass

__all__ = ["Image", "image_of"]

MAX_SIDE = 20_000
_SVG_ROOT = re.compile(rb"<svg[\s>]")


@dataclass(frozen=True, slots=True)
class Image:
    """``svg`` is the picture; ``width`` in CSS pixels, 0 where it is unknown."""

    svg: str
    width: int


def image_of(data: bytes) -> Image | None:
    """Null for what is no PNG, JPEG, GIF, WebP or SVG, by its first bytes and not by its name."""
    if _SVG_ROOT.search(data[:1000]) and not data.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF")):
        return _vector(data)
    found = _size(data)
    if found is None or not 0 < found[1] <= MAX_SIDE or not 0 < found[2] <= MAX_SIDE:
        return None
    kind, width, height = found
    encoded = base64.b64encode(data).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{encoded}"/></svg>'
    )
    return Image(svg, width)


def _vector(data: bytes) -> Image | None:
    """An SVG that refers to nothing outside itself; typst reads no file for it anyway."""
    try:
        return Image(data.decode(), 0)
    except UnicodeDecodeError:
        return None


def _size(data: bytes) -> tuple[str, int, int] | None:
    """Kind, width and height."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return ("png", *struct.unpack(">II", data[16:24]))
        if data.startswith((b"GIF87a", b"GIF89a")):
            return ("gif", *struct.unpack("<HH", data[6:10]))
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
    except (struct.error, IndexError):
        pass
    return None


def _webp(data: bytes) -> tuple[str, int, int] | None:
    if data[12:16] == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return "webp", width, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return "webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return "webp", width & 0x3FFF, height & 0x3FFF


def _jpeg(data: bytes) -> tuple[str, int, int] | None:
    """The first frame header (SOF0 to SOF15, but for those that are tables)."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return "jpeg", width, height
        at += 2 + length
    return None
