"""Walking by cursor shows every visible item once, in order, whatever the page size."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.products.confluence.service import Confluence
from forgesim.scopes.table import find, normalise
from forgesim.site.model import Page, Site, Space, User

Ask = Callable[..., Any]
V2 = "/wiki/api/v2"
USER = "712020:u"


def crowded(titles: list[tuple[int, bool]]) -> Site:
    """One page per item; its number makes title and age, so there are ties, and the flag hides it."""
    pages = [
        Page(
            id=str(90 + at * 7),
            space_id="1",
            title=f"T{number}-{at % 2}",
            body="",
            author=USER,
            owner=None,
            created_at=EPOCH_MS + number,
            updated_at=EPOCH_MS + number,
            updated_by=USER,
            viewers=["somebody"] if hidden else None,
        )
        for at, (number, hidden) in enumerate(titles)
    ]
    return Site(
        name="s",
        cloud_id="c",
        host="h.example.org",
        region="us",
        clock_ms=EPOCH_MS,
        seed=1,
        synthetic=True,
        users={USER: User(account_id=USER, handle="u", name="U", email="u@example.org")},
        spaces={"1": Space(id="1", key="S", name="S")},
        pages={page.id: page for page in pages},
    )


def get(confluence: Confluence, path: str) -> Any:
    clean, query = normalise(path)
    match = find("confluence", "GET", clean)
    assert match is not None
    got = confluence.perform(match.operation, match.params, query, b"", account=USER, now_ms=EPOCH_MS)
    assert got.answer.status == 200, got.answer.body
    payload = json.loads(got.answer.body)
    link = dict(got.answer.headers).get("link")
    after = payload["_links"].get("next")
    assert (link is None) == (after is None)
    assert link is None or link == f'<{after}>; rel="next", <https://h.example.org/wiki>; rel="base"'
    return payload


def walk(confluence: Confluence, path: str, limits: list[int]) -> list[str]:
    """All ids; the limits are used in turn, as a caller may change the page size on the way."""
    found: list[str] = []
    after: str | None = path
    turn = 0
    while after is not None:
        limit = limits[turn % len(limits)]
        head, _, cursor = after.partition("cursor=")
        query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        base = head.split("limit=")[0].rstrip("&?")
        payload = get(confluence, f"{base}{'&' if '?' in base else '?'}{query}")
        assert len(payload["results"]) <= limit
        found += [each["id"] for each in payload["results"]]
        after, turn = payload["_links"].get("next"), turn + 1
        assert turn < 200
    return found


SORTS = st.sampled_from(["", "sort=title", "sort=-title", "sort=created-date", "sort=-modified-date", "sort=-id"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=30),
    SORTS,
    st.lists(st.integers(1, 12), min_size=1, max_size=3),
)
def test_a_walk_shows_each_visible_page_once_and_in_order(
    items: list[tuple[int, bool]], sort: str, limits: list[int]
) -> None:
    site = crowded(items)
    confluence = Confluence(site)
    path = f"{V2}/spaces/1/pages" + (f"?{sort}" if sort else "")
    whole = [each["id"] for each in get(confluence, f"{path}{'&' if sort else '?'}limit=250")["results"]]
    assert walk(confluence, path, limits) == whole
    assert set(whole) == {page.id for page in site.pages.values() if page.viewers is None}
    by = {"title": "title", "created-date": "created_at", "modified-date": "updated_at"}
    name = by.get(sort.removeprefix("sort=").removeprefix("-"))
    if name:
        keys = [getattr(site.pages[each], name) for each in whole]
        assert keys == sorted(keys, reverse="=-" in sort)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 20), st.integers(1, 5), st.data())
def test_a_page_that_vanishes_on_the_way_hides_no_other(count: int, limit: int, data: st.DataObject) -> None:
    site = crowded([(0, False)] * count)
    confluence = Confluence(site)
    first = get(confluence, f"{V2}/pages?limit={limit}")
    shown = [each["id"] for each in first["results"]]
    gone = data.draw(st.sampled_from(sorted(site.pages)))
    del site.pages[gone]
    after = first["_links"].get("next")
    rest = walk(confluence, after, [limit]) if after else []
    assert set(shown + rest) | {gone} == set(site.pages) | {gone}
    assert len(shown + rest) == len(set(shown + rest))


def test_the_next_link_repeats_the_query(ask: Ask) -> None:
    got = ask("GET", f"{V2}/spaces/10/pages?limit=2&status=current&title=&sort=-id".replace("&title=", ""))
    after = got.json["_links"]["next"]
    assert after.startswith(f"{V2}/spaces/10/pages?limit=2&status=current&sort=-id&cursor=")
    assert got.json["_links"]["base"] == "https://test.example.org/wiki"
    assert ask("GET", after).ids[0] == "102"


@pytest.mark.parametrize(
    "path",
    [
        f"{V2}/pages?limit=2&sort=title",
        f"{V2}/pages?limit=2&status=archived",
        f"{V2}/spaces/10/pages?limit=2",
    ],
)
def test_a_cursor_belongs_to_its_query(ask: Ask, path: str) -> None:
    cursor = ask("GET", f"{V2}/pages?limit=2").json["_links"]["next"].partition("cursor=")[2]
    assert ask("GET", f"{V2}/pages?limit=3&cursor={cursor}").ids == ["102", "103", "104"]
    assert ask("GET", f"{path}&cursor={cursor}").status == 400


def test_attachments_come_by_fifty_and_the_rest_by_twenty_five(ask: Ask, site: Site) -> None:
    first = site.pages["101"].attachments[0]
    many = [type(first)(id=str(at), title="t", media_type="a/b", created_at=1, author="x") for at in range(800, 860)]
    site.pages["101"].attachments = many
    assert len(ask("GET", f"{V2}/pages/101/attachments").ids) == 50
    site.pages["101"].properties = {f"k{at:02}": at for at in range(30)}
    assert len(ask("GET", f"{V2}/pages/101/properties").ids) == 25
