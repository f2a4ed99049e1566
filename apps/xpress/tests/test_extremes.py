"""Twelve scripts and more, 2 MB on one page, nothing at all: exported from the outside, and read back in order."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pdfminer.high_level import extract_text
from pdfminer.layout import LAParams
from test_blocks_in_lines import code, colours_of  # type: ignore[import-not-found]
from xpress_desk import TEMPLATE, ask, order, page  # type: ignore[import-not-found]

from forgesim.testing.kit import Forge

APP = Path(__file__).parents[1]
PLAIN = {**TEMPLATE, "cover": False, "contents": False, "footer": "none"}
WORDS = {
    "Latin": "Größe naïve smørrebrød", "Greek": "Καλημέρα κόσμε", "Cyrillic": "Добрый день", "Armenian": "Բարեւ ձեզ",
    "Hebrew": "שלום עולם", "Arabic": "مرحبا بالعالم", "Devanagari": "नमस्ते दुनिया", "Bengali": "ওহে বিশ্ব",
    "Tamil": "வணக்கம் உலகம்", "Thai": "สวัสดีชาวโลก", "Georgian": "გამარჯობა მსოფლიო", "Ethiopic": "ሰላም ልዑል",
    "Han": "你好世界", "Kana": "こんにちはせかい", "Hangul": "안녕하세요 세계",
}  # fmt: skip
"""Fifteen scripts."""


def body_of(words: str) -> str:
    """Every kind of text, numbered in the order in which it is read."""
    return (
        f"<h2>1000 {words}</h2><p>1001 {words}</p><ul><li>1002 {words}</li><li>1003 {words}</li></ul>"
        f"<table><tbody><tr><th>1004 {words}</th></tr><tr><td>1005 {words}</td></tr></tbody></table>"
        f"<blockquote><p>1006 {words}</p></blockquote>{code(f'1007 {words}')}<p>1008 <strong>{words}</strong></p>"
    )


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_a_page_of_any_script_is_read_back_in_order(words: str) -> None:
    status, answer = ask(order(page(1, "T", body_of(words)), template=PLAIN))
    assert (status, answer["accessible"], answer["placeholders"]) == (200, "pdf/ua-1", [])
    pdf = base64.b64decode(answer["pdf"])
    downwards = extract_text(io.BytesIO(pdf), laparams=LAParams(boxes_flow=None))
    for printed in (downwards, "\n".join(sheet.extract_text() for sheet in open_pdf(pdf).pages)):
        numbers = [each if each in NUMBERS else each[::-1] for each in re.findall(r"\d{4}", printed)]
        assert numbers == NUMBERS
        # Readers differ in the order of letters from right to left, and in marks that stand on others.
        letters = {char for char in words if char.isalpha()}
        assert letters - set(printed) <= set("ءمرحبابالعالم")
    assert open_pdf(pdf).trailer["/Root"]["/Lang"] == "en"


NUMBERS = [str(number) for number in range(1000, 1009)]


def open_pdf(pdf: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(pdf))


def export(forge: Forge, folder: Path, text: str) -> dict[str, Any]:
    """The only page of a space of its own, through the platform and both confined processes."""
    (folder / "Big.md").write_text(f"# Big\n\n{text}", encoding="utf-8")
    site = forge.site(str(folder))
    (wanted,) = [id_ for id_, found in site.pages.items() if found.title == "Big"]
    result: dict[str, Any] = forge.install(APP, site).invoke("exportPage", {"pageId": wanted}, user="alice")
    return result


@pytest.mark.slow
def test_a_page_of_two_megabytes_is_exported_whole_and_in_order(forge: Forge, tmp_path: Path) -> None:
    text = "".join(
        f"n{number} has some words of a long page, again and again, and then more.\n\n" for number in range(30_000)
    )
    result = export(forge, tmp_path, text)
    assert len(text) > 2_000_000
    assert (result["problem"], result["accessible"], result["placeholders"]) == (None, "no", [])
    printed = "".join(sheet.extract_text() for sheet in open_pdf(base64.b64decode(result["data"])).pages)
    assert re.findall(r"n(\d+) has", printed) == [str(number) for number in range(30_000)]


@pytest.mark.slow
def test_a_page_that_is_too_large_as_pdf_is_said_in_words(forge: Forge, tmp_path: Path) -> None:
    text = "".join(f"{number} مرحبا بالعالم وهذه كلمات كثيرة جدا\n\n" for number in range(30_000))
    assert len(text.encode()) > 2_000_000
    assert export(forge, tmp_path, text) == {
        "problem": "The rendering service takes no more than 5 MB; export a smaller part, or pages with fewer pictures."
    }


def test_a_space_with_nothing_in_it_becomes_a_document(forge: Forge, tmp_path: Path) -> None:
    result = export(forge, tmp_path, "")
    assert (result["pages"], result["accessible"], result["problem"]) == (1, "pdf/ua-1", None)
    site = forge.site(str(tmp_path))
    app = forge.install(APP, site)
    (home,) = [space.homepage_id for space in site.spaces.values() if space.id == site.variables["space.id"]]
    for gone in [id_ for id_ in site.pages if id_ != home]:
        del site.pages[gone]
    tree = app.invoke("exportTree", {"pageId": home}, user="alice")
    assert (tree["pages"], tree["parts"], tree["problem"]) == (1, 1, None)
    assert [each["id"] for each in app.invoke("contents", {"pageId": home}, user="alice")["pages"]] == [home]


def test_code_beyond_two_thousand_lines_is_printed_without_colours() -> None:
    lines = "".join(f"n{number} = 'a' # c\n" for number in range(2100))
    status, answer = ask(order(page(1, "Log", code(lines, language="python")), template=PLAIN))
    assert status == 200
    reader = open_pdf(base64.b64decode(answer["pdf"]))
    printed = "".join(sheet.extract_text() for sheet in reader.pages)
    assert re.findall(r"n(\d+) =", printed) == [str(number) for number in range(2100)]
    assert colours_of(reader) < 4


@pytest.mark.slow
def test_tags_that_make_a_document_too_large_are_left_out() -> None:
    body = "".join(f"<h2>{number} some words</h2><p>a</p>" for number in range(2400))
    status, answer = ask(order(page(1, "Many", body)))
    assert (status, answer.get("accessible")) == (200, "no")
    assert "/StructTreeRoot" not in open_pdf(base64.b64decode(answer["pdf"])).trailer["/Root"]


def test_any_number_of_pages_becomes_parts_whose_pages_follow_each_other(forge: Forge, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"p{number}.md").write_text(f"# Page {number}\n\n{'some words ' * 40_000}\n", encoding="utf-8")
    site = forge.site(str(tmp_path))
    app = forge.install(APP, site)
    (home,) = [space.homepage_id for space in site.spaces.values() if space.id == site.variables["space.id"]]
    first = app.invoke("exportTree", {"pageId": home}, user="alice")
    rest = [
        app.invoke("exportTree", {"pageId": home, "part": part}, user="alice") for part in range(2, first["parts"] + 1)
    ]
    assert first["parts"] > 1
    tops = [
        item.title for result in (first, *rest) for item in flat(open_pdf(base64.b64decode(result["data"])).outline)
    ]
    assert [title for title in tops if title.startswith("Page")] == [f"Page {number}" for number in range(5)]
    assert json.dumps(first["missing"]) == "[]"


def flat(outline: Any) -> list[Any]:
    return [each for item in outline for each in (flat(item) if isinstance(item, list) else [item])]
