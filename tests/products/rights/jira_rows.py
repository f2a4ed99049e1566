"""How to call each emulated read of Jira with everything that a site has, visible or hidden, and what it should
list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.confluence_rows import Row, both
from tests.products.rights.oracle import may_administer, may_in

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_model import Issue

__all__ = [
    "ALL", "JIRA_ROWS", "NOWHERE", "V3", "issue_total", "issues", "of_issue", "of_project", "plain", "some_issues",
    "values", "which",
]  # fmt: skip

V3 = "/rest/api/3"
NOWHERE = "NOWHERE"
"""A key that no project has; NOWHERE-1 is one that no issue has."""
EVERY = "created >= '1990-01-01'"
ALL = "fields=*all"


def values(kind: str, name: str = "id") -> Callable[[Any], list[str]]:
    return lambda said: [f"{kind}/{each[name]}" for each in said["values"]]


def issues(said: Any) -> list[str]:
    return [f"issue/{each['id']}" for each in said["issues"]]


def issue_total(said: Any) -> int:
    return int(said.get("total", -1))


def plain(path: str, body: object = None) -> Row:
    """A call that says the same to everybody of the site."""
    return lambda seen: iter([Probe(path=path, body=body)])


def some_issues(seen: Seen) -> list[Issue]:
    return [seen.site.issues[each] for each in seen.some("issue", list(seen.site.issues))]


def which(seen: Seen, wanted: Callable[[Issue], bool]) -> frozenset[str]:
    return seen.only("issue", [each.id for each in seen.site.issues.values() if wanted(each)])


def of_issue(path: str, more: Mapping[str, Any] | None = None) -> Row:
    """A row of calls about each issue, by id and by key."""

    def row(seen: Seen) -> Iterator[Probe]:
        for issue in some_issues(seen):
            for name, nothing in ((issue.id, MISSING), (issue.key, f"{NOWHERE}-1"), (issue.key.lower(), "nowhere-1")):
                yield Probe(path=path.format(name), about=f"issue/{issue.id}", missing=(path.format(nothing), None),
                            **(more or {}))  # fmt: skip

    return row


def comments(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        inside = seen.only("comment", [each.id for each in issue.comments])
        path = f"{V3}/issue/{{}}/comment?maxResults=1"
        yield Probe(
            path=path.format(issue.id), about=f"issue/{issue.id}", missing=(path.format(MISSING), None),
            items=lambda said: [f"comment/{each['id']}" for each in said["comments"]], expect=inside,
            count=issue_total, total=len(inside),
        )  # fmt: skip


def one_comment(seen: Seen) -> Iterator[Probe]:
    """Where the issue is seen and the comment is not, there is no such comment in it."""
    for issue in some_issues(seen):
        shut = f"issue/{issue.id}" not in seen.refs
        for comment in issue.comments:
            path = f"{V3}/issue/{{}}/comment/{{}}"
            nothing = (f"{NOWHERE}-1", comment.id) if shut else (issue.key, MISSING)
            yield Probe(path=path.format(issue.key, comment.id), about=f"comment/{comment.id}",
                        missing=(path.format(*nothing), None))  # fmt: skip
        yield Probe(path=f"{V3}/issue/{issue.id}/comment/{MISSING}", about=f"issue/{issue.id}", found=False)


def changelog(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        path, seen_too = f"{V3}/issue/{{}}/changelog?maxResults=1", f"issue/{issue.id}" in seen.refs
        logged = frozenset(f"change/{each.id}" for each in issue.changes if seen_too)
        yield Probe(path=path.format(issue.key), about=f"issue/{issue.id}",
                    missing=(path.format(f"{NOWHERE}-1"), None), items=values("change"), expect=logged,
                    count=issue_total, total=len(logged))  # fmt: skip


def bulk_changelogs(seen: Seen) -> Iterator[Probe]:
    """Issues that the caller does not see are left out."""
    asked = [each.id for each in some_issues(seen)][:1000]
    known = seen.only("issue", asked)
    logged = {f"issue/{each}" for each in asked if f"issue/{each}" in known and seen.site.issues[each].changes}
    yield Probe(
        path=f"{V3}/changelog/bulkfetch", body={"issueIdsOrKeys": [*asked[:999], f"{NOWHERE}-1"], "maxResults": 4},
        items=lambda said: [f"issue/{each['issueId']}" for each in said["issueChangeLogs"]], expect=frozenset(logged),
    )  # fmt: skip


def bulk_fetch(seen: Seen) -> Iterator[Probe]:
    for start in range(0, len(some_issues(seen)), 90):
        asked = [each.key for each in some_issues(seen)[start : start + 90]]
        known = which(seen, lambda issue, asked=asked: issue.key in asked)  # type: ignore[misc]
        yield Probe(
            path=f"{V3}/issue/bulkfetch", body={"issueIdsOrKeys": [*asked, f"{NOWHERE}-1"], "fields": ["*all"]},
            items=issues, expect=known, count=lambda said: len(said["issueErrors"]), total=len(asked) + 1 - len(known),
        )  # fmt: skip


Means = Callable[[Issue], bool]


def _project_is(id_: str) -> Means:
    return lambda issue: issue.project_id == id_


def _in_sprint(*ids: int) -> Means:
    return lambda issue: not set(ids).isdisjoint(issue.sprints)


def _below(id_: str) -> Means:
    return lambda issue: issue.parent_id == id_


def _is(id_: str) -> Means:
    return lambda issue: issue.id == id_


def _queries(seen: Seen) -> Iterator[tuple[str, str | None, str | None, Means]]:
    """JQL, the ref that it names, the same JQL about nothing, and which issues it means."""
    site = seen.site
    for order in ("", " ORDER BY summary", " ORDER BY project, key"):
        yield EVERY + order, None, None, lambda _: True
    for project in site.projects.values():
        for name, nothing in ((project.key, NOWHERE), (project.id, MISSING), (f'"{project.name}"', f'"{NOWHERE}"')):
            yield f"project = {name}", f"project/{project.id}", f"project = {nothing}", _project_is(project.id)
    for id_ in seen.some("sprint", list(site.sprints)):
        for name, nothing in ((id_, MISSING), (f'"{site.sprints[id_].name}"', f'"{NOWHERE}"')):
            yield f"sprint = {name}", f"sprint/{id_}", f"sprint = {nothing}", _in_sprint(int(id_))
    for issue in some_issues(seen):
        ref = f"issue/{issue.id}"
        yield f"parent = {issue.key}", ref, f"parent = {NOWHERE}-1", _below(issue.id)
        yield f"key in ({issue.key})", ref, f"key in ({NOWHERE}-1)", _is(issue.id)
    for word, state in (("open", "active"), ("closed", "closed"), ("future", "future")):
        such = [each.id for each in site.sprints.values() if each.state == state]
        yield f"sprint in {word}Sprints()", None, None, _in_sprint(*such)


def search_get(seen: Seen) -> Iterator[Probe]:
    for jql, about, nothing, means in _queries(seen):
        path = f"{V3}/search/jql?fields=*all&expand=changelog&maxResults=7&jql="
        yield Probe(path=path + _quoted(jql), about=about, hidden=400, items=issues, expect=which(seen, means),
                    missing=None if nothing is None else (path + _quoted(nothing), None))  # fmt: skip
    yield Probe(path=f"{V3}/search/jql?maxResults=5&jql={_quoted(EVERY)}", items=issues,
                expect=which(seen, lambda _: True))  # fmt: skip


def search_post(seen: Seen) -> Iterator[Probe]:
    for jql, about, nothing, means in _queries(seen):
        body = {"fields": ["*navigable"], "maxResults": 50}
        yield Probe(path=f"{V3}/search/jql", body=body | {"jql": jql}, about=about, hidden=400, items=issues,
                    expect=which(seen, means),
                    missing=None if nothing is None else (f"{V3}/search/jql", body | {"jql": nothing}))  # fmt: skip


def approximate_count(seen: Seen) -> Iterator[Probe]:
    path = f"{V3}/search/approximate-count"
    for jql, about, nothing, means in _queries(seen):
        yield Probe(path=path, body={"jql": jql}, about=about, hidden=400, count=lambda said: int(said["count"]),
                    total=len(which(seen, means)),
                    missing=None if nothing is None else (path, {"jql": nothing}))  # fmt: skip


def parsed(seen: Seen) -> Iterator[Probe]:
    """A query that names what is hidden is told to be in error, as if it named nothing."""
    for jql, about, _, _ in _queries(seen):
        yield Probe(
            path=f"{V3}/jql/parse", body={"queries": [jql]},
            count=lambda said: int(bool(said["queries"][0].get("errors"))),
            total=int(about is not None and about not in seen.refs),
        )  # fmt: skip


def matched(seen: Seen) -> Iterator[Probe]:
    """A query that names what is hidden is an error of its own, which finds nothing."""
    ids = [int(each) for each in seen.site.issues][:1000]
    for jql, about, _, means in _queries(seen):
        known = which(seen, lambda issue, means=means: int(issue.id) in ids and means(issue))  # type: ignore[misc]
        yield Probe(
            path=f"{V3}/jql/match", body={"issueIds": ids, "jqls": [jql]},
            items=lambda said: [f"issue/{each}" for each in said["matches"][0]["matchedIssues"]],
            expect=known if about is None or about in seen.refs else frozenset(),
        )  # fmt: skip


def _quoted(jql: str) -> str:
    return jql.replace(" ", "%20").replace('"', "%22").replace("'", "%22").replace(">", "%3E").replace("&", "%26")


def of_project(path: str) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for project in seen.site.projects.values():
            for name, nothing in ((project.id, MISSING), (project.key, NOWHERE)):
                yield Probe(path=path.format(name), about=f"project/{project.id}",
                            missing=(path.format(nothing), None))  # fmt: skip

    return row


def project_search(seen: Seen) -> Iterator[Probe]:
    projects = seen.site.projects
    every = seen.only("project", list(projects))

    def probe(query: str, expect: frozenset[str]) -> Probe:
        return Probe(path=f"{V3}/project/search?{query}", items=values("project"), expect=expect, count=issue_total,
                     total=len(expect))  # fmt: skip

    yield probe("maxResults=2&expand=description,lead", every)
    yield probe("orderBy=-name&maxResults=1", every)
    for project in projects.values():
        one = every & {f"project/{project.id}"}
        yield from (probe(f"id={project.id}", one), probe(f"keys={project.key}", one))
        yield probe(f"query={project.key}", one)
    mine = [each for each in projects.values() if may_administer(seen.site, seen.viewer, each)]
    yield probe("action=edit", seen.only("project", [each.id for each in mine]))
    made = [each for each in projects.values() if may_in(seen.site, seen.viewer, "CREATE_ISSUES", each)]
    yield probe("action=create", seen.only("project", [each.id for each in made]))


def permissions(seen: Seen) -> Iterator[Probe]:
    path = f"{V3}/mypermissions?permissions=BROWSE_PROJECTS"
    may = any(each.startswith("project/") for each in seen.refs)
    yield Probe(path=path, count=_may, total=int(may))
    for project in seen.site.projects.values():
        yield Probe(path=f"{path}&projectKey={project.key}", about=f"project/{project.id}", count=_may, total=1,
                    missing=(f"{path}&projectKey={NOWHERE}", None))  # fmt: skip
    for issue in some_issues(seen):
        yield Probe(path=f"{path}&issueKey={issue.key}", about=f"issue/{issue.id}", count=_may, total=1,
                    missing=(f"{path}&issueKey={NOWHERE}-1", None))  # fmt: skip


def _may(said: Any) -> int:
    return int(said["permissions"]["BROWSE_PROJECTS"]["havePermission"])


def users(seen: Seen) -> Iterator[Probe]:
    for account in (*seen.site.users, APP_ACCOUNT):
        yield Probe(path=f"{V3}/user?accountId={account}", about=f"user/{account}",
                    missing=(f"{V3}/user?accountId={MISSING}", None))  # fmt: skip


def bulk_users(seen: Seen) -> Iterator[Probe]:
    accounts = [*seen.site.users, APP_ACCOUNT]
    asked = "&".join(f"accountId={each}" for each in (*accounts, MISSING))
    yield Probe(path=f"{V3}/user/bulk?maxResults=3&{asked}", items=values("user", "accountId"), count=issue_total,
                expect=seen.only("user", accounts), total=len(accounts))  # fmt: skip


JIRA_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "GET /rest/api/3/serverInfo": plain(f"{V3}/serverInfo"),
        "GET /rest/api/3/myself": plain(f"{V3}/myself?expand=groups"),
        "GET /rest/api/3/mypreferences/locale": plain(f"{V3}/mypreferences/locale"),
        "GET /rest/api/3/mypermissions": permissions,
        "GET /rest/api/3/user": users,
        "GET /rest/api/3/user/bulk": bulk_users,
        "GET /rest/api/3/project/search": project_search,
        "GET /rest/api/3/project/{projectIdOrKey}": of_project(f"{V3}/project/{{}}"),
        "GET /rest/api/3/project/{projectIdOrKey}/statuses": of_project(f"{V3}/project/{{}}/statuses"),
        "GET /rest/api/3/field": plain(f"{V3}/field"),
        "GET /rest/api/3/field/search": plain(f"{V3}/field/search"),
        "GET /rest/api/3/status": plain(f"{V3}/status"),
        "GET /rest/api/3/issuetype": plain(f"{V3}/issuetype"),
        "GET /rest/api/3/priority": plain(f"{V3}/priority"),
        "GET /rest/api/3/resolution": plain(f"{V3}/resolution"),
        "GET /rest/api/3/search/jql": search_get,
        "POST /rest/api/3/search/jql": search_post,
        "POST /rest/api/3/search/approximate-count": approximate_count,
        "POST /rest/api/3/jql/match": matched,
        "POST /rest/api/3/jql/parse": parsed,
        "POST /rest/api/3/issue/bulkfetch": bulk_fetch,
        "GET /rest/api/3/issue/{issueIdOrKey}": both(
            of_issue(f"{V3}/issue/{{}}?fields=*all&expand=changelog,names"), of_issue(f"{V3}/issue/{{}}?fields=summary")
        ),
        "GET /rest/api/3/issue/{issueIdOrKey}/changelog": changelog,
        "POST /rest/api/3/changelog/bulkfetch": bulk_changelogs,
        "GET /rest/api/3/issue/{issueIdOrKey}/transitions": of_issue(f"{V3}/issue/{{}}/transitions"),
        "GET /rest/api/3/issue/{issueIdOrKey}/comment": comments,
        "GET /rest/api/3/issue/{issueIdOrKey}/comment/{id}": one_comment,
    }
)  # fmt: skip
