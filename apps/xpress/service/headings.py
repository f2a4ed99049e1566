"""Heading cells of tables, said in the PDF: typst knows those of the rows that it repeats, and no others.

Every cell with a ground of its own has a shade of blue whose last two bits tell what it heads, if it does; typst writes
it into the cell's attributes. Here it makes room for the scope, so that the file keeps its length and its table of
places stays right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.colour import Rgb

__all__ = ["shaded", "with_headings"]

BITS: Mapping[str, int] = {"": 0, "Column": 1, "Row": 2}
"""Scope of a cell → the last two bits of the blue behind it."""

SCOPE_OF: Mapping[int, str] = {bits: scope for scope, bits in BITS.items()}
GREY = (240, 240, 240)
"""Behind a heading cell, unless its author says otherwise."""

_CELL = re.compile(
    rb"(?<= 0 obj\n)<</Type/StructElem/S/TD/[^\n]*<</O/Table[^\n]*"
    rb"/BackgroundColor\[[0-9.]+ [0-9.]+ ([0-9.]+)\][^\n]*>>(?=\nendobj)"
)
_HEADED = re.compile(rb"(?<= 0 obj\n)<</Type/StructElem/S/TD/[^\n]*?(/Headers\[[^\]\n]*\])[^\n]*>>(?=\nendobj)")
_SHADE = re.compile(rb"/BackgroundColor\[[0-9. ]+\]")


def shaded(scope: str, ground: Rgb | None) -> Rgb | None:
    """What is behind a cell that heads its "Column" or "Row", or nothing: ``ground``, a little less blue."""
    if scope and ground is None:
        ground = GREY
    return None if ground is None else (*ground[:2], ground[2] & ~3 | BITS[scope])


def with_headings(pdf: bytes) -> bytes:
    """The PDF with its heading cells named as such (TH), each with its scope.

    Where typst did not know one, the lists of headings that it gave other cells lack it; they go, and scopes tell.
    """
    named = _CELL.sub(_named, pdf)
    return pdf if named == pdf else _HEADED.sub(_without_list, named)


def _named(cell: re.Match[bytes]) -> bytes:
    scope = SCOPE_OF.get(round(255 * float(cell[1])) & 3, "")
    if not scope:
        return cell[0]
    written = cell[0].replace(b"/S/TD", b"/S/TH", 1).replace(b"<</O/Table", b"<</O/Table/Scope/" + scope.encode(), 1)
    return _SHADE.sub(b"", written, count=1).ljust(len(cell[0]))


def _without_list(cell: re.Match[bytes]) -> bytes:
    return cell[0].replace(cell[1], b" " * len(cell[1]), 1)
