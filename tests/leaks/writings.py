"""Ways of writing a text that hide it: for the table of tests and for the benchmark.

Each entry: name → (what undoes it, how it is written). What undoes it is a decoder's name, ``substitution`` where
patterns find it, ``joins`` where pieces are put together, ``""`` where the form in which texts are compared does it,
or more than one decoder.
"""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import json
import lzma
import random
import string
import zlib
from collections.abc import Callable
from itertools import accumulate, pairwise
from urllib.parse import quote

from forgesim.leaks.scanner import Piece

__all__ = ["ADVISED", "UNDETECTED", "WRITINGS", "Write"]

Write = Callable[[str], list[Piece]]


def one(write: Callable[[str], str]) -> Write:
    return lambda text: [Piece(write(text), seq=7)]


def listed(write: Callable[[str], list[object]]) -> Write:
    return one(lambda text: json.dumps({"v": write(text)}))


def many(write: Callable[[str], list[tuple[str, str]]]) -> Write:
    return lambda text: [Piece(value, seq=seq, key=key) for seq, (key, value) in enumerate(write(text), 1)]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def bits(text: str) -> str:
    return "".join(f"{byte:08b}" for byte in text.encode())


def number_in(text: str, alphabet: str) -> str:
    number, digits = int.from_bytes(text.encode(), "big"), ""
    while number:
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits


def labels(text: str) -> str:
    token = base64.b32encode(text.encode()).decode().lower().rstrip("=")
    return f"https://{'.'.join(token[at : at + 60] for at in range(0, len(token), 60))}.good.test/"


def shifted(text: str, by: int) -> str:
    return "".join(chr((ord(c) - 97 + by) % 26 + 97) if "a" <= c <= "z" else c for c in text.lower())


def substituted(text: str) -> str:
    signs = random.Random(1).sample(range(0x4E00, 0x5000), 256)
    return "".join(chr(signs[ord(char) % 256]) for char in text)


def xored(text: str, key: bytes) -> bytes:
    return bytes(byte ^ key[at % len(key)] for at, byte in enumerate(text.encode()))


def with_decoys(text: str) -> list[object]:
    dice = random.Random(2)
    return [number for char in text for number in (ord(char), dice.randrange(97, 122))]


def low_digits(text: str) -> list[object]:
    dice = random.Random(3)
    return [round(round(dice.random(), 2) + ord(char) / 1e6, 8) for char in text]


