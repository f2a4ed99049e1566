"""Other ways to write the same URL: a WHATWG parser reads the same host and port in each of them."""

from __future__ import annotations

from random import Random
from typing import Final

from forgesim.fuzz.url_parts import Parts, Trick, inserted

__all__ = ["SPELLINGS", "escape", "widen"]

_BLANKS = ("\t", "\n", "\r", "\r\n")
_LEADS = (" ", "\n", "\t ", "\x00", "\x1f", "\r\n\r\n", "\x0c")
_SLASHES = ("", "/", "\\", "///", "\\\\", "/\\", "\\/", "//\t/", "/\t/", "\n//", "//\\/\\")
_IGNORED = ("\u00ad", "\u200b", "\u2060", "\ufeff", "\ufe0f")
"""IDNA drops them: soft hyphen, zero-width space, word joiner, byte order mark, a variation selector."""

_TAILS = (
    "/@evil.example", "//evil.example/", "\\\\evil.example", "\\@evil.example", "/../..//evil.example",
    "/.%2e/%2E%2e/x",
    "?@evil.example/", "#@evil.example/", "?https://evil.example/", "/https://evil.example", "/%00", "/\0", "/a b\tc",
    "/[::1]", "/|^`{}<>\"'", "?'\"<>`{}|^\\", "/%zz%", "/é/日本", "?é=日", "/;p=1", "/..;/x", "/\u2028", "/:443@x",
    "/?#", "?", "#", "/" + "a/" * 400, "?" + "%41" * 400,
)  # fmt: skip


def widen(text: str) -> str:
    """The text in full-width letters."""
    return "".join([chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text])


def escape(text: str) -> str:
    """The text with every byte percent-escaped."""
    return "".join([f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass")])


def _upper(rng: Random, parts: Parts) -> None:
    parts.host = rng.choice((parts.host.upper(), parts.host.title(), parts.host.swapcase()))


def _upper_scheme(rng: Random, parts: Parts) -> None:
    parts.scheme = rng.choice((parts.scheme.upper(), parts.scheme.title()))


def _default_port(rng: Random, parts: Parts) -> None:
    if not parts.port:
        parts.port = rng.choice((":443", ":", ":0443", ":00443"))


def _final_dot(rng: Random, parts: Parts) -> None:
    parts.host += rng.choice((".", "%2e", "。"))


def _other_dots(rng: Random, parts: Parts) -> None:
    parts.host = parts.host.replace(".", rng.choice(("。", "．", "｡", "%2e", "%2E", "%E3%80%82")))


def _full_width(rng: Random, parts: Parts) -> None:
    at = rng.randrange(len(parts.host) + 1)
    parts.host = parts.host[:at] + widen(parts.host[at : at + 4]) + parts.host[at + 4 :]


def _escaped(rng: Random, parts: Parts) -> None:
    at = rng.randrange(len(parts.host) + 1)
    parts.host = parts.host[:at] + escape(parts.host[at : at + 2]) + parts.host[at + 2 :]


def _ignored(rng: Random, parts: Parts) -> None:
    parts.host = inserted(rng, parts.host, rng.choice(_IGNORED))


def _blank_inside(rng: Random, parts: Parts) -> None:
    parts.host = inserted(rng, parts.host, rng.choice(_BLANKS))


def _blank_in_scheme(rng: Random, parts: Parts) -> None:
    parts.scheme = inserted(rng, parts.scheme, rng.choice(_BLANKS), start=1)


def _blank_around(rng: Random, parts: Parts) -> None:
    parts.lead += rng.choice(_LEADS)
    parts.tail += rng.choice(("", " ", "\n", "\x00"))


def _slashes(rng: Random, parts: Parts) -> None:
    parts.slashes = rng.choice(_SLASHES)


def _empty_user(rng: Random, parts: Parts) -> None:  # noqa: ARG001 -- a Trick
    parts.userinfo = "@"


def _tail(rng: Random, parts: Parts) -> None:
    parts.tail = rng.choice(_TAILS)


SPELLINGS: Final[tuple[Trick, ...]] = (
    _tail, _upper, _upper_scheme, _default_port, _final_dot, _other_dots, _full_width, _escaped, _ignored,
    _blank_inside, _blank_in_scheme, _blank_around, _slashes, _empty_user,
)  # fmt: skip
