"""Undoing encodings: the views of a text in which content may hide, one step of undoing after another."""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import html
import json
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from forgesim.leaks.normalise import strip_markup

__all__ = ["MAX_DEPTH", "View", "codes", "integers", "scalars", "views"]

MAX_DEPTH = 3
MAX_VIEWS = 48
MAX_SIZE = 4 << 20
"""Bytes of a decompressed view, and of all views of a value together."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}")
_BASE32 = re.compile(r"[A-Z2-7]{16,}|[a-z2-7]{16,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:,-]?){8,}")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")
_URL = re.compile(r"%[0-9a-fA-F]{2}")
_ENTITY = re.compile(r"&#?\w+;")
_NUMBERS = re.compile(r"(?<![\w.])\d{2,7}(?![\w.])")
_SEPARATORS = re.compile(r"[\s:,-]")


@dataclass(frozen=True, slots=True)
class View:
    """A text as it reads after undoing ``decoding`` (``base64, gzip``; empty for the text as written).

    ``data`` has the bytes where the last step gave bytes that are no text, for a hash or a compressed form.
    """

    decoding: str
    text: str
    data: bytes | None = None


def views(text: str) -> Iterator[View]:
    """The text itself, then every view of it up to ``MAX_DEPTH`` steps, each text once."""
    seen = {text}
    queue = [(View("", text), 0)]
    count = size = 0
    while queue:
        view, depth = queue.pop(0)
        yield view
        count, size = count + 1, size + len(view.text)
        if depth == MAX_DEPTH or count + len(queue) > MAX_VIEWS or size > MAX_SIZE:
            continue
        for name, raw in _steps(view):
            found = _view(f"{view.decoding}, {name}".lstrip(", "), raw)
            if found is not None and (found.text or found.data) and (found.text not in seen or not found.text):
                seen.add(found.text)
                queue.append((found, depth + 1))


def scalars(value: Any) -> Iterator[str]:
    """The strings of a JSON value in order, keys of maps not included."""
    return (leaf for leaf in _leaves(value) if isinstance(leaf, str))


def integers(value: Any) -> Iterator[int]:
    """The whole numbers of a JSON value in order."""
    return (leaf for leaf in _leaves(value) if isinstance(leaf, int) and not isinstance(leaf, bool))


def codes(text: str) -> list[int]:
    """The whole numbers that stand by themselves in a text, and could be code points."""
    return [int(found) for found in _NUMBERS.findall(text)]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    else:
        yield value


def _view(decoding: str, raw: str | bytes) -> View | None:
    if isinstance(raw, str):
        return View(decoding, raw)
    text = _as_text(raw)
    if text is not None:
        return View(decoding, text, raw)
    compressed = next(_unpacked(raw), None) is not None
    return View(decoding, "", raw) if compressed or len(raw) in (16, 20, 32) else None


def _as_text(raw: bytes) -> str | None:
    """The bytes as text where they mostly read as text; a few stray bytes at the ends are allowed."""
    if len(raw) >= 16 and raw.count(0) * 3 >= len(raw):
        for name in ("utf-16-le", "utf-16-be", "utf-32-le"):
            wide = raw[: len(raw) // 4 * 4].decode(name, "ignore")
            if wide and sum(map(str.isprintable, wide)) >= 0.9 * len(wide):
                return wide
    text = raw.decode("utf-8", "ignore")
    if len(raw) < 6 or len(text) < 0.5 * len(raw):
        return None
    good = sum(1 for char in text[:512] if char.isprintable() or char in "\n\r\t")
    bad = min(len(raw), 512) - len(text[:512].encode())
    return text if good >= 0.85 * len(text[:512]) and bad <= 0.2 * min(len(raw), 512) else None


def _steps(view: View) -> Iterator[tuple[str, str | bytes]]:
    """One step of undoing, every way that the look of the text allows."""
    if view.data is not None:
        yield from _unpacked(view.data)
    text = view.text
    if not text:
        return
    if "<" in text and ">" in text:
        yield "markup", strip_markup(text)
    if "\\" in text and _ESCAPE.search(text):
        yield "escapes", _ESCAPE.sub(_unescaped, text)
    if "&" in text and _ENTITY.search(text):
        yield "entities", html.unescape(text)
    if "%" in text and _URL.search(text):
        yield "url", unquote(text.replace("+", " "), errors="replace")
    yield from _json(text)
    yield from _tokens(text)
    if not view.decoding:
        yield "reversed", text[::-1]
        yield "rot13", codecs.encode(text, "rot13")


def _unescaped(found: re.Match[str]) -> str:
    digits = found[0][2:]
    return chr(int(digits, 16))


def _json(text: str) -> Iterator[tuple[str, str]]:
    numbers: list[int] = []
    if text[:1] in '{["':
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if value is not None:
            yield "json", "".join(scalars(value))
            numbers = list(integers(value))
    if not numbers and text[:1] not in '{["':
        numbers = codes(text)
    if len(numbers) >= 12:
        yield from _code_points(numbers)


def _code_points(numbers: list[int]) -> Iterator[tuple[str, str]]:
    letters = "".join(chr(number) for number in numbers if 32 <= number < 0xD800)
    if len(letters) >= 0.8 * len(numbers) and sum(map(str.isalpha, letters)) >= 0.6 * len(letters):
        yield "code points", letters


def _tokens(text: str) -> Iterator[tuple[str, bytes]]:
    bare = text if text.isascii() and " " not in text and "\n" not in text else _unwrapped(text)
    for found in _BASE64.findall(bare):
        yield from _shifted("base64", found.replace("-", "+").replace("_", "/"), 4, _from_base64)
    for found in _BASE32.findall(text):
        yield from _shifted("base32", found.upper(), 8, _from_base32)
    for found in _HEX.findall(text):
        yield from _shifted("hex", _SEPARATORS.sub("", found), 2, _from_hex)


def _unwrapped(text: str) -> str:
    """Base64 in lines becomes one token; other text stays as it is."""
    joined = "".join(text.split())
    lines = text.split()
    wrapped = len(lines) > 1 and all(_BASE64.fullmatch(line.rstrip("=")) for line in lines[:-1])
    return joined if wrapped and len(lines[0]) >= 40 else text


def _shifted(name: str, token: str, block: int, undo: Callable[[str], bytes | None]) -> Iterator[tuple[str, bytes]]:
    """Decoded from each offset in a block: what was glued in front of an encoded text shifts it."""
    for offset in range(block):
        raw = undo(token[offset:])
        if raw is None:
            continue
        digest = offset == 0 and len(raw) in (16, 20, 32)
        if digest or _as_text(raw) is not None or next(_unpacked(raw), None) is not None:
            yield name, raw


def _from_base64(token: str) -> bytes | None:
    usable = token[: len(token) - 1] if len(token) % 4 == 1 else token
    try:
        return base64.b64decode(usable + "=" * (-len(usable) % 4))
    except (binascii.Error, ValueError):
        return None


def _from_base32(token: str) -> bytes | None:
    usable = token[: len(token) - 1] if len(token) % 8 in (1, 3, 6) else token
    try:
        return base64.b32decode(usable + "=" * (-len(usable) % 8))
    except (binascii.Error, ValueError):
        return None


def _from_hex(token: str) -> bytes | None:
    return bytes.fromhex(token[: len(token) // 2 * 2])


def _unpacked(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """What the bytes hold where they are a compressed stream."""
    if raw[:2] == b"\x1f\x8b":
        yield from _try("gzip", lambda: zlib.decompressobj(31).decompress(raw, MAX_SIZE))
    elif raw[:3] == b"BZh":
        yield from _try("bz2", lambda: bz2.BZ2Decompressor().decompress(raw, MAX_SIZE))
    elif raw[:5] == b"\xfd7zXZ":
        yield from _try("xz", lambda: lzma.LZMADecompressor().decompress(raw, MAX_SIZE))
    elif len(raw) >= 2 and raw[0] & 15 == 8 and (raw[0] * 256 + raw[1]) % 31 == 0:
        yield from _try("zlib", lambda: zlib.decompressobj().decompress(raw, MAX_SIZE))
    elif len(raw) >= 12:
        yield from _try("deflate", lambda: _deflated(raw))


def _deflated(raw: bytes) -> bytes:
    stream = zlib.decompressobj(-15)
    plain = stream.decompress(raw, MAX_SIZE)
    return plain if stream.eof and len(plain) >= 12 and len(plain) > len(raw) // 2 else b""


def _try(name: str, unpack: Callable[[], bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        plain = unpack()
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError):
        return
    if len(plain) >= 6:
        yield name, plain
