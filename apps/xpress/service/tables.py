"""Tables: cells on a grid that is worked out here, so that no span can overflow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, dropwhile, takewhile
from typing import NamedTuple

from service.headings import shaded
from service.literal import number
from service.style import ground_of
from service.tree import Node

__all__ = ["is_wide", "table"]

WIDEST = 40
"""Columns; what lies beyond is left out, as no sheet could hold it."""

UPRIGHT = 7
"""Columns that an upright sheet holds in letters of the text's size."""

ACROSS = 11
"""The same of a sheet that lies on its side."""

INSET = 5
"""Points between a cell's border and its text, at the text's size."""

MOST_REPEATED = 3
"""Rows of headings that are repeated on every sheet; more would leave little room."""

SCOPES: Mapping[str, str] = {"row": "Row", "rowgroup": "Row", "col": "Column", "colgroup": "Column"}
"""What HTML says of a heading cell → what PDF says."""


class Cell(NamedTuple):
    """A cell, its place on the grid, and over how many columns and rows it reaches."""

    node: Node
    x: int
    y: int
    wide: int
    high: int


def table(node: Node, content: Callable[[Node], str], *, may_turn: bool = False) -> str:
    """A table as typst code; the rows of headings that it begins with are repeated on every sheet.

    ``may_turn``: a wide one is meant for sheets that lie on their side, and fills them. Its letters are smaller.
    """
    rows = _placed([*_rows(node)])
    columns = _columns(rows)
    if not columns:
        return ""
    written = [[_cell(cell, content, head=_is_head(row)) for cell in row] for row in rows]
    repeated = _repeated(rows)
    head = [f"table.header({', '.join(chain.from_iterable(written[:repeated]))})"] * bool(repeated)
    cells = [*head, *chain.from_iterable(written[repeated:])]
    return _fitted(", ".join(cells), columns, may_turn=may_turn)


def _placed(rows: list[list[Node]]) -> list[list[Cell]]:
    taken: set[tuple[int, int]] = set()
    placed: list[list[Cell]] = []
    for y, row in enumerate(rows):
        placed.append([])
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            if x >= WIDEST:
                break
            wide = _free(taken, x, y, number(cell.attributes.get("colspan"), 1, WIDEST - x, 1))
            high = number(cell.attributes.get("rowspan"), 1, len(rows) - y, 1)
            taken.update((x + dx, y + dy) for dx in range(wide) for dy in range(high))
            placed[-1].append(Cell(cell, x, y, wide, high))
            x += wide
    return placed


def _fitted(cells: str, columns: int, *, may_turn: bool) -> str:
    if columns <= UPRIGHT:
        return f"table(columns: {columns}, {cells})"
    size = max(0.35, min(1.0, (ACROSS if may_turn else UPRIGHT) / columns))
    letters = f"set text(size: {size:.2f}em, hyphenate: true); " if size < 1 else ""
    inset = f"{INSET * size:.1f}pt"
    if may_turn:
        return f"{{ {letters}filling({columns}, {inset}, {cells}) }}"
    return f"{{ {letters}table(columns: {columns}, inset: {inset}, {cells}) }}"


def is_wide(node: Node) -> bool:
    """Whether it has more columns than an upright sheet holds."""
    return _columns(_placed([*_rows(node)])) > UPRIGHT


def _columns(rows: list[list[Cell]]) -> int:
    return max((cell.x + cell.wide for row in rows for cell in row), default=0)


def _rows(node: Node) -> Iterator[list[Node]]:
    for child in node.elements():
        if child.name == "tr":
            yield child.elements("td", "th")
        elif child.name in ("tbody", "thead", "tfoot"):
            yield from _rows(child)


def _free(taken: set[tuple[int, int]], x: int, y: int, wide: int) -> int:
    """As much of a span as is free."""
    return next((dx for dx in range(1, wide) if (x + dx, y) in taken), wide)


def _cell(cell: Cell, content: Callable[[Node], str], *, head: bool) -> str:
    inner = content(cell.node)
    is_heading = cell.node.name == "th"
    if is_heading:
        inner = f"strong({inner})"
    ground = shaded(_scope(cell.node, head=head) if is_heading else "", ground_of(cell.node))
    shade = "" if ground is None else f", fill: rgb{ground}"
    return f"table.cell(x: {cell.x}, y: {cell.y}, colspan: {cell.wide}, rowspan: {cell.high}{shade}, {inner})"


def _scope(cell: Node, *, head: bool) -> str:
    """What a heading cell heads: what its author says, else its column in a row of headings, else its row."""
    return SCOPES.get(cell.attributes.get("scope", "").lower(), "Column" if head else "Row")


def _is_head(row: list[Cell]) -> bool:
    """Whether a row is made of headings; the corner before them may be empty."""
    cells = [*dropwhile(_is_corner, (cell.node for cell in row))]
    return bool(cells) and all(cell.name == "th" and _scope(cell, head=True) == "Column" for cell in cells)


def _is_corner(cell: Node) -> bool:
    return cell.name == "td" and not cell.text().strip()


def _repeated(rows: list[list[Cell]]) -> int:
    """How many rows of headings a table begins with, out of which no cell reaches."""
    heads = len([*takewhile(_is_head, rows[: min(MOST_REPEATED, len(rows) - 1)])])
    reach = [max(cell.y + cell.high for cell in row) for row in rows[:heads]]
    return max((count for count in range(1, heads + 1) if max(reach[:count]) <= count), default=0)
