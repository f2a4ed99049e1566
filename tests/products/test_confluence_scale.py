"""What a call costs on a large site is told by what it shows, not by how much there is: looks at pages are counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.products.confluence.service import Confluence
from forgesim.products.confluence.world import World
from forgesim.scopes.table import find
from forgesim.site.access import APP_ACCOUNT, may_view_page
from forgesim.site.model import Page, Site
from forgesim.site.scale import generate
from forgesim.site.scale_pages import DEEPEST

V2 = "/wiki/api/v2"
LIMIT = 25


class Counted(dict[str, Page]):
    """The pages of a site, which count how many of them have been looked up or passed in a row."""

    looks = 0

    def __getitem__(self, key: str) -> Page:
        self.looks += 1
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.looks += 1
        return super().get(key, default)

    def values(self) -> Any:
        self.looks += len(self)
        return super().values()

    def __iter__(self) -> Iterator[str]:
        self.looks += len(self)
        return super().__iter__()


def large(pages: int) -> tuple[Site, Counted]:
    site = generate(pages=pages, issues=0, seed=2)
    site.pages = counted = Counted(site.pages)
    return site, counted


def asked(product: Confluence, site: Site, method: str, url: str, body: Any = None, by: str = APP_ACCOUNT) -> Any:
    where = urlsplit(url)
    match = find("confluence", method, where.path)
    assert match is not None
    raw = b"" if body is None else json.dumps(body).encode()
    pairs = parse_qsl(where.query)
    got = product.perform(match.operation, match.params, pairs, raw, account=by, now_ms=site.clock_ms)
    assert got.answer.status < 300, got.answer
    return json.loads(got.answer.body)


@pytest.mark.parametrize("pages", [400, 1_600])
@pytest.mark.parametrize("path", ["pages", "spaces/{}/pages"])
def test_each_page_of_a_list_costs_what_it_shows_however_far_in_it_lies(path: str, pages: int) -> None:
    site, counted = large(pages)
    product, url, costs = Confluence(site), f"{V2}/{path.format(site.variables['space.id'])}?limit={LIMIT}", []
    asked(product, site, "GET", url)
    while url:
        counted.looks = 0
        url = asked(product, site, "GET", url)["_links"].get("next")
        costs.append(counted.looks)
    assert len(costs) > 4
    # Whether a page may be seen is asked of it and of what it lies in; a list passes over some that may not.
    assert 0 < max(costs) <= 3 * LIMIT * (DEEPEST + 1)


def test_the_cursors_of_a_list_lead_to_every_page_that_the_caller_sees_once() -> None:
    site, _ = large(400)
    product = Confluence(site)
    for account in (APP_ACCOUNT, *list(site.users)[:4]):
        url, ids = f"{V2}/pages?limit=77", []
        while url:
            answer = asked(product, site, "GET", url, by=account)
            ids += [each["id"] for each in answer["results"]]
            url = answer["_links"].get("next")
        shown = [p.id for p in site.pages.values() if p.status in ("current", "archived")]
        expected = [id_ for id_ in shown if may_view_page(site, account, site.pages[id_])]
        assert ids == sorted(expected, key=int)


def writes(site: Site) -> list[tuple[str, str, Any]]:
    page, space = site.variables["page.id"], site.variables["space.id"]
    body = {"representation": "storage", "value": "<p>New</p>"}
    return [
        ("POST", f"{V2}/footer-comments", {"pageId": page, "body": body}),
        ("POST", f"/wiki/rest/api/content/{page}/label", [{"prefix": "global", "name": "brand-new"}]),
        ("POST", f"{V2}/pages/{page}/properties", {"key": "score", "value": 1}),
        ("POST", f"{V2}/pages", {"spaceId": space, "title": "Brand new", "parentId": page, "body": body}),
    ]


@pytest.mark.parametrize("number", range(4), ids=["comment", "label", "property", "page"])
def test_writing_something_does_not_have_the_indexes_built_anew(number: int) -> None:
    site, counted = large(800)
    product, (method, url, body) = Confluence(site), writes(site)[number]
    asked(product, site, "GET", f"{V2}/pages?limit=1")
    counted.looks = 0
    asked(product, site, method, url, body)
    asked(product, site, "GET", f"{V2}/pages?limit=1")
    assert 0 < counted.looks < 100


@given(st.lists(st.sampled_from(range(4)), max_size=6), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_indexes_that_were_added_to_are_those_that_are_built_anew(chosen: list[int], first: int) -> None:
    site = generate(pages=60, issues=0, seed=first)
    world = World(site)
    product = Confluence(site)
    product._world = world
    assert world.index.pages
    for at, number in enumerate(chosen):
        method, url, body = writes(site)[number]
        if number == 3:
            body = {**body, "title": f"Brand new {at}"}
        if number == 2:
            body = {**body, "key": f"score-{at}"}
        asked(product, site, method, url, body)
    found, anew = world.index, World(site).index
    assert [page.id for page in found.pages] == [page.id for page in anew.pages]
    assert found == anew
