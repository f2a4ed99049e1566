"""Heading cells of tables, said in the PDF: typst knows those of the rows that it repeats, and no others.

Every heading cell has a shade that tells its scope, which typst writes into the cell's attributes. Here the shade makes
room for the scope, so that the file keeps its length and its table of places stays right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["SHADES", "with_headings"]

SHADES: Mapping[str, int] = {"Column": 240, "Row": 241}
"""Scope → the grey of a heading cell, of 255; no other cell has a shade."""

_CELL = re.compile(
    rb"(?<= 0 obj\n)<</Type/StructElem/S/TD/[^\n]*<</O/Table[^\n]*"
    rb"/BackgroundColor\[(0\.\d+) \1 \1\][^\n]*>>(?=\nendobj)"
)
_HEADED = re.compile(rb"(?<= 0 obj\n)<</Type/StructElem/S/TD/[^\n]*?(/Headers\[[^\]\n]*\])[^\n]*>>(?=\nendobj)")
_SHADE = re.compile(rb"/BackgroundColor\[[0-9. ]+\]")


def with_headings(pdf: bytes) -> bytes:
    """The PDF with its heading cells named as such (TH), each with its scope.

    Where typst did not know one, the lists of headings that it gave other cells lack it; they go, and scopes tell.
    """
    named = _CELL.sub(_named, pdf)
    return pdf if named == pdf else _HEADED.sub(_without_list, named)


def _named(cell: re.Match[bytes]) -> bytes:
    scope = next((name for name, shade in SHADES.items() if round(255 * float(cell[1])) == shade), None)
    if scope is None:
        return cell[0]
    written = cell[0].replace(b"/S/TD", b"/S/TH", 1).replace(b"<</O/Table", b"<</O/Table/Scope/" + scope.encode(), 1)
    return _SHADE.sub(b"", written, count=1).ljust(len(cell[0]))


def _without_list(cell: re.Match[bytes]) -> bytes:
    return cell[0].replace(cell[1], b" " * len(cell[1]), 1)
