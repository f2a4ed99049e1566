"""Documents of every kind are PDF/UA-1, by our own reading of their structure and by checkers that others wrote."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from test_blocks_in_lines import INSIDE, PICTURE, SAMPLE, code  # type: ignore[import-not-found]
from test_reading import ADF, SCRIPTS  # type: ignore[import-not-found]
from test_service import BODY  # type: ignore[import-not-found]
from xpress_desk import TEMPLATE, ask, macro, order, page, task  # type: ignore[import-not-found]
from xpress_ua import problems  # type: ignore[import-not-found]

ODD_TABLE = (
    "<table><tbody><tr><th>a</th><th>b</th><th>c</th></tr><tr><td>1</td></tr><tr><td colspan='2'>1</td><td>x</td></tr>"
    "<tr><td rowspan='2'>1</td><td>2</td><td>x</td></tr><tr><td>y</td></tr></tbody></table>"
)
ROWS_HEADED = (
    "<table><tbody><tr><td></td><th>a</th><th>b</th></tr><tr><th rowspan='2'>c</th><td>1</td><td>2</td></tr>"
    "<tr><td>3</td><td>4</td></tr><tr><th>d</th><td colspan='2'>5</td></tr></tbody></table>"
)
NESTED = (
    "<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li><p>d</p><p>e</p></li></ul>"
    f"<ac:task-list>{task('complete', 'x<ac:task-list>' + task('incomplete', 'y') + '</ac:task-list>')}</ac:task-list>"
)
WIDE = f"<p>Before</p><table><tbody><tr>{'<th>x</th>' * 9}</tr><tr>{'<td>y</td>' * 9}</tr></tbody></table><p>After</p>"
COLOURS = (
    '<h2 style="text-align: center">Mid</h2><p style="text-align: right; margin-left: 60.0px">a '
    '<span style="color: #ff5630; background-color: #00f">b <a href="https://a.example/">c</a></span></p>'
    '<table><tbody><tr><th data-highlight-colour="blue">a</th><th>b</th></tr>'
    '<tr><td style="text-align: end; background-color: #f0f0f1">1</td><td>2</td></tr></tbody></table>'
)
PAGES: dict[str, list[dict[str, Any]]] = {
    "two pages": [page(1, "First page", BODY), page(2, "Other page", "<h2>Below</h2><p>The end.</p>", 1, "1")],
    "ADF": [{**page(1, "First page", ADF), "format": "adf"}],
    "scripts": [
        page(number, text, f"<h2>{text}</h2><p>{text}</p><ul><li>{text}</li></ul>", min(number, 2) - 1)
        for number, text in enumerate(SCRIPTS.values(), 1)
    ],
    "an empty page": [page(1, "", "")],
    "an odd table": [page(1, "Table", ODD_TABLE)],
    "headings of rows": [page(1, "Table", ROWS_HEADED)],
    "a wide table": [page(1, "Table", WIDE)],
    "skipped levels": [page(7, "Part", "<h5>Deep</h5><h1>Top</h1><h4>Deep again</h4>", 4), page(8, "Sister", "", 4)],
    "blocks in lines": [
        page(1, "Flow", "".join(each.format(PICTURE) for name, each in INSIDE.items() if name != "a link"))
    ],
    "code": [page(1, "Code", code(SAMPLE, title="a.vb", linenumbers="true", language="vb") + code("x"))],
    "colours": [page(1, "Colours", COLOURS)],
    "nested lists": [page(1, "Lists", NESTED)],
    "a linked picture": [page(1, "Link", INSIDE["a link"].format(PICTURE))],
    "contents": [page(1, "Top", f"{macro('toc')}<h2>A</h2><h3>B</h3>{macro('children')}"), page(2, "Kid", "x", 1, "1")],
}  # fmt: skip
LOOKS: dict[str, dict[str, Any]] = {
    "plain": {"cover": False, "contents": False},
    "full": {"header": "title", "footer": "date", "landscape": True},
}


def document(name: str, look: str = "full") -> bytes:
    status, answer = ask(order(*PAGES[name], template={**TEMPLATE, **LOOKS[look]}))
    assert (status, answer["accessible"]) == (200, "pdf/ua-1")
    return base64.b64decode(answer["pdf"])


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_the_structure_is_that_of_pdf_ua(name: str, look: str) -> None:
    assert problems(pypdf.PdfReader(io.BytesIO(document(name, look)))) == []


def elements(reader: Any, kind: str) -> Iterator[Any]:
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    todo = [root]
    while todo:
        node = todo.pop().get_object()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            todo += [node["/K"]] if "/K" in node else []
            if node.get("/S") == kind:
                yield node


def _spoil_table(reader: Any) -> None:
    row = next(elements(reader, "/TR"))
    row["/K"].pop()


def _without_tags(reader: Any) -> None:
    stream = reader.pages[2].get_contents()
    stream.set_data(stream.get_data().replace(b"BDC", b"DP").replace(b"BMC", b"").replace(b"EMC", b""))
    reader.pages[2][pypdf.generic.NameObject("/Contents")] = stream


FAULTS: dict[str, Callable[[Any], Any]] = {
    "no structure tree": lambda reader: reader.trailer["/Root"].pop("/StructTreeRoot"),
    "not marked as tagged": lambda reader: reader.trailer["/Root"].pop("/MarkInfo"),
    "no language": lambda reader: reader.trailer["/Root"].pop("/Lang"),
    "its title is not displayed": lambda reader: reader.trailer["/Root"].pop("/ViewerPreferences"),
    "no title": lambda reader: reader.trailer["/Root"].pop("/Metadata"),
    "a figure without words": lambda reader: next(elements(reader, "/Figure")).pop("/Alt"),
    "a heading cell without scope": lambda reader: next(elements(reader, "/TH")).pop("/A"),
    "a table whose rows": _spoil_table,
    "an empty label": lambda reader: next(elements(reader, "/Lbl")).pop("/K"),
    "links in no order": lambda reader: reader.pages[1].pop("/Tabs"),
    "a link outside the structure": lambda reader: reader.pages[1]["/Annots"][0].get_object().pop("/StructParent"),
    "a link without words": lambda reader: reader.pages[1]["/Annots"][0].get_object().pop("/Contents"),
    "content 0 that no element has": lambda reader: reader.pages[2].pop("/StructParents"),
    "outside all tags": _without_tags,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_our_reading_finds(fault: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(document("two pages")))
    FAULTS[fault](reader)
    assert any(fault in problem for problem in problems(reader))


OPINIONS = {
    "FIG-010": "a picture that its author gave no words is called by its file's name",
    "DOC-040": "a page without title is called Untitled",
    "LNK-003": "a link round a picture has the picture's words",
    "UA-15-003": "a table that its author gave no heading cells has none",
    "TBL-011": "a table whose heading cell holds a picture alone",
}
"""What the checkers remark and we leave, and why."""


def by_outloud(file: Path) -> list[tuple[str, str]]:
    """What a checker finds that knows most of the Matterhorn protocol's checkpoints."""
    import outloud

    result = outloud.check(str(file))
    assert result.error is None
    return [(each.rule, each.message) for each in result.findings if each.severity != "info"]


def by_pdfua(file: Path) -> list[tuple[str, str]]:
    """What a checker finds that knows 16 rules of PDF/UA-1."""
    from pdfua.validator import validate

    return [(each.rule_id, each.message) for each in validate(str(file)).findings]


CHECKERS: dict[str, Callable[[Path], list[tuple[str, str]]]] = {"outloud": by_outloud, "pdfua": by_pdfua}


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("name", PAGES)
def test_checkers_of_others_find_nothing(name: str, checker: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(document(name))
    assert [found for found in CHECKERS[checker](tmp_path / "a.pdf") if found[0] not in OPINIONS] == []


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("fault", ["no structure tree", "no language", "no title", "a figure without words"])
def test_checkers_of_others_find(fault: str, checker: str, tmp_path: Path) -> None:
    """So that their silence says something."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(document("two pages")))
    reader = SimpleNamespace(trailer={"/Root": writer.root_object}, pages=writer.pages)
    FAULTS[fault](reader)
    writer.write(tmp_path / "a.pdf")
    assert [found for found in CHECKERS[checker](tmp_path / "a.pdf") if found[0] not in OPINIONS] != []
