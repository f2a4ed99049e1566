"""Confluence and Jira as the real ``@forge/api`` reads them: rights, pages, refusals and what is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from forgesim.conformance.bridge import Bridge
from forgesim.conformance.case import Case
from forgesim.conformance.compare import unlike
from forgesim.conformance.play import Bench, invocation_of
from forgesim.site.access import APP_ACCOUNT, may_view_issue, may_view_page
from forgesim.site.model import Site

pytestmark = pytest.mark.node

MISMATCH = [401, {"code": 401, "message": "Unauthorized; scope does not match"}]

PAGES = """(async () => {
  const found = [];
  let cursor;
  do {
    const path = cursor ? route`/wiki/api/v2/pages?limit=7&cursor=${cursor}` : route`/wiki/api/v2/pages?limit=7`;
    const answer = await (await api.%s().requestConfluence(path)).json();
    found.push(...answer.results.map((page) => page.id));
    const next = answer._links.next;
    cursor = next && new URL(next, 'https://host').searchParams.get('cursor');
  } while (cursor);
  return found.sort();
})()"""
ISSUES = """(async () => {
  const found = [];
  let token;
  do {
    const body = JSON.stringify({jql: 'created is not empty', maxResults: 90, ...(token && {nextPageToken: token})});
    const headers = {'Content-Type': 'application/json', Accept: 'application/json'};
    const asked = api.%s().requestJira(route`/rest/api/3/search/jql`, {method: 'POST', headers, body});
    const answer = await (await asked).json();
    found.push(...answer.issues.map((issue) => issue.id));
    token = answer.nextPageToken;
  } while (token);
  return found.sort();
})()"""


def pages_of(site: Site, account: str) -> list[str]:
    """Current and archived pages that the account sees."""
    kept = (each for each in site.pages.values() if each.kind == "page")
    shown = (each for each in kept if each.status in ("current", "archived"))
    return sorted(each.id for each in shown if may_view_page(site, account, each))


def issues_of(site: Site, account: str) -> list[str]:
    return sorted(each.id for each in site.issues.values() if may_view_issue(site, account, each))


def said(bench: Bench, node: Bridge, js: str, user: str = "alice") -> tuple[Any, Site]:
    """What the expression came to, and the site that it was asked of."""
    about = {"id": "x", "says": "x", "source": "documented", "page": "api-package"}
    case = msgspec.convert({**about, "ask": {"wait": 1}, "expect": {"status": 200}}, Case)
    with bench.stage(case) as before:
        invocation = invocation_of(before.stage, user)
        return node.ask(before.stage, invocation, {"js": js}), invocation.installation.site


@pytest.mark.parametrize("who", ["asUser", "asApp"])
@pytest.mark.parametrize(("js", "seen"), [(PAGES, pages_of), (ISSUES, issues_of)], ids=["pages", "issues"])
def test_page_after_page_shows_all_that_the_caller_may_see(
    bench: Bench, node: Bridge, js: str, seen: Callable[[Site, str], list[str]], who: str
) -> None:
    told, site = said(bench, node, js % who)
    account = APP_ACCOUNT if who == "asApp" else next(u.account_id for u in site.users.values() if u.handle == "alice")
    assert told == {"returned": seen(site, account)}
    assert len(told["returned"]) > 100


ASKED = "api.{who}().request{product}(route`{path}`).then(async answer => [answer.status, await answer.json()])"
REFUSED: dict[str, tuple[str, str, str, Any]] = {
    "a page that is not there": ("asUser", "Confluence", "/wiki/api/v2/pages/999999", [404, {"errors": [{}]}]),
    "a space that is not there": ("asApp", "Confluence", "/wiki/api/v2/spaces/999999", [404, {"errors": [{}]}]),
    "an issue that is not there": (
        "asUser", "Jira", "/rest/api/3/issue/NO-1", [404, {"errorMessages": [{"$is": "text"}]}]),
    "a number that is none": ("asApp", "Confluence", "/wiki/api/v2/pages?limit=x", [400, {"errors": [{}]}]),
    "a query that is none": (
        "asUser", "Jira", "/rest/api/3/search/jql?jql=project%20%3D", [400, {"errorMessages": [{"$is": "text"}]}]),
    "a scope of Confluence that is not granted": ("asUser", "Confluence", "/wiki/api/v2/footer-comments/1", MISMATCH),
    "a scope of Jira that is not granted": ("asApp", "Jira", "/rest/api/3/myself", MISMATCH),
    "one scope of two": ("asUser", "Jira", "/rest/agile/1.0/board", MISMATCH),
    "an operation that is not offered to apps": ("asApp", "Confluence", "/wiki/api/v2/admin-key", MISMATCH),
    "another product's path": ("asApp", "Confluence", "/rest/api/3/issue/WEB-1", MISMATCH),
    "what is gone": ("asUser", "Jira", "/rest/api/3/search?jql=", [410, {"errorMessages": [{"$is": "text"}]}]),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_reaches_the_package_as_a_response(bench: Bench, node: Bridge, why: str) -> None:
    who, product, path, wanted = REFUSED[why]
    told, _ = said(bench, node, ASKED.format(who=who, product=product, path=path))
    assert not list(unlike({"returned": wanted}, told, "the client")), told


def test_a_value_of_the_route_template_stays_one_segment(bench: Bench, node: Bridge) -> None:
    js = """api.asUser().requestConfluence(route`/wiki/api/v2/pages/${'a b&d=ü+e'}`)
      .then(answer => answer.json()).then(answer => answer.errors[0].title)"""
    told, _ = said(bench, node, js)
    assert "'a b&d=ü+e'" in told.get("returned", ""), told


def test_nobody_is_no_user_to_the_package(bench: Bench, node: Bridge) -> None:
    told, _ = said(bench, node, "api.asUser().requestJira(route`/rest/api/3/issue/WEB-1`)", user="nobody")
    assert told["threw"]["name"] == "NEEDS_AUTHENTICATION_ERR"
