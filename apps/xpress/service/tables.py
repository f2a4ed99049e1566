"""Tables: cells on a grid that is worked out here, so that no span can overflow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.literal import number
from service.tree import Node

__all__ = ["table"]

WIDEST = 40
"""Columns; what lies beyond is left out, as no sheet could hold it."""

UPRIGHT = 7
"""Columns that an upright sheet holds in letters of the text's size."""

ACROSS = 11
"""The same of a sheet that lies on its side."""


def table(node: Node, content: Callable[[Node], str], *, may_turn: bool = False) -> str:
    """A table as typst code; its first row is repeated on every sheet where it is made of headings.

    ``may_turn``: a wide one gets sheets of its own that lie on their side. Letters of a wide one are smaller.
    """
    rows = list(_rows(node))
    taken: set[tuple[int, int]] = set()
    cells: list[list[str]] = []
    columns = 0
    for y, row in enumerate(rows):
        written: list[str] = []
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            if x >= WIDEST:
                break
            wide = _free(taken, x, y, number(cell.attributes.get("colspan"), 1, WIDEST - x, 1))
            high = number(cell.attributes.get("rowspan"), 1, len(rows) - y, 1)
            taken.update((x + dx, y + dy) for dx in range(wide) for dy in range(high))
            written.append(_cell(cell, x, y, wide, high, content))
            x += wide
            columns = max(columns, x)
        cells.append(written)
    if not columns:
        return ""
    head, rest = _head(rows, cells)
    return _fitted(f"table(columns: {columns}, {', '.join([*head, *rest])})", columns, may_turn=may_turn)


def _fitted(written: str, columns: int, *, may_turn: bool) -> str:
    if columns <= UPRIGHT:
        return written
    size = max(0.35, min(1.0, (ACROSS if may_turn else UPRIGHT) / columns))
    if size < 1:
        written = f"{{ set text(size: {size:.2f}em, hyphenate: true); set table(inset: {size * 5:.1f}pt); {written} }}"
    return f"page(flipped: true, {written})" if may_turn else written


def _rows(node: Node) -> Iterator[list[Node]]:
    for child in node.elements():
        if child.name == "tr":
            yield child.elements("td", "th")
        elif child.name in ("tbody", "thead", "tfoot"):
            yield from _rows(child)


def _free(taken: set[tuple[int, int]], x: int, y: int, wide: int) -> int:
    """As much of a span as is free."""
    return next((dx for dx in range(1, wide) if (x + dx, y) in taken), wide)


def _cell(cell: Node, x: int, y: int, wide: int, high: int, content: Callable[[Node], str]) -> str:
    inner = content(cell)
    shade = ", fill: luma(240)" if cell.name == "th" else ""
    inner = f"strong({inner})" if cell.name == "th" else inner
    return f"table.cell(x: {x}, y: {y}, colspan: {wide}, rowspan: {high}{shade}, {inner})"


def _head(rows: list[list[Node]], cells: list[list[str]]) -> tuple[list[str], list[str]]:
    flat = [cell for row in cells for cell in row]
    first = rows[0]
    headed = len(rows) > 1 and first and all(cell.name == "th" for cell in first)
    if not headed or any(number(cell.attributes.get("rowspan"), 1, 99, 1) > 1 for cell in first):
        return [], flat
    return [f"table.header({', '.join(cells[0])})"], flat[len(cells[0]) :]
