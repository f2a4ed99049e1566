"""Pages of one list come of one selection, and show what a selection made anew would show; so do issues and people that
are kept as they were shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.products.jira.jql_match import Matcher
from forgesim.products.jira.service import Jira
from forgesim.products.selections import MOST_KEPT, Selections
from forgesim.scopes.table import find
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.model import Site
from forgesim.site.scale import generate

SEARCH = "/rest/api/3/search/jql"
WHOLE = "changelog,renderedFields,transitions,editmeta"
JQL = (
    "project = {project}",
    "project = {project} AND status = Done ORDER BY updated DESC",
    "created <= -1d ORDER BY key ASC",
    "assignee = currentUser() OR sprint in openSprints()",
    "updated >= startOfDay(-30d)",
    "duedate < endOfWeek()",
    "status changed after -60d",
    'assignee in membersOf("jira-software-users") OR labels is EMPTY',
    'text ~ "a*" ORDER BY rank',
)


def asked(product: Jira, method: str, url: str, body: Any, by: str, now_ms: int) -> tuple[int, Any]:
    where = urlsplit(url)
    match = find("jira", method, where.path)
    assert match is not None
    raw = b"" if body is None else json.dumps(body).encode()
    got = product.perform(match.operation, match.params, parse_qsl(where.query), raw, account=by, now_ms=now_ms)
    return got.answer.status, json.loads(got.answer.body) if got.answer.body else None


def reads(site: Site) -> list[str]:
    named = site.variables
    queries = [each.format(project=named["project"]) for each in JQL]
    lists = (f"board/{named['board']}/issue", f"sprint/{named['sprint']}/issue", f"board/{named['board']}/backlog")
    return [
        *(f"{SEARCH}?{urlencode({'jql': each, 'fields': 'summary', 'maxResults': 7})}" for each in queries),
        *(f"/rest/agile/1.0/{path}?fields=summary&startAt=3&maxResults=5" for path in lists),
        f"/rest/agile/1.0/board/{named['board']}/issue?fields=summary&jql=status=Done",
        f"/rest/agile/1.0/board/{named['board']}/issue?expand=changelog&startAt=3&maxResults=5",
        f"{SEARCH}?{urlencode({'jql': queries[0], 'fields': '*all', 'expand': WHOLE, 'maxResults': 7})}",
        f"/rest/api/3/issue/{next(iter(site.issues))}?expand={WHOLE}",
        "/rest/api/3/myself?expand=groups",
        "/rest/api/3/users/search?maxResults=5",
    ]


def writes(site: Site, at: int) -> tuple[str, str, Any]:
    issue = list(site.issues.values())[at * 7 % len(site.issues)]
    return (
        ("PUT", f"/rest/api/3/issue/{issue.id}", {"fields": {"summary": f"A new word {at}", "labels": ["fresh"]}}),
        ("DELETE", f"/rest/api/3/issue/{issue.id}?deleteSubtasks=true", None),
        ("POST", f"/rest/agile/1.0/sprint/{site.variables['sprint']}/issue", {"issues": [issue.key]}),
        ("PUT", "/rest/agile/1.0/issue/rank",
         {"issues": [issue.key], "rankBeforeIssue": next(iter(site.issues.values())).key}),
    )[at % 4]  # fmt: skip


STEPS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 3), st.sampled_from((0, 80, 59_000, 90_000_000))),
    max_size=12,
)


@given(STEPS, st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_every_page_is_that_of_a_selection_made_anew(steps: Sequence[tuple[bool, int, int, int]], seed: int) -> None:
    site = generate(pages=1, issues=120, seed=seed)
    kept, now, tokens = Jira(site), site.clock_ms, dict[tuple[str, str], str]()
    people = (APP_ACCOUNT, *list(site.users)[:3])
    for is_write, number, who, later in steps:
        now, by = now + later, people[who]
        if is_write:
            asked(kept, *writes(site, number), by=by, now_ms=now)
            continue
        url = reads(site)[number % len(reads(site))]
        whole = f"{url}&{urlencode({'nextPageToken': tokens[url, by]})}" if (url, by) in tokens else url
        answer = asked(kept, "GET", whole, None, by, now)
        assert answer == asked(Jira(site), "GET", whole, None, by, now)
        tokens.pop((url, by), None)
        if isinstance(answer[1], dict) and "nextPageToken" in answer[1]:
            tokens[url, by] = answer[1]["nextPageToken"]


def test_no_answer_changes_another() -> None:
    site = generate(pages=1, issues=60, seed=1)
    by, now = next(iter(site.users)), site.clock_ms
    alone = {url: asked(Jira(site), "GET", url, None, by, now) for url in reads(site)}
    for first in alone:
        kept = Jira(site)
        asked(kept, "GET", first, None, by, now)
        assert {url: asked(kept, "GET", url, None, by, now) for url in alone} == alone


@pytest.mark.parametrize("project", ["project = {project}", "project = {project} AND created < now()"])
def test_a_project_read_page_by_page_is_selected_once(monkeypatch: pytest.MonkeyPatch, project: str) -> None:
    site = generate(pages=1, issues=300, seed=1)
    product, selections, select = Jira(site), list[object](), Matcher.select

    def counted(*given: Any) -> Any:
        selections.append(given)
        return select(*given)

    monkeypatch.setattr(Matcher, "select", counted)
    start = f"{SEARCH}?jql={project.format(project=site.variables['project'])}&maxResults=20"
    url: str | None = start
    pages = 0
    while url is not None:
        _, page = asked(product, "GET", url, None, APP_ACCOUNT, site.clock_ms)
        pages, url = pages + 1, f"{start}&nextPageToken={page['nextPageToken']}" if "nextPageToken" in page else None
    assert pages > 3
    assert len(selections) == 1


def test_only_the_lists_that_were_read_last_are_kept() -> None:
    kept = Selections[int]()
    for number in range(MOST_KEPT + 5):
        kept.of(number, lambda number=number: [number])  # type: ignore[misc]
    kept.of(5, list)
    assert kept.of(5, list) == [5]
    assert kept.of(0, lambda: [99]) == [99]
    kept.forget()
    assert kept.of(5, list) == []
