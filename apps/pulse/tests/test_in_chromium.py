"""Pulse's pages before the app itself, in Chromium: they hinder nobody, and fit on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from xpress_browser import AUDIT, needs_browser, used  # type: ignore[import-not-found]

from forgesim.testing.kit import Forge

APP = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow, needs_browser]

PAGES = {
    "space": 'await until(() => !$("scan").disabled); $("scan").click(); await until(() => !$("worst").hidden);',
    "page": 'await until(() => !$("explain").disabled); $("explain").click();'
    ' await until(() => $("explanation").textContent.includes(" ") && !$("explain").disabled);',
}
NARROW = """
document.body.style.width = "320px";
return [...document.querySelectorAll("table, form, p")].filter((each) => each.scrollWidth > 330).map((each) => each.id);
"""


def seen(forge: Forge, folder: Path, page: str, then: str, *, dark: bool = False) -> Any:
    app = forge.install(APP, forge.site("demo", seed=1))
    app.invoke("saveReview", {"spaceId": "$space.id", "days": 30}, user="alice")

    def bridge(verb: str, given: Any) -> Any:
        if verb == "getContext":
            return {"extension": {"space": {"id": "$space.id"}, "content": {"id": "$page", "type": "page"}}}
        return app.invoke(given["functionKey"], given.get("payload"), user="alice")

    return used(folder, page, PAGES[page] + then, bridge, static=APP / "static", dark=dark)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_hinders_nobody(forge: Forge, page: str, dark: bool, tmp_path: Path) -> None:
    assert seen(forge, tmp_path, page, AUDIT, dark=dark) == {"told": [], "dark": dark}


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_a_phone(forge: Forge, page: str, tmp_path: Path) -> None:
    assert seen(forge, tmp_path, page, NARROW) == []
