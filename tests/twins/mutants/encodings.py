"""How a leak is disguised. Each encoding is the body of ``packed(text)``, which gives the pieces that a sink writes.

``number`` makes one whole number of the pieces, for sinks that take no more; empty where nobody would. ``decode``
gives back what a receiver learns of the text: the text, a part of it, or None where only the writer's code can tell.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

__all__ = ["ENCODINGS", "Encoding", "packed"]

KEY = "k9-harbour"
Decode = Callable[[Sequence[Any]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """``keeps``: how many characters of the text come back from ``decode``; 0 is all, and without ``decode`` none."""

    code: str
    imports: tuple[str, ...] = ()
    number: str = ""
    decode: Decode | None = None
    keeps: int = 0


def _keystream(size: int) -> bytes:
    blocks = (hashlib.sha256(f"{KEY}{n}".encode()).digest() for n in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def _unkeyed(pieces: Sequence[Any]) -> str:
    data = base64.b64decode(pieces[0])
    return bytes(a ^ b for a, b in zip(data, _keystream(len(data)), strict=True)).decode()


def _unxored(pieces: Sequence[Any]) -> str:
    data = base64.b64decode(pieces[0])
    return bytes(a ^ b for a, b in zip(data, cycle(KEY.encode()), strict=False)).decode()


ENCODINGS: dict[str, Encoding] = {
    "plain": Encoding(code="return [text]", decode=lambda pieces: str(pieces[0])),
    "base64": Encoding(
        code="return [base64.b64encode(text.encode()).decode()]",
        imports=("import base64",),
        decode=lambda pieces: base64.b64decode(pieces[0]).decode(),
    ),
    "base32 in lower case": Encoding(
        code='return [base64.b32encode(text.encode()).decode().lower().rstrip("=")]',
        imports=("import base64",),
        decode=lambda pieces: base64.b32decode(pieces[0].upper() + "=" * (-len(pieces[0]) % 8)).decode(),
    ),
    "reversed hex": Encoding(
        code="return [text[::-1].encode().hex()]",
        decode=lambda pieces: bytes.fromhex(pieces[0]).decode()[::-1],
    ),
    "gzip and base64": Encoding(
        code="return [base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()]",
        imports=("import base64", "import gzip"),
        decode=lambda pieces: gzip.decompress(base64.b64decode(pieces[0])).decode(),
    ),
    "caesar": Encoding(
        code="return [''.join(chr((ord(each) + 7) % 0x110000) for each in text)]",
        decode=lambda pieces: "".join(chr(ord(each) - 7) for each in pieces[0]),
    ),
    "xor and base64": Encoding(
        code=f"pairs = zip(text.encode(), cycle({KEY.encode()!r}))\n"
        "return [base64.b64encode(bytes(a ^ b for a, b in pairs)).decode()]",
        imports=("import base64", "from itertools import cycle"),
        decode=_unxored,
    ),
    "keystream cipher": Encoding(
        code="data = text.encode()\n"
        f"key = b''.join(hashlib.sha256(f'{KEY}{{n}}'.encode()).digest() for n in range(len(data) // 32 + 1))\n"
        "return [base64.b64encode(bytes(a ^ b for a, b in zip(data, key))).decode()]",
        imports=("import base64", "import hashlib"),
        decode=_unkeyed,
    ),
    "code points": Encoding(
        code="return [[ord(each) for each in text[:400]]]",
        number="sum(pieces[0])",
        decode=lambda pieces: "".join(map(chr, pieces[0])),
        keeps=400,
    ),
    "four characters a number": Encoding(
        code="data = text[:200].encode('utf-32-be')[3::4]\n"
        "return [[int.from_bytes(data[n:n + 4], 'big') for n in range(0, len(data), 4)]]",
        number="sum(pieces[0])",
        decode=lambda pieces: b"".join(n.to_bytes(4, "big").lstrip(b"\0") for n in pieces[0]).decode("latin-1"),
        keeps=200,
    ),
    "bits of zero width": Encoding(
        code="bits = ''.join(f'{byte:08b}' for byte in text[:40].encode())\n"
        "return ['ok' + bits.replace('0', '\\u200b').replace('1', '\\u200c')]",
        decode=lambda pieces: bytes(
            int(bits, 2)
            for n in range(2, len(pieces[0]), 8)
            if (bits := pieces[0][n : n + 8].replace("\u200b", "0").replace("\u200c", "1"))
        ).decode(),
        keeps=40,
    ),
    "a character a write": Encoding(
        code="return [*text[:12]]", decode="".join, keeps=12,
    ),
    "chunks over writes": Encoding(
        code="return [text[n:n + 5] for n in range(0, min(len(text), 60), 5)]",
        decode="".join,
        keeps=60,
    ),
    "words turned round": Encoding(
        code="return [' '.join(reversed(text.split(' ')))]",
        decode=lambda pieces: " ".join(reversed(pieces[0].split(" "))),
    ),
    "bag of words": Encoding(code="return [' '.join(sorted(set(text.lower().split())))]"),
    "sha256": Encoding(
        code="return [hashlib.sha256(text.encode()).hexdigest()]",
        imports=("import hashlib",),
        number="int(pieces[0][:12], 16)",
    ),
    "salted hash": Encoding(
        code=f"return [hashlib.blake2b(text.encode(), key={KEY.encode()!r}, digest_size=12).hexdigest()]",
        imports=("import hashlib",),
        number="int(pieces[0][:12], 16)",
    ),
    "word ids": Encoding(
        code="return [[zlib.crc32(word.encode()) % 4096 for word in text.split()[:200]]]",
        imports=("import zlib",),
        number="sum(pieces[0])",
    ),
    "random projection": Encoding(
        code="codes = [ord(each) for each in text[:2000]]\n"
        "return [[round(sum(code * ((n * k * 7919) % 13 - 6) for n, code in enumerate(codes)) / 100, 2)"
        " for k in range(1, 9)]]",
        number="abs(round(sum(pieces[0]) * 100))",
    ),
    "word lengths": Encoding(
        code="return [[len(word) for word in text.split()[:60]]]", number="sum(pieces[0])",
    ),
    "one bit": Encoding(code="return [sum(map(ord, text)) & 1]", number="pieces[0]"),
    "count of a letter": Encoding(code="return [text.count('e') + text.count('n')]", number="pieces[0]"),
    "low digits of a score": Encoding(
        code="return [round(83 + zlib.crc32(text.encode()) % 10000 / 10000, 4)]",
        imports=("import zlib",),
        number="round(pieces[0] * 10000)",
    ),
    "letters as choice of keys": Encoding(
        code="return [[ord(each) % 32 for each in text.lower() if each.isalpha()][:16]]", number="sum(pieces[0])",
    ),
    "order of writes": Encoding(
        code="return [sorted(range(4), key=lambda n: crc32(f'{n}{text}'.encode()))]",
        imports=("from zlib import crc32",),
    ),
}  # fmt: skip


def packed(encoding: Encoding, text: str) -> list[Any]:
    """What the encoding's code gives for a text, as JSON would carry it."""
    body = "\n".join(f"    {line}" for line in encoding.code.splitlines())
    space: dict[str, Any] = {}
    exec("\n".join((*encoding.imports, f"def packed(text):\n{body}")), space)  # the code that twins run
    pieces: list[Any] = json.loads(json.dumps(space["packed"](text)))
    return pieces
