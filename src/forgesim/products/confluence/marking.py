"""The marker in a body that an inline comment hangs on: put round a piece of text, and taken away."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from forgesim.products.confluence.errors import UnsupportedError, bad_request
from forgesim.site.storage import MARKUP

__all__ = ["mark", "unmark"]

_UNSEEN = frozenset({"ac:parameter", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:plain-text-body"})
"""Elements whose text is not to be commented on."""
_UNIT = re.compile(r"&[A-Za-z0-9#]+;|.", re.DOTALL)


def mark(body: str, text: str, which: tuple[int, int], ref: str) -> str:
    """``body`` with a marker round ``text``. ``which``: how often the text is there, and which of those is meant, from
    zero. A text that is not there so often is a 400; one that spans several elements is not emulated."""
    count, index = which
    places = [(start + at, start + end) for start, run in _runs(body) for at, end in _matches(run, text)]
    if len(places) != count:
        shown = "".join(html.unescape(run) for _, run in _runs(body))
        if shown.count(text) == count:
            raise UnsupportedError("an inline comment on a text that spans several elements")
        raise bad_request(f"'textSelection' is {len(places)} times in the text, not {count}")
    start, end = places[index]
    opening = f'<ac:inline-comment-marker ac:ref="{ref}">'
    return f"{body[:start]}{opening}{body[start:end]}</ac:inline-comment-marker>{body[end:]}"


def _runs(body: str) -> Iterator[tuple[int, str]]:
    """Pieces of text that a reader sees, as they are written, each with where it starts."""
    at, hidden = 0, ""
    for match in MARKUP.finditer(body):
        if match.start() > at and not hidden:
            yield at, body[at : match.start()]
        at = match.end()
        name, closing = match["name"], match[0].startswith("</")
        if closing and name == hidden:
            hidden = ""
        elif not hidden and name in _UNSEEN and not closing and not match[0].endswith("/>"):
            hidden = name
    if at < len(body) and not hidden:
        yield at, body[at:]


def _matches(run: str, text: str) -> Iterator[tuple[int, int]]:
    """Where ``text`` is in a run, whose entities stand for what they mean."""
    units = list(_UNIT.finditer(run))
    starts: list[int] = []
    shown = ""
    for number, unit in enumerate(units):
        meant = html.unescape(unit[0])
        starts += [number] * len(meant)
        shown += meant
    at = shown.find(text)
    while at >= 0:
        yield units[starts[at]].start(), units[starts[at + len(text) - 1]].end()
        at = shown.find(text, at + len(text))


def unmark(body: str, ref: str) -> str:
    """``body`` without the markers of that comment; what they mark stays."""
    pattern = re.compile(rf'<ac:inline-comment-marker ac:ref="{re.escape(ref)}">')
    while (found := pattern.search(body)) is not None:
        end = _closing(body, found.end())
        inner = body[found.end() : end]
        body = body[: found.start()] + inner + body[end:].removeprefix("</ac:inline-comment-marker>")
    return body


def _closing(body: str, at: int) -> int:
    """Where the marker that opens before ``at`` closes; markers may lie in one another."""
    depth = 1
    for match in re.finditer(r"<(/?)ac:inline-comment-marker\b[^>]*>", body[at:]):
        depth += -1 if match[1] else 1
        if depth == 0:
            return at + match.start()
    return len(body)
