from __future__ import annotations

import pytest

from forgesim.site.access import (
    APP_ACCOUNT,
    may_edit_page,
    may_edit_space,
    may_view_issue,
    may_view_page,
    may_view_space,
    readable_refs,
)
from forgesim.site.generate import demo
from forgesim.site.model import Page, Site, Space


@pytest.fixture
def site() -> Site:
    return demo(1)


def account(site: Site, handle: str) -> str:
    return next(user.account_id for user in site.users.values() if user.handle == handle)


def space(site: Site, key: str) -> Space:
    return next(space for space in site.spaces.values() if space.key == key)


def open_page(site: Site) -> Page:
    return site.pages[site.variables["page"]]


def test_alice_sees_the_people_space_and_bob_does_not(site: Site) -> None:
    people = space(site, "HR")
    assert may_view_space(site, account(site, "alice"), people)
    assert not may_view_space(site, account(site, "bob"), people)
    assert not may_view_space(site, APP_ACCOUNT, people)


@pytest.mark.parametrize("who", [None, "712020:nobody"])
def test_strangers_see_nothing(site: Site, who: str | None) -> None:
    assert not may_view_page(site, who, open_page(site))
    assert readable_refs(site, who) == frozenset()


def test_people_who_left_see_nothing(site: Site) -> None:
    assert readable_refs(site, account(site, "goran")) == frozenset()


def test_a_restriction_holds_for_the_pages_below(site: Site) -> None:
    child = open_page(site)
    parent = site.pages[child.parent_id or ""]
    bob = account(site, "bob")
    assert may_view_page(site, bob, child)
    parent.viewers = [account(site, "alice")]
    assert not may_view_page(site, bob, child)
    assert may_view_page(site, account(site, "alice"), child)


def test_rank_passes_no_restriction(site: Site) -> None:
    page = open_page(site)
    page.viewers = [account(site, "bob")]
    assert not may_view_page(site, account(site, "alice"), page)


def test_a_group_opens_a_page_to_its_members(site: Site) -> None:
    page = open_page(site)
    page.viewers = ["group:on-call"]
    assert may_view_page(site, account(site, "farah"), page)
    assert not may_view_page(site, account(site, "bob"), page)


def test_who_may_see_may_not_always_edit(site: Site) -> None:
    page = open_page(site)
    bob = account(site, "bob")
    assert may_edit_page(site, bob, page)
    page.editors = [account(site, "alice")]
    assert may_view_page(site, bob, page)
    assert not may_edit_page(site, bob, page)


def test_only_editors_of_a_space_write_in_it(site: Site) -> None:
    handbook = space(site, "ENG")
    assert may_edit_space(site, account(site, "dmitri"), handbook)
    assert not may_edit_space(site, account(site, "bob"), handbook)
    handbook.status = "archived"
    assert not may_edit_space(site, account(site, "dmitri"), handbook)


def test_a_draft_is_its_authors_alone(site: Site) -> None:
    draft = next(page for page in site.pages.values() if page.status == "draft")
    readers = [who for who in (*site.users, APP_ACCOUNT) if may_view_page(site, who, draft)]
    assert set(readers) <= {draft.author}


def test_a_loop_in_the_tree_ends(site: Site) -> None:
    page = open_page(site)
    site.pages[page.parent_id or ""].parent_id = page.id
    assert may_view_page(site, account(site, "alice"), page)


def test_readable_refs_are_what_the_single_questions_answer(site: Site) -> None:
    for who in (*site.users, APP_ACCOUNT):
        refs = readable_refs(site, who)
        pages = {f"page/{page.id}" for page in site.pages.values() if may_view_page(site, who, page)}
        assert {ref for ref in refs if ref.startswith("page/")} == pages
        comments = {
            f"comment/{comment.id}"
            for page in site.pages.values()
            if f"page/{page.id}" in pages
            for comment in page.comments
        }
        issues = {f"issue/{issue.id}" for issue in site.issues.values() if may_view_issue(site, who, issue)}
        assert {ref for ref in refs if ref.startswith("issue/")} == issues
        comments |= {
            f"comment/{comment.id}"
            for issue in site.issues.values()
            if f"issue/{issue.id}" in issues
            for comment in issue.comments
        }
        assert {ref for ref in refs if ref.startswith("comment/")} == comments
