"""Pages of one list come of one selection, and show what a selection made anew would show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.products.confluence.service import Confluence
from forgesim.products.confluence.world import World
from forgesim.scopes.table import find
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.model import Site
from forgesim.site.scale import generate

V2 = "/wiki/api/v2"


def asked(product: Confluence, method: str, url: str, body: Any, by: str, now_ms: int) -> tuple[int, Any]:
    where = urlsplit(url)
    match = find("confluence", method, where.path)
    assert match is not None
    raw = b"" if body is None else json.dumps(body).encode()
    got = product.perform(match.operation, match.params, parse_qsl(where.query), raw, account=by, now_ms=now_ms)
    return got.answer.status, json.loads(got.answer.body) if got.answer.body else None


def reads(site: Site) -> list[str]:
    page, spaces = site.pages[site.variables["page.id"]], ",".join(list(site.spaces)[:3])
    label = next(each.id for p in site.pages.values() for each in p.labels)
    title = urlencode({"title": page.title})
    cql = ("type = page", "label = fresh", "lastmodified > now('-1d')", "creator = currentUser()", 'title ~ "New*"')
    return [
        f"{V2}/pages?sort=-modified-date&limit=4",
        f"{V2}/pages?sort=title&space-id={spaces}&limit=4",
        f"{V2}/pages?space-id={spaces}&limit=4",
        f"{V2}/pages?{title}",
        f"{V2}/pages?{title}&space-id={spaces}&sort=title",
        f"{V2}/pages?title=New+3",
        f"{V2}/spaces/{page.space_id}/pages?depth=root&limit=2",
        f"{V2}/labels/{label}/pages?limit=2",
        *(f"/wiki/rest/api/search?{urlencode({'cql': each, 'limit': 4})}" for each in cql),
    ]


def writes(site: Site, at: int) -> tuple[str, str, Any]:
    page = list(site.pages.values())[at * 7 % len(site.pages)]
    body = {"representation": "storage", "value": f"<p>New {at}</p>"}
    changed = {"id": page.id, "status": "current", "title": f"New {at}", "body": body,
               "version": {"number": page.version + 1}}  # fmt: skip
    return (
        ("PUT", f"{V2}/pages/{page.id}", changed),
        ("POST", f"{V2}/pages", {"spaceId": page.space_id, "title": f"New {at}", "body": body}),
        ("DELETE", f"{V2}/pages/{page.id}", None),
        ("POST", f"/wiki/rest/api/content/{page.id}/label", [{"prefix": "global", "name": "fresh"}]),
    )[at % 4]


STEPS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 2), st.sampled_from((0, 80, 90_000_000))), max_size=10
)


def fresh(site: Site, old: Confluence) -> Confluence:
    """Another Confluence of the site, which has selected nothing. Where the last page of a list lay, the first of two
    that differ in nothing else tells it."""
    new = Confluence(site)
    new._world.stamps, new._world.places = old._world.stamps, dict(old._world.places)
    return new


@given(STEPS, st.integers(0, 1))
@settings(max_examples=40, deadline=None)
def test_every_page_is_that_of_a_selection_made_anew(steps: Sequence[tuple[bool, int, int, int]], seed: int) -> None:
    site = generate(pages=40, issues=0, seed=seed)
    kept, now, nexts = Confluence(site), site.clock_ms, dict[tuple[str, str], str]()
    people = (APP_ACCOUNT, *list(site.users)[:2])
    for is_write, number, who, later in steps:
        now, by = now + later, people[who]
        if is_write:
            asked(kept, *writes(site, number), by=by, now_ms=now)
            continue
        url = reads(site)[number % len(reads(site))]
        whole = nexts.pop((url, by), url)
        anew = asked(fresh(site, kept), "GET", whole, None, by, now)
        answer = asked(kept, "GET", whole, None, by, now)
        assert answer == anew
        if answer[0] == 200 and (link := answer[1]["_links"].get("next")):
            nexts[url, by] = link if link.startswith("/wiki") else f"/wiki{link}"


@pytest.mark.parametrize("url", [f"{V2}/pages?sort=-title&limit=9", "/wiki/rest/api/search?cql=type=page&limit=9"])
def test_a_list_read_page_by_page_is_selected_once(url: str) -> None:
    site, selections = generate(pages=80, issues=0, seed=1), list[object]()
    product = Confluence(site)

    def counted(given: Any) -> Any:
        of = given.of

        def one(key: Any, select: Any, *, anew: bool = False) -> Any:
            def selected() -> Any:
                selections.append(key)
                return select()

            return of(key, selected, anew=anew)

        return one

    world = product._world
    world.lists.of, world.found.of = counted(world.lists), counted(world.found)  # type: ignore[method-assign]
    after: str | None = url
    pages = 0
    while after is not None:
        _, answer = asked(product, "GET", after, None, APP_ACCOUNT, site.clock_ms)
        link = answer["_links"].get("next")
        pages, after = pages + 1, link and (link if link.startswith("/wiki") else f"/wiki{link}")
    assert pages > 3
    assert len(selections) == 1


def test_pages_by_title_are_found_without_a_look_at_all_of_them() -> None:
    site = generate(pages=60, issues=0, seed=1)
    world = World(site)
    for page in site.pages.values():
        same = [each.id for each in site.pages.values() if each.title == page.title]
        assert sorted(each.id for each in world.titled(page.title)) == sorted(same)
