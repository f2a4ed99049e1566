"""Fields that may be empty can be emptied and filled, and what they were before is nowhere left."""

from __future__ import annotations

from typing import Any

import pytest
from tests.site.test_drawn import wrong

from forgesim.site.blank import ISSUE_BLANKS, PAGE_BLANKS, IssueBlank, PageBlank, empty_issue, empty_page
from forgesim.site.blank_fill import fill_issue, fill_page
from forgesim.site.facts import clone, digest
from forgesim.site.generate import proof
from forgesim.site.jira_history import fields_at, fields_now
from forgesim.site.jira_model import SPRINT_FIELD, STORY_POINTS_FIELD, Issue
from forgesim.site.model import Page, Site

BASE = proof(1, jira=True)
NAMES = {"sprint": SPRINT_FIELD, "estimate": STORY_POINTS_FIELD}
HELD = {"body": "body", "owner": "owner", "labels": "labels", "comments": "comments", "parent": "parent_id"}


@pytest.fixture
def site() -> Site:
    return clone(BASE)


def busy(site: Site) -> Issue:
    """A done issue, with a history, that is neither an epic nor without one."""
    return next(each for each in site.issues.values() if each.resolution_id and each.parent_id and each.sprints)


def below(site: Site) -> Page:
    return next(each for each in site.pages.values() if each.parent_id and any(v.message for v in each.versions))


def held(issue: Issue, field: str) -> Any:
    return issue.comments if field == "comments" else fields_now(issue)[NAMES.get(field, field)]


@pytest.mark.parametrize("field", ISSUE_BLANKS)
def test_a_field_of_an_issue_is_emptied_and_filled(site: Site, field: IssueBlank) -> None:
    issue = busy(site)
    empty_issue(issue, field)
    assert not held(issue, field)
    assert list(wrong(site)) == []
    fill_issue(site, issue, field)
    assert held(issue, field)
    assert list(wrong(site)) == []


@pytest.mark.parametrize("field", ISSUE_BLANKS)
def test_a_filled_field_has_had_its_value_all_along(site: Site, field: IssueBlank) -> None:
    issue = busy(site)
    empty_issue(issue, field)
    fill_issue(site, issue, field)
    name = NAMES.get(field, field)
    assert (fields_at(issue, issue.created_at) or {}).get(name) == fields_now(issue).get(name)


@pytest.mark.parametrize("field", PAGE_BLANKS)
def test_a_field_of_a_page_is_emptied_and_filled(site: Site, field: PageBlank) -> None:
    page = below(site)
    empty_page(page, field)
    value: Any = {each.message for each in page.versions} - {""} if field == "message" else getattr(page, HELD[field])
    assert not value
    fill_page(site, page, field)
    assert all(each.message for each in page.versions) if field == "message" else getattr(page, HELD[field])
    assert list(wrong(site)) == []


def test_what_has_a_value_keeps_it_and_its_history(site: Site) -> None:
    issue, page = busy(site), below(site)
    for of_issue in ("priority", "reporter", "sprint", "resolution", "parent"):
        fill_issue(site, issue, of_issue)
    for of_page in ("body", "parent"):
        fill_page(site, page, of_page)
    assert digest(site) == digest(BASE)


GIVEN: list[tuple[IssueBlank, Any, Any]] = [
    ("priority", "highest", "1"),
    ("priority", "no such thing", "3"),
    ("resolution", "Won't Do", "10001"),
    ("estimate", 40, "40"),
    ("estimate", float("nan"), "3"),
    ("duedate", "2019-12-31", "2019-12-31"),
    ("duedate", "soon", "2026-01-04"),
]


@pytest.mark.parametrize(("field", "value", "has"), GIVEN)
def test_a_field_is_given_the_value_that_is_wanted_where_it_may_have_it(
    site: Site, field: IssueBlank, value: Any, has: str
) -> None:
    issue = busy(site)
    empty_issue(issue, field)
    fill_issue(site, issue, field, value)
    assert held(issue, field) == has


def test_a_sub_task_keeps_its_parent_and_an_epic_gets_none(site: Site) -> None:
    issue, epic = busy(site), next(each for each in site.issues.values() if each.type_id == "10000")
    issue.type_id = "10003"
    empty_issue(issue, "parent")
    fill_issue(site, epic, "parent")
    assert issue.parent_id
    assert epic.parent_id is None
