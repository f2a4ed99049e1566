"""Pulse on sites that change in one place: scores make sense by rule, not by eye."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from forgesim.site.edit import edit_page
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.testing.kit import Forge

ROOT = Path(__file__).parents[2]
SIGNALS = ("freshness", "ownership", "readability", "structure", "links", "labels", "attachments", "comments")
YEAR_MS = 365 * 86_400_000


def scan(forge: Forge, site: Site) -> dict[str, Any]:
    """The scan of a space to its end, as the command line drives it."""
    app, payload = forge.install(ROOT / "apps" / "pulse", site), {"spaceId": "$space.id"}
    while True:
        result: dict[str, Any] = app.invoke("scanSpace", payload)
        if result["cursor"] is None:
            return result
        payload = {**payload, "cursor": result["cursor"]}


def check(forge: Forge, site: Site, page: str) -> dict[str, Any]:
    result: dict[str, Any] = forge.install(ROOT / "apps" / "pulse", site).invoke("checkPage", {"pageId": page})
    return result


def healthy_page(site: Site) -> str:
    """A page that has something to lose in every signal."""
    space = site.variables["space.id"]
    for page in site.pages.values():
        fresh = page.updated_at > site.clock_ms - 30 * 86_400_000
        owned = page.owner is not None and site.users[page.owner].active
        if page.space_id == space and fresh and owned and page.labels and not page.viewers:
            return page.id
    raise AssertionError("the demo site has no such page")


CHANGES = {
    "ageing": ("freshness", lambda page, now: {"at_ms": now - 2 * YEAR_MS}),
    "unlabelling": ("labels", lambda page, now: {"labels": [], "at_ms": page.updated_at}),
    "taking its owner away": ("ownership", lambda page, now: {"owner": "", "at_ms": page.updated_at}),
}


@pytest.mark.parametrize(("signal", "change"), CHANGES.values(), ids=CHANGES.keys())
def test_changing_one_page_lowers_its_signal_and_the_space_s_score_and_nothing_else(
    forge: Forge, signal: str, change: Any
) -> None:
    before_site = forge.site("demo", seed=1)
    page_id = healthy_page(before_site)
    after_site = clone(before_site)
    page = after_site.pages[page_id]
    edit_page(after_site, page_id, **{"title": None, "body": None, "labels": None, "owner": None}
              | change(page, after_site.clock_ms))  # fmt: skip
    before, after = check(forge, before_site, page_id), check(forge, after_site, page_id)
    moved = {name for name in SIGNALS if name in before and before[name] != after[name]}
    assert moved == {signal}
    assert after[signal] < before[signal]
    whole_before, whole_after = scan(forge, before_site), scan(forge, after_site)
    assert whole_after["score"] < whole_before["score"]
    assert {name for name in SIGNALS if whole_before[name] < whole_after[name]} == set()


LINK = re.compile(r'<ac:link[^>]*><ri:page [^>]*ri:content-title="([^"]*)"[^>]*/>(.*?)</ac:link>', re.DOTALL)


def test_unlinking_one_page_lowers_the_space_s_links_and_score_and_nothing_else(forge: Forge) -> None:
    before_site = forge.site("demo", seed=1)
    after_site = clone(before_site)
    home = before_site.variables["space.id"]
    linked = Counter(
        title for page in before_site.pages.values() if page.space_id == home for title, _ in LINK.findall(page.body)
    )
    titles = {page.title for page in before_site.pages.values() if page.space_id == home and not page.viewers}
    lonely = next(title for title in linked if html.unescape(title) in titles)
    for page in after_site.pages.values():
        page.body = LINK.sub(lambda m: "<span>a page</span>" if m[1] == lonely else m[0], page.body)
    before, after = scan(forge, before_site), scan(forge, after_site)
    assert after["links"] <= before["links"]
    assert after["score"] < before["score"]
    assert {name for name in ("freshness", "ownership", "labels") if before[name] != after[name]} == set()


def test_what_bob_cannot_see_is_not_in_his_scan(forge: Forge) -> None:
    site = forge.site("demo", seed=1)
    app = forge.install(ROOT / "apps" / "pulse", site)
    results = {}
    for user in ("alice", "bob"):
        payload: dict[str, Any] = {"spaceId": "$space.id"}
        while (result := app.invoke("scanSpace", payload, user=user))["cursor"] is not None:
            payload = {**payload, "cursor": result["cursor"]}
        results[user] = result["pages"]
    assert results["bob"] < results["alice"]


def test_a_folder_of_markdown_is_scanned(forge: Forge, tmp_path: Path) -> None:
    for n in range(30):
        folder = tmp_path / "docs" / f"part{n % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        text = f"---\ntitle: Page {n}\ndate: 2026-0{n % 8 + 1}-01\n---\n\n# Page {n}\n\nSee [next](page{n + 3}.md).\n"
        (folder / f"page{n}.md").write_text(text)
    found = scan(forge, forge.site(str(tmp_path / "docs")))
    assert found["pages"] >= 30
    assert 0 < found["score"] < 100
