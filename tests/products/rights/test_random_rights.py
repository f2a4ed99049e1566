"""The same laws on small sites whose tree, statuses, groups and restrictions are drawn."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import given, settings, strategies as st
from tests.products.rights.asking import Seen, ask_as
from tests.products.rights.canaries import Words, stamp
from tests.products.rights.laws import faults
from tests.products.rights.oracle import visible
from tests.products.rights.places import GUS, INA, MAX, OLA, RITA, VIEWERS, place
from tests.products.rights.test_rights import ROWS

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.facts import access_lists, clone
from forgesim.site.model import Site

PAGES, POSTS, ISSUES = 9, 2, 8
NAMED = st.none() | st.lists(
    st.sampled_from([OLA, MAX, RITA, INA, APP_ACCOUNT, "group:team", "group:none"]), max_size=3
)
WHO = st.sampled_from(sorted(VIEWERS.items(), key=str))


@cache
def small() -> tuple[Site, Words]:
    """The first few of everything: what follows changes rights, parents and places of a copy, never a text."""
    site = place()
    posts = [each for each in site.pages.items() if each[1].kind == "blogpost"]
    site.pages = dict([*list(site.pages.items())[:PAGES], *posts[:POSTS]])
    site.issues = dict(list(site.issues.items())[:ISSUES])
    return site, stamp(site)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    site = clone(small()[0])
    pages = [each.id for each in site.pages.values() if each.kind == "page"]
    spaces = draw(st.lists(st.sampled_from(list(site.spaces)), min_size=1, max_size=3))
    for page in site.pages.values():
        page.parent_id = draw(st.none() | st.sampled_from(pages)) if page.kind == "page" else None
        page.space_id, page.viewers = draw(st.sampled_from(spaces)), draw(NAMED)
        page.status = draw(st.sampled_from(["current", "current", "archived", "trashed", "draft"]))
        page.status = "current" if page.kind == "blogpost" and page.status == "archived" else page.status
        page.author = draw(st.sampled_from([OLA, MAX]))
    for holder in (*site.spaces.values(), *site.projects.values()):
        limited: Any = holder
        limited.viewers = draw(NAMED)
    for issue in site.issues.values():
        issue.project_id = draw(st.sampled_from(list(site.projects)))
        issue.parent_id = draw(st.none() | st.sampled_from([each for each in site.issues if each != issue.id]))
        issue.sprints = tuple(draw(st.lists(st.sampled_from(list(map(int, site.sprints))), max_size=2, unique=True)))
    site.users[GUS].groups = draw(st.lists(st.sampled_from(["team", "none"]), unique=True))
    site.users[MAX].active = draw(st.booleans())
    return site


# What a filter searches for is its owner's own text, which may name a project that was hidden from them since.
READS = sorted(name for name in ROWS if "/filter" not in name)


@given(sites(), WHO, st.sampled_from(READS))
@settings(max_examples=150, derandomize=True)
def test_a_read_tells_what_is_visible_and_nothing_else(site: Site, who: tuple[str, str | None], name: str) -> None:
    seen, ask, method = Seen(site, who[1]), ask_as(site, who[1]), name.partition(" ")[0]
    probes, words = list(ROWS[name](seen)), small()[1]
    assert [(each.path, fault) for each in probes for fault in faults(ask, seen, words, method, each)] == []


@given(sites())
def test_access_lists_say_what_the_oracle_says(site: Site) -> None:
    for account, refs in access_lists(site).items():
        assert set(refs) == {each for each in visible(site, account) if not each.startswith("user/")}
