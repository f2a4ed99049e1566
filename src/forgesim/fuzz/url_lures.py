"""What makes a URL near a declared one a different one: two readers of it may see two hosts, or a list may take one
host for another."""

from __future__ import annotations

from random import Random
from typing import Final

from forgesim.fuzz.url_addresses import spelled_address
from forgesim.fuzz.url_parts import Parts, Trick, inserted, some_labels
from forgesim.fuzz.url_spellings import widen

__all__ = ["LURES"]

_EVIL = ("evil.example", "evil.com", "127.0.0.1", "localhost", "a.evil.example", "[::1]", "xn--evil-.example", "com")
_DELIMITERS = (
    "/", "\\", "?", "#", "@", ":", ";", ",", "&", "=", "+", "$", "!", "~", "*", "'", "(", ")", "|", "^", "`", '"', "<",
    ">", "[", "]", "{", "}", "%", "_", " ", "\t", "\n", "\r", "\0", "\x0b", "\x7f", "%00", "%09", "%0a", "%20", "%23",
    "%2f", "%3f", "%40", "%5c", "%3a", "%25", "\u2044", "\u2215", "\uff0f", "\uff3c", "\uff20", "\uff1a", "\uff1f",
    "\uff03", "\u2100", "\u2101", "\u2048", "\ufe56", "\ufe6b", "\u3000", "\u00a0", "\\@", "/@", "#@", "?@", ":443@",
    "//",
)  # fmt: skip
"""What ends a host, what some reader may take to end it, and what becomes such a sign under IDNA."""

_STRANGE = (
    "\u200c", "\u200d", "\u180b", "\u034f", "\u202e", "\u2066", "\U000e0061", "\u115f", "\u3164", "\u0301", "\u05d0",
    "\u0661", "\u0000", "\u007f", "\u0080", "\u0338", "\ud800", "\udc00", "\udfff", "\U0001f4a9", "\u30fb", "\u0430",
    "\u0131", "\u212a", "\u017f", "\u00df", "\u1e9e", "\u03c2", "\ufb01", "\u24b6", "\U0001d41a", "\u2460", "\u2488",
    "\u0149",
)  # fmt: skip
"""Joiners, fillers, direction marks, other digits, halves of pairs, look-alikes, and letters that IDNA folds into
others or, by its edition, does not."""

_DOTS = (
    "..",
    "...",
    "\u2024",
    "\u2025",
    "\u2026",
    "\u00b7",
    "\u06d4",
    "%252e",
    "%2e.",
    ".%2e",
    "\uff0e.",
    "-",
    "",
    "._.",
    ".-.",
)
_LEADS = ("\u00a0", "\ufeff", "\u200b", "\u2028", "\u3000", "\x7f", "x", ":", "/", "\\", "url:", "view-source:")
_SCHEMES = (
    "http:", "wss:", "ws:", "ftp:", "file:", "data:", "javascript:", "blob:https:", "", "https", "https::",
    "https:http:", "http\u017f:", "\uff48ttps:", "h\0ttps:", "ht tps:", "https\\:", "https%3a", "HTTP:", "WSS:",
    "gopher:", "about:", "x-y.z+1:", "https://evil.example/\\", "https:https:",
)  # fmt: skip
_USERS = (
    "user@", "user:word@", ":word@", ":@", "user:@", "@@", "%40@", "a%3ab@", "api@evil.example@", "\uff20", "%@",
    "evil.example:443@", "evil.example%2f@", "evil.example\\@", "evil.example/@", "evil.example?@", "evil.example#@",
    "evil.example;@", "[::1]@", "\t@", "\ud800@", "u" * 70 + "@",
)  # fmt: skip
_PORTS = (
    ":8443", ":08443", ":80", ":8080", ":0", ":1", ":22", ":65535", ":65536", ":65979", ":73979", ":4294967739",
    ":99999", ":-443", ":+443", ":4 43", ":4\t43", ":\n443", ":4\uff143", ":\u0664\u0664\u0663", ":0x1bb",
    ":443@evil.example", ":80:443", ":443:", ":443.", ":443%00", ":%34%34%33", ":https", "::443", ":443\\@evil.example",
    ":" + "0" * 60 + "443", ":" + "9" * 60,
)  # fmt: skip
_PRIVATE = (
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "localdomain",
    "lan",
    "intranet",
    "in-addr.arpa",
    "8",
    "0x7f",
)
_PUNYCODE = ("xn--", "xn--a", "xn---", "xn--a-", "xn--999999b", "xn--0", "XN--a", "xn--ls8h", "xn--a-ecp", "xn--zca")
_TAILS = ("/\ud800", "?\udfff", "#\ud800", "/\udc00\ud800")


def _glued_after(rng: Random, parts: Parts) -> None:
    parts.host += rng.choice((".", "", "-")) + rng.choice(_EVIL)


