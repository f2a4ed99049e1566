"""What somebody may not see gets other words, or goes; what they may see stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.site.access import APP_ACCOUNT, readable_refs
from forgesim.site.facts import clone
from forgesim.site.generate import demo, proof
from forgesim.site.hidden import admit, hidden_from, remove, reworded
from forgesim.site.jira_parts import IssueLink, PermissionScheme, Visibility, Worklog
from forgesim.site.model import Comment, Site, Version
from forgesim.site.twin import twin


@pytest.fixture
def site() -> Site:
    return demo(1)


def account(site: Site, handle: str) -> str:
    return next(user.account_id for user in site.users.values() if user.handle == handle)


def link(title: str) -> str:
    return f'<p><ac:link><ri:page ri:content-title="{title}" /></ac:link></p>'


def test_a_hidden_old_version_still_names_by_its_title_what_is_not_hidden(site: Site) -> None:
    hidden, shown = (page for page, _ in zip(site.pages.values(), range(2), strict=False))
    old = Version(number=1, at=1, author="a", title="Before", body=link(shown.title))
    hidden.versions = [old]
    hidden.comments = [Comment(id="1", author="a", created_at=1, body="<p>x</p>", versions=(old,))]
    found = reworded(site, twin(site, 3), frozenset((f"page/{hidden.id}",))).pages[hidden.id]
    assert found.versions[0].body == found.comments[0].versions[0].body == link(shown.title)
    assert found.versions[0].title != "Before"


def test_a_title_that_an_old_version_shows_to_all_is_not_hidden(site: Site) -> None:
    hidden, shown = (page for page, _ in zip(site.pages.values(), range(2), strict=False))
    shown.versions = [Version(number=1, at=1, author="a", title="Before", body=link(hidden.title))]
    found = reworded(site, twin(site, 3), frozenset((f"page/{hidden.id}",)))
    assert found.pages[hidden.id].title == hidden.title


def logged(site: Site) -> tuple[Any, frozenset[str]]:
    """An issue that bob sees, with work logged that is for engineering alone."""
    issue = next(each for each in site.issues.values() if each.project_id == "10001")
    work: dict[str, Any] = {"author": issue.creator, "created_at": 1, "started_at": 1, "seconds": 60}
    issue.worklogs = (
        Worklog(id="1", comment="Plain words", **work),
        Worklog(id="2", comment="Secret words", visibility=Visibility("group", "engineering"), **work),
    )
    return issue, hidden_from(site, account(site, "bob"))


def test_work_logged_for_few_has_other_words_and_the_rest_its_own(site: Site) -> None:
    issue, refs = logged(site)
    open_, few = reworded(site, twin(site, 3), refs).issues[issue.id].worklogs
    assert open_.comment == "Plain words"
    assert few.comment != "Secret words"
    assert issue.worklogs[1].comment == "Secret words"


def test_work_logged_for_few_loses_its_words_and_still_counts(site: Site) -> None:
    issue, refs = logged(site)
    remove(site, refs)
    assert [each.comment for each in site.issues[issue.id].worklogs] == ["Plain words", None]
    assert issue.spent_seconds == 120


@pytest.mark.parametrize("kind", ["demo", "proof"])
@pytest.mark.parametrize("seed", range(3))
def test_what_somebody_may_see_is_the_same_where_the_rest_is_gone(kind: str, seed: int) -> None:
    site = {"demo": demo, "proof": proof}[kind](seed)
    for who in site.users:
        without = clone(site)
        remove(without, hidden_from(site, who))
        assert readable_refs(without, who) == readable_refs(site, who)


def test_a_draft_far_below_a_page_for_few_does_not_open_what_lies_between(site: Site) -> None:
    """Nobody sees a draft but its author, so that it is not among what somebody may not see."""
    bob, alice = account(site, "bob"), account(site, "alice")
    top = next(page for page in site.pages.values() if page.parent_id is None and page.space_id == "98305")
    below = [page for page in site.pages.values() if page is not top and page.space_id == top.space_id][:2]
    top.viewers, below[0].parent_id, below[1].parent_id = [alice], top.id, below[0].id
    below[1].status = "draft"
    before = readable_refs(site, bob)
    assert f"page/{below[0].id}" not in before
    remove(site, hidden_from(site, bob))
    assert readable_refs(site, bob) == before


def test_no_link_leads_to_an_issue_that_is_gone(site: Site) -> None:
    one, other = (issue for issue, _ in zip(site.issues.values(), range(2), strict=False))
    one.links = (IssueLink("1", "10003", other.id),)
    without = clone(site)
    remove(without, frozenset((f"issue/{other.id}",)))
    assert without.issues[one.id].links == ()


def test_whoever_is_admitted_sees_every_page_and_project_and_nobody_else_sees_more(site: Site) -> None:
    scheme = PermissionScheme(id="1", name="few", grants={"BROWSE_PROJECTS": ("group:engineering",)})
    site.jira.permission_schemes["1"] = scheme
    next(iter(site.projects.values())).scheme_id = "1"
    next(iter(site.spaces.values())).permissions["read:space"] = ["group:engineering"]
    opened = clone(site)
    admit(opened, APP_ACCOUNT)
    few = {ref for ref in hidden_from(site, APP_ACCOUNT) if ref.startswith(("page/", "space/", "project/", "issue/"))}
    few -= {f"page/{page.id}" for page in site.pages.values() if page.status == "draft"}  # which are their author's
    assert few
    assert few <= readable_refs(opened, APP_ACCOUNT)
    assert all(readable_refs(opened, each) == readable_refs(site, each) for each in site.users)