def shuffled(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    random.Random(4).shuffle(parts)
    return parts


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def vigenere(text: str) -> str:
    letters = [char for char in text.lower() if "a" <= char <= "z"]
    return "".join(shifted(char, (3, 11, 7, 19, 2)[at % 5]) for at, char in enumerate(letters))


CODES = ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
MORSE = dict(
    zip(
        string.ascii_lowercase,
        CODES.split(" "),
        strict=True,
    )
)
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
GREEK = str.maketrans("aeopctx", "αεορсτх")

WRITINGS: dict[str, tuple[str, Write]] = {
    "plain": ("", one(str)),
    "plain in JSON": ("", one(lambda text: json.dumps({"a": {"b": [text]}}))),
    "upper case": ("", one(str.upper)),
    "no blanks or punctuation": ("", one(lambda text: "".join(filter(str.isalnum, text)))),
    "dashes between letters": ("", one("-".join)),
    "zero-width characters between": ("", one("\u200b".join)),
    "full width": ("", one(lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text))),
    "look-alikes": ("", one(lambda text: text.translate(GREEK))),
    "mathematical bold": (
        "",
        one(lambda text: "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text)),
    ),
    "accents on every letter": ("", one("\u0301".join)),
    "tags between words": ("markup", one(lambda text: text.replace(" ", "<wbr/>"))),
    "JSON in JSON": ("", one(lambda text: json.dumps([json.dumps([json.dumps([c]) for c in cut(text, 4)])]))),
    "\\u escapes": ("escapes", one(lambda text: "x" + "".join(f"\\u{ord(c):04x}" for c in text))),
    "\\x escapes": ("escapes", one(lambda text: "".join(f"\\x{ord(c):02x}" for c in text))),
    "octal escapes": ("escapes", one(lambda text: "".join(f"\\{ord(c):03o}" for c in text))),
    "HTML entities": ("entities", one(lambda text: "".join(f"&#x{ord(c):x};" for c in text))),
    "quoted-printable": ("quoted-printable", one(lambda text: "".join(f"={ord(c):02X}" for c in text))),
    "URL": ("url", one(lambda text: "".join(f"%{ord(c):02X}" for c in text))),
    "URL twice": ("url", one(lambda text: quote("".join(f"%{ord(c):02X}" for c in text)))),
    "base64": ("base64", one(lambda text: json.dumps({"d": b64(text.encode())}))),
    "base64 of one more byte": ("base64", one(lambda text: json.dumps({"d": b64(b"X" + text.encode())}))),
    "base64 glued to another token": ("base64", one(lambda text: json.dumps({"d": "tok" + b64(text.encode())}))),
    "base64 for URLs": (
        "base64",
        one(lambda text: "https://a.b/x?d=" + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")),
    ),
    "base64 in lines": ("base64", one(lambda text: base64.encodebytes(text.encode()).decode())),
    "base64 twice": ("base64", one(lambda text: b64(b64(text.encode()).encode()))),
    "base64 three times": ("base64", one(lambda text: b64(b64(b64(text.encode()).encode()).encode()))),
    "base32": ("base32", one(lambda text: base64.b32encode(text.encode()).decode())),
    "base32 in labels of a host": ("base32", one(labels)),
    "base85": ("base85", one(lambda text: base64.b85encode(text.encode()).decode())),
    "ascii85": ("base85", one(lambda text: base64.a85encode(text.encode()).decode())),
    "base58": ("positional", one(lambda text: number_in(text, BASE58))),
    "base62": ("positional", one(lambda text: number_in(text, BASE62))),
    "base36": ("positional", one(lambda text: number_in(text, string.digits + string.ascii_lowercase))),
    "decimal number": ("positional", one(lambda text: str(int.from_bytes(text.encode(), "big")))),
    "decimal number in JSON": ("", one(lambda text: json.dumps({"n": int.from_bytes(text.encode(), "big")}))),
    "hex": ("hex", one(lambda text: text.encode().hex())),
    "hex at an odd digit": ("hex", one(lambda text: "a" + text.encode().hex())),
    "hex with blanks": ("hex", one(lambda text: text.encode().hex(" ").upper())),
    "hex with 0x": ("hex", one(lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()))),
    "gzip in base64": ("compressed", one(lambda text: json.dumps({"d": b64(gzip.compress(text.encode(), mtime=0))}))),
    "zlib in base64": ("compressed", one(lambda text: b64(zlib.compress(text.encode())))),
    "raw deflate in base64": ("compressed", one(lambda text: b64(zlib.compress(text.encode(), wbits=-15)))),
    "bz2 in base64": ("compressed", one(lambda text: b64(bz2.compress(text.encode())))),
    "xz in hex": ("compressed", one(lambda text: lzma.compress(text.encode()).hex())),
    "UTF-16 in base64": ("base64", one(lambda text: b64(text.encode("utf-16-le")))),
    "UTF-32 in hex": ("hex", one(lambda text: text.encode("utf-32-be").hex())),
    "reversed": ("turned", one(lambda text: text[::-1])),
    "reversed in base64": ("base64", one(lambda text: b64(text[::-1].encode()))),
    "order of words reversed": ("turned", one(lambda text: " ".join(text.split()[::-1]))),
    "each word reversed": ("turned", one(lambda text: " ".join(word[::-1] for word in text.split()))),
    "rot13": ("turned", one(lambda text: codecs.encode(text, "rot13"))),
    "rot47": (
        "turned",
        one(lambda text: "".join(chr(33 + (ord(c) + 14) % 94) if "!" <= c <= "~" else c for c in text)),
    ),
    "atbash without blanks": (
        "turned",
        one(lambda text: "".join(chr(219 - ord(c)) for c in text.lower() if "a" <= c <= "z")),
    ),
    "Caesar by 7": ("substitution", one(lambda text: shifted(text, 7))),
    "any substitution": ("substitution", one(substituted)),
    "emoji": ("substitution", one(lambda text: "".join(chr(0x1F600 + ord(c) - 32) for c in text))),
    "xor with one byte, in hex": ("substitution", one(lambda text: xored(text, b"\x5a").hex())),
    "xor with one byte, in base64": ("substitution", one(lambda text: b64(xored(text, b"\xda")))),
    "zero-width bits": (
        "bits",
        one(lambda text: "Hello" + bits(text).replace("0", "\u200b").replace("1", "\u200c")),
    ),
    "bits as booleans": ("bits", listed(lambda text: [bit == "1" for bit in bits(text)])),
    "bits with blanks": ("bits", one(lambda text: " ".join(cut(bits(text), 8)))),
    "bits as two words": ("bits", one(lambda text: bits(text).replace("0", "a").replace("1", "b"))),
    "Morse": ("morse", one(lambda text: " ".join(MORSE.get(char, "/") for char in text.lower()))),
    "code points": ("numbers", listed(lambda text: [ord(char) for char in text])),
    "code points in text": ("numbers", one(lambda text: " ".join(str(ord(char)) for char in text))),
    "code points times 3 plus 1000": ("substitution", listed(lambda text: [ord(char) * 3 + 1000 for char in text])),
    "floats": ("substitution", listed(lambda text: [round(ord(char) / 255, 4) for char in text])),
    "differences of code points": (
        "numbers",
        listed(lambda text: [ord(text[0]), *(ord(b) - ord(a) for a, b in pairwise(text))]),
    ),
    "sums of code points": ("numbers", listed(lambda text: list(accumulate(map(ord, text))))),
    "four characters in a number": (
        "numbers",
        listed(lambda text: [int.from_bytes(part.encode(), "big") for part in cut(text, 4)]),
    ),
    "decoys between numbers": ("numbers", listed(with_decoys)),
    "decoys between letters": (
        "",
        one(
            lambda text: "".join(f"{char}{chr(97 + at * 7 % 26)}" for at, char in enumerate(filter(str.isalnum, text)))
        ),
    ),
    "low digits of floats": ("numbers", listed(low_digits)),
    "a field a character": ("json", one(lambda text: json.dumps({f"k{at}": char for at, char in enumerate(text)}))),
    "a name of a field a character": (
        "json",
        one(lambda text: json.dumps({f"{at}_{char}": 1 for at, char in enumerate(text)})),
    ),
    "words as names of fields": ("json", one(lambda text: json.dumps(dict.fromkeys(text.split(), 1)))),
    "rows with decoys": (
        "tables",
        one(lambda text: json.dumps([{"c": char, "x": "qz"[at % 2]} for at, char in enumerate(text)])),
    ),
    "rows out of order": (
        "tables",
        one(
            lambda text: json.dumps(
                sorted(({"c": c, "i": i} for i, c in enumerate(text)), key=lambda row: row["i"] * 7 % 31)
            )
        ),
    ),
    "segments of a path": ("", one(lambda text: "https://good.test/" + "/".join(filter(str.isalnum, text)))),
    "hex in segments of a path": (
        "parts of a URL",
        one(lambda text: f"https://good.test/{'/'.join(cut(text.encode().hex(), 3))}"),
    ),
    "hex in labels of a host": (
        "parts of a URL",
        one(lambda text: f"https://{'.'.join(cut(text.encode().hex(), 3))}.good.test/"),
    ),
    "labels of a host": (
        "",
        one(lambda text: f"https://{'.'.join(cut(''.join(filter(str.isalnum, text)), 3))}.good.test/"),
    ),
    "a character a write": ("joins", many(lambda text: [(f"k{at}", char) for at, char in enumerate(text)])),
    "a number a write": ("joins", many(lambda text: [(f"n:{at}", str(ord(char))) for at, char in enumerate(text)])),
    "writes in another order than keys": (
        "joins",
        many(lambda text: shuffled([(f"k{at:05}", char) for at, char in enumerate(text)])),
    ),
    "five characters a write": ("joins", many(lambda text: [(f"c{at}", part) for at, part in enumerate(cut(text, 5))])),
    "base64 over requests": (
        "joins",
        many(lambda text: [("", json.dumps({"id": part})) for part in cut(b64(text.encode()), 8)]),
    ),
    "base64 over requests with headers": (
        "joins",
        lambda text: [
            Piece(each, seq)
            for seq, part in enumerate(cut(b64(text.encode()), 8))
            for each in (json.dumps({"id": part}), "https://good.test/m", "application/json")
        ],
    ),
    "words as keys": ("joins", many(lambda text: [(word, "1") for word in text.split()])),
    "characters in keys": ("joins", many(lambda text: [(f"x:{at}:{char}", "1") for at, char in enumerate(text)])),
    "one number a request": (
        "joins",
        many(lambda text: [("", json.dumps({"metric": "opened", "count": ord(char), "v": 3})) for char in text]),
    ),
    "paths of requests": (
        "joins",
        many(lambda text: [("", f"https://good.test/v1/{quote(part)}") for part in cut(b64(text.encode()), 6)]),
    ),
    "hosts of requests": (
        "joins",
        many(
            lambda text: [("", f"https://{part}.good.test/v1") for part in cut("".join(filter(str.isalnum, text)), 6)]
        ),
    ),
}

ADVISED: dict[str, Write] = {
    "xor with four bytes": one(lambda text: b64(xored(text, b"\x13\x57\x9b\xdf"))),
    "Vigenère with five letters": one(vigenere),
    "lengths of words": listed(lambda text: [len(word) for word in text.split()]),
    "a dictionary of words": listed(lambda text: [sorted(set(text.split())).index(word) for word in text.split()]),
}

UNDETECTED: dict[str, Write] = {
    "words sorted": one(lambda text: " ".join(sorted(text.split()))),
    "a keystream": one(lambda text: b64(xored(text, random.Random(9).randbytes(len(text.encode()))))),
}
