"""Exports from the outside: through the platform, the gateway and the confined renderer."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from forgesim.testing.kit import Forge
from xpress.templates import LEFT_OUT

APP = Path(__file__).parents[1]


def open_pdf(result: dict[str, Any]) -> Any:
    assert (result["contentType"], result["problem"]) == ("application/pdf", None)
    return pypdf.PdfReader(io.BytesIO(base64.b64decode(result["data"])))


def home_of(site: Any) -> str:
    space = next(each for each in site.spaces.values() if each.id == site.variables["space.id"])
    return str(space.homepage_id)


def test_a_page_becomes_a_pdf_named_after_it(forge: Forge) -> None:
    site = forge.site("demo", seed=1)
    result = forge.install(APP, site).invoke("exportPage", {"pageId": "$page"}, user="alice")
    title = site.pages[site.variables["page"]].title
    assert (result["fileName"], open_pdf(result).outline[0].title) == (f"{title}.pdf", title)


def test_a_tree_has_what_the_user_may_see_in_reading_order(forge: Forge) -> None:
    site = forge.site("demo", seed=1)
    result = forge.install(APP, site).invoke("exportTree", {"pageId": home_of(site)}, user="alice")
    top = open_pdf(result).outline
    assert (top[0].title, result["parts"]) == (site.pages[home_of(site)].title, 1)
    below = [page for page in site.pages.values() if page.parent_id == home_of(site) and page.status == "current"]
    sections = [item.title for item in top[1] if not isinstance(item, list)]
    wanted = [page.title for page in sorted(below, key=lambda page: page.position)]
    assert [title for title in sections if title in wanted] == wanted


def test_the_same_export_twice_is_the_same_file(forge: Forge) -> None:
    files = [
        forge.install(APP, forge.site("demo", seed=1)).invoke("exportPage", {"pageId": "$page"}, user="bob")["data"]
        for _ in range(2)
    ]
    assert files[0] == files[1]


def test_what_is_logged_is_ids_sizes_and_counts(forge: Forge) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))
    app.invoke("exportPage", {"pageId": "$page"}, user="alice")
    logged = [c.decided for c in forge.ledger.crossings if c.decided.channel == "log"]
    lines = {decided.verb: decided.body.text or "" for decided in logged if decided.body is not None}
    assert lines["service"].startswith("request ")
    assert lines["info"].startswith("document: 1 pages, 0 pictures, ")


@pytest.mark.parametrize("setting", [{"size": 7}, {"size": True}, {"paper": "a3"}, {"cover": 1}, {"more": 1}])
def test_a_template_with_another_value_is_refused(forge: Forge, setting: dict[str, object]) -> None:
    template = {"paper": "a4", "accent": "red", "size": 12, "cover": False, "contents": True}
    app = forge.install(APP, forge.site("demo", seed=1))
    assert app.invoke("saveTemplate", {"template": template}, user="alice")["size"] == 12
    with pytest.raises(Exception, match="a template has paper"):
        app.invoke("saveTemplate", {"template": template | setting}, user="alice")
    assert app.invoke("template", user="alice") == {**LEFT_OUT, **template}
