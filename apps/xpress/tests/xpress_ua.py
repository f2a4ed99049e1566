"""What PDF/UA-1 (ISO 14289-1) asks of a file's structure, as far as our program can tell: a test, no certificate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pypdf.generic import ContentStream

__all__ = ["attributes_of", "elements_of", "problems"]

PAINTING = frozenset(b"Tj TJ ' \" f f* F S s B B* b b* Do sh".split()) | {b"INLINE IMAGE"}
WITHIN = {"/LI": {"/L"}, "/LBody": {"/LI"}, "/Lbl": {"/LI"}, "/TH": {"/TR"}, "/TD": {"/TR"}}
SCOPES = {"/Row", "/Column", "/Both"}
TABLE_PARTS = {"/Table", "/THead", "/TBody", "/TFoot"}


def problems(reader: Any) -> list[str]:
    """Each in words; none where all is well."""
    root = reader.trailer["/Root"]
    if "/StructTreeRoot" not in root:
        return ["no structure tree"]
    elements = [*_elements(root["/StructTreeRoot"], "")]
    return [
        *_document(root),
        *(problem for element, parent in elements for problem in _element(element, parent)),
        *_headings([element["/S"] for element, _ in elements]),
        *(problem for sheet in reader.pages for problem in _sheet(reader, sheet, _tree(root))),
    ]


def _document(root: Any) -> Iterator[str]:
    metadata = root["/Metadata"].get_data() if "/Metadata" in root else b""
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked as tagged"
    if not root.get("/Lang"):
        yield "no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "its title is not displayed"
    if b"<dc:title>" not in metadata:
        yield "no title"
    if b"<pdfuaid:part>1</pdfuaid:part>" not in metadata:
        yield "does not say that it is PDF/UA-1"


def elements_of(node: Any) -> list[Any]:
    """All structure elements of a part of the tree, in reading order."""
    return [element for element, _ in _elements(node, "")]


def _elements(node: Any, parent: str) -> Iterator[tuple[Any, str]]:
    """All structure elements in reading order, each with the kind of its parent."""
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from _elements(each, parent)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node, parent
        if "/K" in node:
            yield from _elements(node["/K"], str(node.get("/S", "")))


def _element(element: Any, parent: str) -> Iterator[str]:
    kind = str(element["/S"])
    if kind == "/Figure" and not str(element.get("/Alt", "")).strip():
        yield "a figure without words"
    if parent not in WITHIN.get(kind, {parent}) or (kind == "/TR" and parent not in TABLE_PARTS):
        yield f"{kind} in {parent}"
    if kind == "/TH" and attributes_of(element).get("/Scope") not in SCOPES:
        yield "a heading cell without scope"
    if kind == "/Lbl" and "/K" not in element:
        yield "an empty label"
    if kind == "/Table":
        widths = {*_widths(element)}
        if len(widths) > 1:
            yield f"a table whose rows are {sorted(widths)} columns wide"
    if "/P" not in element:
        yield f"{kind} without parent"


def attributes_of(element: Any) -> dict[str, Any]:
    """What a structure element says of itself, whoever's attributes they are."""
    held = element.get("/A", [])
    some = [each.get_object() for each in (held if isinstance(held, list) else [held])]
    return {str(key): value for each in some for key, value in each.items()}


def _widths(table: Any) -> Iterator[int]:
    """How many columns each row has, with what reaches into it from above."""
    rows = [element for element in elements_of(table["/K"]) if element["/S"] == "/TR"]
    reaching: list[tuple[int, int]] = []  # rows that remain, columns
    for row in rows:
        cells = [attributes_of(element) for element in elements_of(row["/K"]) if element["/S"] in ("/TH", "/TD")]
        spans = [(int(cell.get("/RowSpan", 1)), int(cell.get("/ColSpan", 1))) for cell in cells]
        yield sum(columns for _, columns in reaching) + sum(columns for _, columns in spans)
        reaching = [(left - 1, columns) for left, columns in [*reaching, *spans] if left > 1]


def _headings(kinds: list[Any]) -> Iterator[str]:
    levels = [int(kind[2:]) for kind in kinds if kind[1:2] == "H" and kind[2:].isdigit()]
    if levels[:1] != [1]:
        yield "the first heading is not of level 1"
    yield from (f"level {after} after {before}" for before, after in pairwise(levels) if after > before + 1)


def _tree(root: Any) -> dict[int, Any]:
    """The parent tree: number → the element of an annotation, or those of a sheet's marked content."""

    def below(node: Any) -> Iterator[tuple[int, Any]]:
        node = node.get_object()
        numbers = node.get("/Nums", [])
        yield from zip(map(int, numbers[::2]), numbers[1::2], strict=True)
        for kid in node.get("/Kids", []):
            yield from below(kid)

    return dict(below(root["/StructTreeRoot"]["/ParentTree"]))


def _sheet(reader: Any, sheet: Any, tree: dict[int, Any]) -> Iterator[str]:
    marked = tree[int(sheet["/StructParents"])].get_object() if "/StructParents" in sheet else []
    yield from _content(ContentStream(sheet.get_contents(), reader), marked)
    notes = [note.get_object() for note in sheet.get("/Annots", [])]
    if notes and sheet.get("/Tabs") != "/S":
        yield "links in no order"
    for note in notes:
        owner = tree.get(int(note.get("/StructParent", -1)))
        if owner is None or owner.get_object()["/S"] != "/Link":
            yield "a link outside the structure"
        if not str(note.get("/Contents", "")).strip():
            yield "a link without words"
    for font in sheet["/Resources"].get("/Font", {}).values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        if not {"/FontFile2", "/FontFile3"} & described.keys():
            yield "a font that is not inside"
        if "/ToUnicode" not in font.get_object():
            yield "a font without characters"


def _content(stream: Any, marked: Any) -> Iterator[str]:
    """All that is painted is an artifact, or content that an element has."""
    opened: list[bool] = []
    for operands, operator in stream.operations:
        if operator in (b"BMC", b"BDC"):
            number = operands[1].get("/MCID") if operator == b"BDC" and isinstance(operands[1], dict) else None
            if number is not None and (number >= len(marked) or marked[number].get_object().get("/S") is None):
                yield f"content {number} that no element has"
            opened.append(number is not None or operands[0] == "/Artifact")
        elif operator == b"EMC":
            opened.pop()
        elif operator in PAINTING and not any(opened):
            yield f"{operator.decode()} outside all tags"
