"""Pages chosen, both formats, pages that are gone, sites of many scripts, services that fail: from the outside."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from forgesim.testing.kit import Forge

APP = Path(__file__).parents[1]
HOST = "x9pr3ss0.execute-api.us-east-1.amazonaws.com"
GREETINGS = {
    "Greek": "Καλημέρα κόσμε", "Russian": "Добрый день", "Armenian": "Բարեւ ձեզ", "Hebrew": "שלום עולם",
    "Arabic": "مرحبا بالعالم", "Hindi": "नमस्ते दुनिया", "Bengali": "ওহে বিশ্ব", "Tamil": "வணக்கம்",
    "Thai": "สวัสดีชาวโลก", "Georgian": "გამარჯობა", "Chinese": "你好世界", "Japanese": "こんにちは世界",
    "Korean": "안녕하세요",
}  # fmt: skip


def open_pdf(result: dict[str, Any]) -> Any:
    assert (result["contentType"], result["problem"]) == ("application/pdf", None)
    return pypdf.PdfReader(io.BytesIO(base64.b64decode(result["data"])))


def home_of(site: Any) -> str:
    space = next(each for each in site.spaces.values() if each.id == site.variables["space.id"])
    return str(space.homepage_id)


def test_contents_are_what_a_tree_exports_and_chosen_pages_keep_their_order(forge: Forge) -> None:
    site = forge.site("demo", seed=1)
    app = forge.install(APP, site)
    listed = app.invoke("contents", {"pageId": home_of(site)}, user="alice")["pages"]
    assert [each["depth"] for each in listed[:2]] == [0, 1]
    chosen = [listed[3]["id"], listed[1]["id"]]
    result = app.invoke("exportTree", {"pageIds": chosen}, user="alice")
    tops = [item.title for item in open_pdf(result).outline if not isinstance(item, list)]
    assert tops == [site.pages[id_].title for id_ in chosen]
    assert (result["pages"], result["missing"], result["accessible"]) == (2, [], "pdf/ua-1")


def test_a_chosen_page_lies_below_the_chosen_page_that_holds_it(forge: Forge) -> None:
    site = forge.site("demo", seed=1)
    app = forge.install(APP, site)
    child = app.invoke("contents", {"pageId": home_of(site)}, user="alice")["pages"][1]["id"]
    outline = open_pdf(app.invoke("exportTree", {"pageIds": [home_of(site), child]}, user="alice")).outline
    assert outline[0].title == site.pages[home_of(site)].title
    assert site.pages[child].title in [item.title for item in outline[1] if not isinstance(item, list)]


def test_a_tree_begins_with_its_top_page(forge: Forge) -> None:
    site = forge.site("demo", seed=1)
    result = forge.install(APP, site).invoke("exportTree", {"pageId": home_of(site)}, user="alice")
    assert result["fileName"].startswith(site.pages[home_of(site)].title)


def test_pages_that_are_gone_are_named_and_the_others_exported(forge: Forge) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    result = app.invoke("exportTree", {"pageIds": ["1", "$page", "2"]}, user="alice")
    assert (result["pages"], result["missing"], result["problem"]) == (1, ["1", "2"], None)
    nothing = app.invoke("exportTree", {"pageIds": ["1"]}, user="alice")
    assert nothing == {"problem": "Confluence knows no such page, or you may not see it."}


def test_both_formats_of_a_page_say_the_same(forge: Forge) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    printed = [
        " ".join(
            " ".join(sheet.extract_text().split())
            for sheet in open_pdf(
                app.invoke("exportPage", {"pageId": "$page.pictured", "format": form}, user="alice")
            ).pages
        )
        for form in ("storage", "adf")
    ]
    assert len(printed[0]) > 300
    words = [set(text.split()) for text in printed]
    assert len(words[0] & words[1]) > 0.9 * len(words[0])


def test_pictures_are_shown_in_both_formats(forge: Forge) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    counts = [
        sum(
            len(sheet.images)
            for sheet in open_pdf(
                app.invoke("exportPage", {"pageId": "$page.pictured", "format": form}, user="alice")
            ).pages
        )
        for form in ("storage", "adf")
    ]
    assert counts[0] == counts[1] > 0


def test_a_site_of_many_scripts_is_exported_accessibly(forge: Forge, tmp_path: Path) -> None:
    for name, words in GREETINGS.items():
        (tmp_path / f"{name}.md").write_text(f"# {words}\n\n{words} ({name})\n", encoding="utf-8")
    site = forge.site(str(tmp_path))
    result = forge.install(APP, site).invoke("exportTree", {"pageId": home_of(site)}, user="alice")
    printed = " ".join(sheet.extract_text() for sheet in open_pdf(result).pages)
    assert (result["accessible"], result["placeholders"]) == ("pdf/ua-1", [])
    assert [name for name in GREETINGS if name not in printed] == []


@pytest.mark.parametrize("given", [[], "1", ["x"], [1, None], ["1"] * 251], ids=str)
def test_what_is_no_list_of_ids_is_refused(forge: Forge, given: object) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    with pytest.raises(Exception, match="is no id"):
        app.invoke("exportTree", {"pageIds": given}, user="alice")


def test_settings_that_are_left_out_are_as_usual(forge: Forge) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    five = {"paper": "a5", "accent": "red", "size": 12, "cover": False, "contents": True}
    app.invoke("saveTemplate", {"template": {**five, "language": "de"}}, user="alice")
    saved = app.invoke("template", user="alice")
    assert {**five, "language": "de", "margins": "normal", "hyphenate": False}.items() <= saved.items()
