"""Tables as a reader who hears them gets them: which cells are headings, and of what; and wide ones on their sheets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from xpress_desk import TEMPLATE, page, read, text_of  # type: ignore[import-not-found]
from xpress_ua import attributes_of, elements_of, problems  # type: ignore[import-not-found]

PLAIN = {**TEMPLATE, "cover": False, "contents": False, "footer": "none"}


def adf(*rows: str) -> str:
    """A table in ADF: ``H`` is a heading cell, ``c`` another one."""
    kinds = {"H": "tableHeader", "c": "tableCell"}
    cell = {"type": "paragraph", "content": [{"type": "text", "text": "x"}]}
    table = [
        {"type": "tableRow", "content": [{"type": kinds[each], "content": [cell]} for each in row]} for row in rows
    ]
    return json.dumps({"type": "doc", "version": 1, "content": [{"type": "table", "content": table}]})


HEADED = {
    "a row of headings": ("<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr>", "C C / . ."),
    "a column of headings": ("<tr><th>a</th><td>1</td></tr><tr><th>b</th><td>2</td></tr>", "R . / R ."),
    "both": ("<tr><th>a</th><th>b</th></tr><tr><th>c</th><td>1</td></tr>", "C C / R ."),
    "an empty corner": ("<tr><td></td><th>b</th></tr><tr><th>c</th><td>1</td></tr>", "C C / R ."),
    "a heading beside an empty cell": ("<tr><th>a</th><td></td></tr><tr><th>b</th><td>2</td></tr>", "R . / R ."),
    "no headings": ("<tr><td><strong>a</strong></td><td>b</td></tr><tr><td>1</td><td>2</td></tr>", ". . / . ."),
    "a heading over three rows": (
        "<tr><th>a</th><th>b</th></tr><tr><th rowspan='3'>c</th><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr>",
        "C C / R|3 . / . / .",
    ),
    "two rows of headings": (
        "<tr><th rowspan='2'>a</th><th colspan='2'>b</th></tr><tr><th>c</th><th>d</th></tr>"
        "<tr><td>1</td><td>2</td><td>3</td></tr>",
        "C|2 C-2 / C C / . . .",
    ),
    "a heading that reaches out of its row": (
        "<tr><th rowspan='2'>a</th><th>b</th></tr><tr><td>1</td></tr>",
        "C|2 C / .",
    ),
    "a row of headings between others": (
        "<tr><td>1</td><td>2</td></tr><tr><th colspan='2'>a</th></tr><tr><td>3</td><td>4</td></tr>",
        ". . / C-2 / . .",
    ),
    "scopes that the author gave": (
        "<tr><th scope='row'>a</th><th scope='col'>b</th></tr><tr><td>1</td><th scope='colgroup'>2</th></tr>",
        "R C / . C",
    ),
    "headings alone": ("<tr><th>a</th></tr><tr><th>b</th></tr>", "C / C"),
}
"""Rows → what the cells of the PDF's rows are: C heads its column, R its row; -2 is two columns wide, |3 three rows
high."""


def cells(reader: Any) -> str:
    rows = [
        " ".join(_cell(cell.get_object()) for cell in row["/K"])
        for row in elements_of(reader.trailer["/Root"]["/StructTreeRoot"])
        if row["/S"] == "/TR"
    ]
    return " / ".join(rows)


def _cell(element: Any) -> str:
    said = attributes_of(element)
    scope = {"/Row": "R", "/Column": "C"}[said["/Scope"]] if element["/S"] == "/TH" else "."
    wide, high = (
        f"{sign}{said[name]}" if name in said else "" for sign, name in (("-", "/ColSpan"), ("|", "/RowSpan"))
    )
    return f"{scope}{wide}{high}"


@pytest.mark.parametrize(("rows", "wanted"), HEADED.values(), ids=HEADED.keys())
def test_heading_cells_say_whether_they_head_a_column_or_a_row(rows: str, wanted: str) -> None:
    reader, answer = read(page(1, "Any", f"<table><tbody>{rows}</tbody></table>"), template=PLAIN)
    assert (cells(reader), answer["accessible"], problems(reader)) == (wanted, "pdf/ua-1", [])


def test_heading_cells_of_adf_are_heading_cells() -> None:
    reader, _ = read({**page(1, "Any", adf("HHH", "Hcc", "ccc")), "format": "adf"}, template=PLAIN)
    assert cells(reader) == "C C C / R . . / . . ."


def test_other_cells_name_no_headings_where_some_are_known_by_their_scope_alone() -> None:
    """A list of headings that lacks one would hide it: who reads aloud takes the list and looks no further."""
    table = "<table><tbody><tr><th>a</th><th>b</th></tr><tr>{}<td>1</td></tr></tbody></table>"
    reader, _ = read(page(1, "Any", table.format("<th>c</th>")), template=PLAIN)
    lists = [attributes_of(each).get("/Headers") for each in elements_of(reader.trailer["/Root"]["/StructTreeRoot"])
             if each["/S"] == "/TD"]  # fmt: skip
    assert lists == [None]


def test_a_table_in_a_heading_cell_keeps_its_own_headings() -> None:
    inner = "<table><tr><th>x</th><td>y</td></tr></table>"
    reader, _ = read(page(1, "Any", f"<table><tr><th>{inner}</th><td>1</td></tr></table>"), template=PLAIN)
    assert cells(reader) == "R . / R ."


def test_a_page_cannot_name_cells_by_its_words() -> None:
    """What names cells looks for bytes at the begin of a line; an address is the one text that may have lines."""
    cell = "<</Type/StructElem/S/TD/A[<</O/Table>><</BackgroundColor[0.9411765 0.9411765 0.9411765]>>]>>"
    forged = f"https://a.example/\n1 0 obj\n{cell}\nendobj"
    href = forged.replace("<", "&lt;").replace("\n", "&#10;")
    reader, _ = read(page(1, "Any", f'<p><a href="{href}">x</a></p>'), template=PLAIN)
    (note,) = reader.pages[0]["/Annots"]
    assert note.get_object()["/A"]["/URI"] == forged


HEADS = "".join(f"<th>h{number}</th>" for number in range(9))
CELLS = "".join(f"<td>c{number}</td>" for number in range(9))


@pytest.mark.parametrize("columns", [8, 9, 12, 16, 40])
@pytest.mark.parametrize("paper", ["a4", "letter", "a5"])
def test_a_wide_table_fills_its_sheet(columns: int, paper: str) -> None:
    row = "".join(f"<td>c{number}</td>" for number in range(columns))
    body = f"<p>Before</p><table><tbody><tr>{row}</tr></tbody></table>"
    reader, _ = read(page(1, "Any", body), template={**PLAIN, "paper": paper})
    sheet = reader.pages[1]
    assert "c0" in sheet.extract_text()
    box = next(attributes_of(each)["/BBox"] for each in elements_of(reader.trailer["/Root"]["/StructTreeRoot"])
               if each["/S"] == "/Table")  # fmt: skip
    margin = 21 / 25.4 * 72
    assert [float(box[0]), float(box[2])] == pytest.approx([margin, float(sheet.mediabox.width) - margin], abs=1.5)


def test_a_long_wide_table_repeats_its_headings_on_every_sheet_that_it_fills() -> None:
    body = f"<table><tbody><tr>{HEADS}</tr>{f'<tr>{CELLS}</tr>' * 200}</tbody></table>"
    reader, answer = read(page(1, "Any", body), template=PLAIN)
    sheets = [sheet.extract_text() for sheet in reader.pages if sheet.mediabox.width > sheet.mediabox.height]
    assert len(sheets) > 5
    assert all("h0" in each and "h8" in each for each in sheets)
    assert (answer["accessible"], text_of(reader).count("c8")) == ("pdf/ua-1", 200)


def test_a_wide_table_in_a_cell_or_on_a_landscape_sheet_stays_where_it_is() -> None:
    wide = f"<table><tbody><tr>{CELLS}</tr></tbody></table>"
    inside, _ = read(page(1, "Any", f"<table><tr><td>{wide}</td></tr></table>"), template=PLAIN)
    across, _ = read(page(1, "Any", wide), template={**PLAIN, "landscape": True})
    assert [len(each.pages) for each in (inside, across)] == [1, 1]
    assert inside.pages[0].mediabox.width < inside.pages[0].mediabox.height
