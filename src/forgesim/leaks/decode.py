"""Undoing encodings: the views of a text in which content may hide, one step of undoing after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from forgesim.leaks.bases import base16, base32, base64_, base85, positional
from forgesim.leaks.bits import bits, morse
from forgesim.leaks.escapes import backslashes, entities, markup, percents, quoted_printable
from forgesim.leaks.numbers import read_numbers
from forgesim.leaks.packed import compressed
from forgesim.leaks.tables import tables
from forgesim.leaks.turned import TURNED, turned
from forgesim.leaks.view import Decoder, Raw, View, as_text
from forgesim.leaks.wrapped import addresses, strings

__all__ = ["DECODERS", "MAX_DEPTH", "MAX_SIZE", "MAX_VIEWS", "views"]

MAX_DEPTH = 5
MAX_VIEWS = 160
MAX_SIZE = 4 << 20
"""Characters of all views of a value together; a longer value is itself cut there."""

DECODERS: tuple[Decoder, ...] = (
    Decoder("compressed", compressed),
    Decoder("json", strings),
    Decoder("markup", markup),
    Decoder("escapes", backslashes),
    Decoder("entities", entities),
    Decoder("url", percents),
    Decoder("quoted-printable", quoted_printable),
    Decoder("base64", base64_),
    Decoder("base32", base32),
    Decoder("hex", base16),
    Decoder("base85", base85),
    Decoder("positional", positional),
    Decoder("numbers", read_numbers),
    Decoder("bits", bits),
    Decoder("morse", morse),
    Decoder("parts of a URL", addresses),
    Decoder("tables", tables),
    Decoder("turned", turned),
)


def views(text: str, decoders: Sequence[Decoder] = DECODERS) -> Iterator[View]:
    """The text itself, then every view of it up to ``MAX_DEPTH`` steps, each once, the ones with fewer steps first.
    At most ``MAX_VIEWS`` of them, of at most ``MAX_SIZE`` characters together."""
    text = text[:MAX_SIZE]
    seen: set[Raw] = {text}
    queue = deque([(View("", text), 0)])
    count, size = 1, len(text)
    while queue:
        view, depth = queue.popleft()
        yield view
        if depth == MAX_DEPTH or view.symbols or view.last:
            continue
        for name, raw in _steps(view, decoders):
            weight = len(raw)
            if count >= MAX_VIEWS or size + weight > MAX_SIZE:
                break
            if not raw or raw in seen:
                continue
            seen.add(raw)
            queue.append((_view(f"{view.decoding}, {name}".lstrip(", "), raw), depth + 1))
            count, size = count + 1, size + weight


def _steps(view: View, decoders: Sequence[Decoder]) -> Iterator[tuple[str, Raw]]:
    for decoder in decoders:
        yield from decoder.undo(view)


def _view(decoding: str, raw: Raw) -> View:
    match raw:
        case str():
            return View(decoding, raw, last=decoding in TURNED)
        case bytes():
            return View(decoding, as_text(raw) or "", raw)
        case _:
            return View(decoding, "", symbols=raw)