def _glued_before(rng: Random, parts: Parts) -> None:
    parts.host = rng.choice(("evil", "not", "evil-", "-", "x", "1", "xn--", *_EVIL)) + parts.host


def _delimited_before(rng: Random, parts: Parts) -> None:
    parts.host = rng.choice(_EVIL) + rng.choice(_DELIMITERS) + rng.choice(("", ".")) + parts.host


def _delimited_after(rng: Random, parts: Parts) -> None:
    parts.host += rng.choice(_DELIMITERS) + rng.choice(("", ".")) + rng.choice(_EVIL)


def _delimiter_inside(rng: Random, parts: Parts) -> None:
    parts.host = inserted(rng, parts.host, rng.choice(_DELIMITERS))


def _strange_letter(rng: Random, parts: Parts) -> None:
    parts.host = inserted(rng, parts.host, rng.choice(_STRANGE))


def _any_letter(rng: Random, parts: Parts) -> None:
    parts.host = inserted(rng, parts.host, chr(rng.randrange(0x110000)))


def _wrong_dot(rng: Random, parts: Parts) -> None:
    pieces = parts.host.split(".")
    at = rng.randrange(len(pieces))
    parts.host = ".".join(pieces[:at]) + rng.choice(_DOTS) + ".".join(pieces[at:])


def _relative_of_host(rng: Random, parts: Parts) -> None:
    """The name above, a name below, one with a label lost, doubled or out of order."""
    pieces = parts.host.split(".")
    at = rng.randrange(len(pieces))
    above, below, lost = pieces[1:], [some_labels(rng), *pieces], pieces[:at] + pieces[at + 1 :]
    doubled = pieces[:at] + pieces[at:] * 2
    parts.host = ".".join(rng.choice((above, below, lost, doubled, pieces[::-1], pieces[:-1])))


def _typo(rng: Random, parts: Parts) -> None:
    at = rng.randrange(len(parts.host) + 1)
    parts.host = parts.host[:at] + rng.choice(("", "a", "0", "-", "_", "1l", ".")) + parts.host[at + 1 :]


def _address(rng: Random, parts: Parts) -> None:
    parts.host = spelled_address(rng)


def _address_beside(rng: Random, parts: Parts) -> None:
    address = spelled_address(rng)
    parts.host = rng.choice((f"{address}.{parts.host}", f"{parts.host}.{address}", f"{address}@{parts.host}"))


def _private_name(rng: Random, parts: Parts) -> None:
    name = rng.choice(_PRIVATE)
    parts.host = rng.choice((name, f"{parts.host}.{name}", f"{name}.", f"app.{name}"))


def _punycode(rng: Random, parts: Parts) -> None:
    label, dot, rest = parts.host.partition(".")
    parts.host = rng.choice(
        (f"xn--{label}{dot}{rest}", f"xn--{label}-{dot}{rest}", f"{rng.choice(_PUNYCODE)}.{parts.host}")
    )


def _too_long(rng: Random, parts: Parts) -> None:
    more = rng.choice(
        ("a" * 63 + ".", "a" * 64 + ".", "a." * 120, "a." * 200, "\u00ad" * 300, "\u00fc" * 60 + ".", "b" * 3000)
    )
    parts.host = more + parts.host


def _empty_host(rng: Random, parts: Parts) -> None:
    parts.host = rng.choice(("", ".", "..", "%", "*", "-", "\u00ad", "[]", parts.host + "*"))


def _user(rng: Random, parts: Parts) -> None:
    parts.userinfo += rng.choice(_USERS)


def _port(rng: Random, parts: Parts) -> None:
    parts.port = rng.choice(_PORTS)


def _scheme(rng: Random, parts: Parts) -> None:
    parts.scheme = rng.choice(_SCHEMES)


def _lead(rng: Random, parts: Parts) -> None:
    parts.lead += rng.choice(_LEADS)


def _half_a_pair(rng: Random, parts: Parts) -> None:
    parts.tail += rng.choice(_TAILS)


def _wide_url(rng: Random, parts: Parts) -> None:  # noqa: ARG001 -- a Trick
    parts.slashes, parts.port = widen(parts.slashes), widen(parts.port)


LURES: Final[tuple[Trick, ...]] = (
    _glued_after, _glued_before, _delimited_before, _delimited_before, _delimited_after, _delimiter_inside,
    _strange_letter, _any_letter, _wrong_dot, _relative_of_host, _relative_of_host, _typo, _address, _address,
    _address_beside, _private_name, _punycode, _too_long, _empty_host, _user, _user, _port, _port, _scheme,
    _lead, _half_a_pair, _wide_url,
)  # fmt: skip
"""A trick that stands twice has more to say than the others."""
