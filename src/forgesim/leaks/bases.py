"""Texts written in a base: hex, base32, base58, base62, base64, base85, and one long decimal number.

All tokens of a text are decoded at the same offset and put together, so that many tokens make few views. Bytes that
do not read as text are views of their own: they may be compressed, a digest, or a text under a substitution.
"""

from __future__ import annotations

import base64
import binascii
import re
import string
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from forgesim.leaks.packed import is_compressed
from forgesim.leaks.view import Raw, View, as_text

__all__ = ["base16", "base32", "base64_", "base85", "positional"]

MAX_TOKENS = 256
"""Tokens of the bases that are slow to decode."""

MAX_OPAQUE = 32
"""Tokens of one kind whose bytes are no text that are looked at further."""

MAX_POSITIONAL = 4000
"""Digits of a number that is converted: the time grows with their square."""

WORDS = 48
"""Letters of one case in a row from which on a token is words and not base32: one text in 20,000 has no digit there."""

LEAST_OPAQUE = 28
DIGESTS = frozenset({9, 12, 16, 20, 28, 32, 48, 64})
"""Sizes of digests, whole or cut, in bytes."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}")
_BASE32 = re.compile(r"[A-Z2-7]{16,}|[a-z2-7]{16,}")
_HEX = re.compile(r"(?:(?:0x)?[0-9a-fA-F]{2}[\s:,-]{0,2}){8,}")
_NOT_HEX = re.compile(r"0x|[^0-9a-fA-F]")
_BASE85 = re.compile(r"[!-~]{20,}")
_LONG = re.compile(r"[0-9A-Za-z]{24,}")

_ALPHABETS = {
    "base58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "base62": string.digits + string.ascii_uppercase + string.ascii_lowercase,
    "base62, small letters first": string.digits + string.ascii_lowercase + string.ascii_uppercase,
}
_VALUES = {name: {char: value for value, char in enumerate(each)} for name, each in _ALPHABETS.items()}
_Z85 = str.maketrans(
    string.digits + string.ascii_lowercase + string.ascii_uppercase + ".-:+=^!/*?&<>()[]{}@%$#",
    string.digits + string.ascii_uppercase + string.ascii_lowercase + "!#$%&()*+-;<=>?@^_`{|}~",
)


def base16(view: View) -> Iterator[tuple[str, Raw]]:
    """Hex in pairs, with blanks, colons, commas or ``0x`` between them, also from an odd digit on."""
    tokens = [_NOT_HEX.sub("", found) for found in _HEX.findall(view.text)]
    yield from _shifted("hex", tokens, 2, lambda token: bytes.fromhex(token[: len(token) // 2 * 2]))


def base32(view: View) -> Iterator[tuple[str, Raw]]:
    """Base32, in capitals or in small letters."""
    tokens = (found.upper() for found in _BASE32.findall(view.text) if not _is_words(found))
    yield from _shifted("base32", tokens, 8, _from_base32)


def base64_(view: View) -> Iterator[tuple[str, Raw]]:
    """Base64, standard or for URLs, in one token or in lines."""
    text = view.text
    bare = text if text.isascii() and " " not in text and "\n" not in text else _unwrapped(text)
    tokens = (found.replace("-", "+").replace("_", "/") for found in _BASE64.findall(bare) if not _is_words(found))
    yield from _shifted("base64", tokens, 4, _from_base64)


def base85(view: View) -> Iterator[tuple[str, Raw]]:
    """Base85 as Git and Python have it, Z85, and Adobe's ascii85."""
    tokens = [found for found in _BASE85.findall(view.text) if not (len(found) >= WORDS and found.isalnum())][
        :MAX_TOKENS
    ]
    if tokens:
        yield from _shifted("base85", tokens, 1, lambda token: _chunked(base64.b85decode, token))
        yield from _shifted("z85", (token.translate(_Z85) for token in tokens), 1, _from_z85)
        bare = (token.removeprefix("<~").removesuffix("~>") for token in tokens)
        yield from _shifted("ascii85", bare, 1, lambda token: _chunked(base64.a85decode, token))


def positional(view: View) -> Iterator[tuple[str, Raw]]:
    """A text that is one long number: decimal, base36, base58 or base62."""
    tokens = [found[:MAX_POSITIONAL] for found in _LONG.findall(view.text)[:MAX_TOKENS]]
    decimals = [token for token in tokens if token.isdigit()]
    yield from _shifted("decimal", decimals, 1, lambda token: _to_bytes(int(token)))
    tokens = [token for token in tokens if not token.isdigit() and not _is_words(token)]
    if tokens:
        yield from _shifted("base36", (token for token in tokens if _one_case(token)), 1, _from_base36)
        for name, values in _VALUES.items():
            yield from _shifted(name, tokens, 1, partial(_from_values, values))


def _is_words(token: str) -> bool:
    """Whether a token is words run together: an encoded text of that length has digits or both cases."""
    return len(token) >= WORDS and token.isalpha() and _one_case(token)


def _shifted(
    name: str, tokens: Iterable[str], block: int, undo: Callable[[str], bytes | None]
) -> Iterator[tuple[str, Raw]]:
    """Decoded from each offset in a block: what was glued in front of an encoded text shifts it."""
    tokens = list(tokens)
    opaque = 0
    for offset in range(block if tokens else 0):
        texts = []
        for token in tokens:
            raw = undo(token[offset:]) if len(token) > offset else None
            if raw is None:
                continue
            text = as_text(raw)
            if text is not None:
                texts.append(text)
            elif opaque < MAX_OPAQUE and _may_hold(raw, offset):
                opaque += 1
                yield name, raw
            if text is not None and offset == 0 and len(raw) in DIGESTS:
                yield name, raw
        if texts:
            yield name, "".join(texts)


def _may_hold(raw: bytes, offset: int) -> bool:
    return (offset == 0 and (len(raw) in DIGESTS or len(raw) >= LEAST_OPAQUE)) or is_compressed(raw)


def _unwrapped(text: str) -> str:
    """Base64 in lines becomes one token; other text stays as it is."""
    lines = text.split()
    wrapped = len(lines) > 1 and all(_BASE64.fullmatch(line.rstrip("=")) for line in lines[:-1])
    return "".join(lines) if wrapped and len(lines[0]) >= 40 else text


def _from_base64(token: str) -> bytes | None:
    usable = token[: len(token) - 1] if len(token) % 4 == 1 else token
    try:
        return base64.b64decode(usable + "=" * (-len(usable) % 4))
    except (binascii.Error, ValueError):
        return None


def _from_base32(token: str) -> bytes | None:
    usable = token[: len(token) - len(token) % 8 + {1: 0, 3: 2, 6: 5}.get(len(token) % 8, len(token) % 8)]
    try:
        return base64.b32decode(usable + "=" * (-len(usable) % 8))
    except (binascii.Error, ValueError):
        return None


def _chunked(decode: Callable[[str], bytes], token: str) -> bytes | None:
    try:
        return decode(token)
    except (ValueError, OverflowError):
        return None


def _from_z85(token: str) -> bytes | None:
    return _chunked(base64.b85decode, token)


def _from_base36(token: str) -> bytes | None:
    return _to_bytes(int(token, 36))


def _from_values(values: dict[str, int], token: str) -> bytes | None:
    number, base = 0, len(values)
    for char in token:
        value = values.get(char)
        if value is None:
            return None
        number = number * base + value
    return _to_bytes(number)


def _to_bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _one_case(token: str) -> bool:
    return token.islower() or token.isupper()
