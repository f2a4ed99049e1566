"""What flowed where, drawn: the app in the middle, who it hears from on one side, who it tells on the other.

Two drawings of the same streams: a wide one, and a tall one for a phone. Places are computed from the number of streams
alone; a line is wider by ``STEP`` for each tenfold of its count, and the count stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from forgesim.report.flow import Flow, Stream
from forgesim.report.markup import Html, join, tag, visible

__all__ = ["CAPTION", "STEP", "drawings", "line_width"]

CAPTION = (
    "Each number counts crossings in the runs of this proof, failures that forgesim put there among them: "
    "what the app was made to do here, not how often it does it in use. A solid line passed, a dashed one was refused; "
    "a line is two pixels wider for each tenfold of its count."
)
STEP = 2.0
ROW, BOX, GAP = 74, 62, 12
WIDE, SIDE, APP = 900, 260, 150
TALL = 340
CELLS = 30
"""Columns of text that a box has room for."""
APART = 9
"""Pixels between the line of what passed and the line of what was refused."""


def drawings(app: str, flow: Flow, ident: str) -> Html:
    """Both drawings; a style sheet shows the one that fits."""
    return join((_wide(app, flow.streams, f"{ident}-wide"), _tall(app, flow.streams, f"{ident}-tall")))


def line_width(count: int) -> float:
    """Pixels of a line for a count: 1.5 for one crossing."""
    return round(1.5 + STEP * math.log10(max(count, 1)), 2)


def _wide(app: str, streams: Sequence[Stream], ident: str) -> Html:
    sides = [[s for s in streams if s.into], [s for s in streams if not s.into]]
    height = max(len(side) for side in sides) * ROW + GAP
    middle, left, right = height / 2, (WIDE - APP) / 2, (WIDE + APP) / 2
    parts = []
    for side, x in zip(sides, (0, WIDE - SIDE), strict=True):
        start = (height - len(side) * ROW) / 2
        for number, stream in enumerate(side):
            y = start + number * ROW + ROW / 2
            spread = middle + (number - (len(side) - 1) / 2) * min(ROW / 2, (height - 3 * GAP) / len(side))
            ends = ((SIDE, y), (left, spread)) if stream.into else ((right, spread), (WIDE - SIDE, y))
            parts += _lines(stream, *ends)
            parts.append(_box(x, y - BOX / 2, SIDE, stream))
    parts.append(_app(app, left, 8, APP, height - 16))
    return _svg("wide", app, streams, ident, (WIDE, height), parts)


def _tall(app: str, streams: Sequence[Stream], ident: str) -> Html:
    into, out = [s for s in streams if s.into], [s for s in streams if not s.into]
    height = (len(streams) + 1) * ROW + GAP
    app_y = len(into) * ROW + GAP / 2
    parts, indent = [], 70
    for number, stream in enumerate([*into, *out]):
        y = (number + (0 if stream.into else 1)) * ROW + GAP / 2 + ROW / 2
        far = len(into) - number if stream.into else number - len(into) + 1  # the farther, the farther left: none cross
        along = indent - 8 - far * (indent - 16) / max(len(into), len(out))
        parts += _elbow(stream, (indent, y), (along, app_y + (0 if stream.into else BOX)))
        parts.append(_box(indent, y - BOX / 2, TALL - indent, stream))
    parts.append(_app(app, 0, app_y, TALL, BOX))
    return _svg("tall", app, streams, ident, (TALL, height), parts)


def _svg(
    kind: str, app: str, streams: Sequence[Stream], ident: str, size: tuple[float, float], parts: Sequence[Html]
) -> Html:
    refused = sum(stream.refused for stream in streams)
    told = "; ".join(_told(stream) for stream in streams)
    width, height = size
    return tag(
        "svg",
        tag("title", f"What flowed into and out of {app}", id=f"{ident}-title"),
        tag("desc", f"{told}. {refused} refused in all. The table below has the same numbers.", id=f"{ident}-desc"),
        *parts,
        class_=f"flow {kind}",
        role="img",
        aria_labelledby=f"{ident}-title",
        aria_describedby=f"{ident}-desc",
        viewBox=f"-1 0 {_number(width + 2)} {_number(height)}",
        xmlns="http://www.w3.org/2000/svg",
    )


def _told(stream: Stream) -> str:
    way = "from" if stream.into else "to"
    return f"{way} {stream.name}: {stream.passed} passed, {stream.refused} refused"


def _lines(stream: Stream, start: tuple[float, float], end: tuple[float, float]) -> list[Html]:
    """A curve for what passed, and one beside it for what was refused."""
    (x1, y1), (x2, y2) = start, end
    middle = _number((x1 + x2) / 2)
    return [
        _line(stream, kind, f"M{_number(x1)} {y}C{middle} {y} {middle} {to} {_number(x2)} {to}")
        for kind, off in _kinds(stream)
        for y, to in [(_number(y1 + off), _number(y2 + off))]
    ]


def _elbow(stream: Stream, start: tuple[float, float], edge: tuple[float, float]) -> list[Html]:
    (x, y), (along, level) = start, edge
    return [
        _line(stream, kind, f"M{_number(x)} {_number(y + off)}H{_number(along + off / 3)}V{_number(level)}")
        for kind, off in _kinds(stream)
    ]


def _kinds(stream: Stream) -> list[tuple[str, float]]:
    """Which lines a stream has, and how far each is from the middle."""
    if stream.passed and stream.refused:
        return [("passed", -APART / 2), ("refused", APART / 2)]
    return [("refused" if stream.refused else "passed", 0)]


def _line(stream: Stream, kind: str, d: str) -> Html:
    width = line_width(stream.refused if kind == "refused" else stream.passed)
    return tag("path", d=d, class_=f"{kind} {stream.group}", stroke_width=str(width))


def _box(x: float, y: float, width: float, stream: Stream) -> Html:
    counts = [f"{stream.passed:,}"] if stream.passed or not stream.refused else []
    counts += [f"{stream.refused:,} refused"] if stream.refused else []
    return tag(
        "g",
        tag("rect", x=_number(x), y=_number(y), width=_number(width), height=str(BOX), rx="6"),
        _text(_cut(stream.name, CELLS), x + 10, y + 19, "name"),
        _text(" · ".join(counts), x + 10, y + 36, "count"),
        _text(_cut(stream.detail, CELLS + 6), x + 10, y + 53, "count"),
        class_=f"box {stream.group}{' stopped' if stream.refused else ''}",
    )


def _app(app: str, x: float, y: float, width: float, height: float) -> Html:
    at_x, at_y = _number(x + width / 2), _number(y + height / 2 + 5)
    return tag(
        "g",
        tag("rect", x=_number(x), y=_number(y), width=_number(width), height=_number(height), rx="8"),
        tag("text", _cut(app, 16), x=at_x, y=at_y, text_anchor="middle", class_="name"),
        class_="box app",
    )


def _text(text: str, x: float, y: float, class_: str) -> Html:
    return tag("text", text, x=_number(x), y=_number(y), class_=class_)


def _cut(text: str, cells: int) -> str:
    """A text of so many columns at most; the table has all of it."""
    shown = visible(text)
    return shown if cell_len(shown) <= cells else f"{set_cell_size(shown, cells - 1).rstrip()}…"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
