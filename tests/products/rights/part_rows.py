"""How to call each emulated read of what lies in issues, projects, boards and sprints beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.board_rows import AGILE, of_board, of_sprint
from tests.products.rights.confluence_rows import Row
from tests.products.rights.jira_rows import NOWHERE, V3, of_issue, of_project, plain, some_issues

from forgesim.site.jira_model import Issue, Project

__all__ = ["PART_ROWS", "keyed", "of_part"]

WORKED = f"{V3}/issue/{{}}/worklog"


def worklogs(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        inside = seen.only("worklog", [each.id for each in issue.worklogs])
        yield Probe(
            path=WORKED.format(issue.key), about=f"issue/{issue.id}", missing=(WORKED.format(f"{NOWHERE}-1"), None),
            items=lambda said: [f"worklog/{each['id']}" for each in said["worklogs"]], expect=inside,
            count=lambda said: int(said["total"]), total=len(inside),
        )  # fmt: skip


def one_worklog(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        for each in issue.worklogs:
            shut = f"issue/{issue.id}" not in seen.refs
            path = f"{WORKED}/{{}}"
            nothing = (f"{NOWHERE}-1", each.id) if shut else (issue.key, MISSING)
            yield Probe(path=path.format(issue.key, each.id), about=f"worklog/{each.id}",
                        missing=(path.format(*nothing), None))  # fmt: skip


def many(path: str, kind: str, ids: Callable[[Issue], list[str]], listed: Callable[[Any], list[Any]]) -> Row:
    """All ids of the site in one body; what is hidden is left out."""

    def row(seen: Seen) -> Iterator[Probe]:
        every = [each for issue in some_issues(seen) for each in ids(issue)][:900]
        yield Probe(path=path, body={"ids": [int(each) for each in (*every, MISSING)]}, expect=seen.only(kind, every),
                    items=lambda said: [f"{kind}/{each['id']}" for each in listed(said)])  # fmt: skip

    return row


def links(seen: Seen) -> Iterator[Probe]:
    """*Browse projects* for both of the linked issues."""
    for issue in seen.site.issues.values():
        for link in issue.links:
            ends = [f"issue/{issue.id}", f"issue/{link.target}"]
            about = next((each for each in ends if each not in seen.refs), ends[0])
            path = f"{V3}/issueLink/{{}}"
            yield Probe(path=path.format(link.id), about=about, missing=(path.format(MISSING), None))


def of_part(path: str, parts: Callable[[Issue], list[str]], kind: str | None = None) -> Row:
    """About something in an issue, of its own visibility with ``kind``, by an id that is the site's."""

    def row(seen: Seen) -> Iterator[Probe]:
        for issue in some_issues(seen):
            for id_ in parts(issue):
                about = f"{kind}/{id_}" if kind else f"issue/{issue.id}"
                yield Probe(path=path.format(id_), about=about, missing=(path.format(MISSING), None))

    return row


def remote_link(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        for each in issue.remote_links:
            path = f"{V3}/issue/{{}}/remotelink/{each.id}"
            yield Probe(path=path.format(issue.key), about=f"issue/{issue.id}",
                        missing=(path.format(f"{NOWHERE}-1"), None))  # fmt: skip


def of_project_part(path: str, parts: Callable[[Project], list[str]]) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for project in seen.site.projects.values():
            for id_ in parts(project):
                yield Probe(path=path.format(id_), about=f"project/{project.id}", missing=(path.format(MISSING), None))

    return row


def keyed(path: str, holders: Callable[[Seen], Iterator[tuple[str, str, list[str]]]], nobody: str) -> Row:
    """A property by its key: name of the holder, its ref, its keys."""

    def row(seen: Seen) -> Iterator[Probe]:
        for name, ref, keys in holders(seen):
            for key in keys:
                yield Probe(path=path.format(name, key), about=ref, missing=(path.format(nobody, key), None))
            yield Probe(path=path.format(name, "none"), about=ref, missing=(path.format(nobody, "none"), None),
                        found=False)  # fmt: skip

    return row


def _issues(seen: Seen) -> Iterator[tuple[str, str, list[str]]]:
    return ((each.key, f"issue/{each.id}", list(each.properties)) for each in some_issues(seen))


def _projects(seen: Seen) -> Iterator[tuple[str, str, list[str]]]:
    return ((each.key, f"project/{each.id}", list(each.properties)) for each in seen.site.projects.values())


def one_filter(seen: Seen) -> Iterator[Probe]:
    """What is hidden is a 400, as what is not there."""
    for id_ in seen.site.jira.filters:
        path = f"{V3}/filter/{{}}"
        yield Probe(path=path.format(id_), about=f"filter/{id_}", hidden=400, missing=(path.format(MISSING), None))


def found_filters(seen: Seen) -> Iterator[Probe]:
    every = seen.only("filter", list(seen.site.jira.filters))
    yield Probe(path=f"{V3}/filter/search?maxResults=1&expand=owner,jql", expect=every,
                items=lambda said: [f"filter/{each['id']}" for each in said["values"]],
                count=lambda said: int(said["total"]), total=len(every))  # fmt: skip


def listed_filters(path: str, test: Callable[[Seen, str], bool]) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        ids = [id_ for id_ in seen.site.jira.filters if test(seen, id_)]
        yield Probe(path=f"{V3}/filter/{path}", expect=seen.only("filter", ids),
                    items=lambda said: [f"filter/{each['id']}" for each in said])  # fmt: skip

    return row


def _likes(seen: Seen, id_: str) -> bool:
    return seen.viewer in seen.site.jira.filters[id_].favourite_of


def permitted(seen: Seen) -> Iterator[Probe]:
    yield Probe(
        path=f"{V3}/permissions/project", body={"permissions": ["BROWSE_PROJECTS"]},
        items=lambda said: [f"project/{each['id']}" for each in said["projects"]],
        expect=seen.only("project", list(seen.site.projects)),
    )  # fmt: skip


def _logged(issue: Issue) -> list[str]:
    return [each.id for each in issue.worklogs]


def _files(issue: Issue) -> list[str]:
    return [each.id for each in issue.attachments]


def _said(issue: Issue) -> list[str]:
    return [each.id for each in issue.comments]


PART_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "GET /rest/api/3/issue/{issueIdOrKey}/editmeta": of_issue(f"{V3}/issue/{{}}/editmeta"),
        "GET /rest/api/3/issue/{issueIdOrKey}/worklog": worklogs,
        "GET /rest/api/3/issue/{issueIdOrKey}/worklog/{id}": one_worklog,
        "POST /rest/api/3/comment/list": many(f"{V3}/comment/list", "comment", _said, lambda said: said["values"]),
        "POST /rest/api/3/worklog/list": many(f"{V3}/worklog/list", "worklog", _logged, lambda said: said),
        "GET /rest/api/3/issue/{issueIdOrKey}/watchers": of_issue(f"{V3}/issue/{{}}/watchers"),
        "GET /rest/api/3/issue/{issueIdOrKey}/votes": of_issue(f"{V3}/issue/{{}}/votes"),
        "GET /rest/api/3/issueLink/{linkId}": links,
        "GET /rest/api/3/issueLinkType": plain(f"{V3}/issueLinkType"),
        "GET /rest/api/3/issue/{issueIdOrKey}/remotelink": of_issue(f"{V3}/issue/{{}}/remotelink"),
        "GET /rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}": remote_link,
        "GET /rest/api/3/attachment/{id}": of_part(f"{V3}/attachment/{{}}", _files),
        "GET /rest/api/3/attachment/content/{id}": of_part(f"{V3}/attachment/content/{{}}?redirect=false", _files),
        "GET /rest/api/3/issue/{issueIdOrKey}/properties": of_issue(f"{V3}/issue/{{}}/properties"),
        "GET /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}": keyed(
            f"{V3}/issue/{{}}/properties/{{}}", _issues, f"{NOWHERE}-1"
        ),
        "GET /rest/api/3/project/{projectIdOrKey}/properties": of_project(f"{V3}/project/{{}}/properties"),
        "GET /rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}": keyed(
            f"{V3}/project/{{}}/properties/{{}}", _projects, NOWHERE
        ),
        "GET /rest/api/3/comment/{commentId}/properties": of_part(
            f"{V3}/comment/{{}}/properties", _said, "comment"
        ),
        "GET /rest/agile/1.0/board/{boardId}/properties": of_board(f"{AGILE}/board/{{}}/properties"),
        "GET /rest/agile/1.0/sprint/{sprintId}/properties": of_sprint(f"{AGILE}/sprint/{{}}/properties"),
        "POST /rest/api/3/permissions/project": permitted,
        "GET /rest/api/3/filter/{id}": one_filter,
        "GET /rest/api/3/filter/search": found_filters,
        "GET /rest/api/3/filter/my": listed_filters(
            "my", lambda seen, id_: seen.site.jira.filters[id_].owner == seen.viewer
        ),
        "GET /rest/api/3/filter/favourite": listed_filters("favourite", _likes),
        "GET /rest/api/3/project/{projectKeyOrId}/securitylevel": of_project(f"{V3}/project/{{}}/securitylevel"),
        "GET /rest/api/3/project/{projectIdOrKey}/components": of_project(f"{V3}/project/{{}}/components"),
        "GET /rest/api/3/project/{projectIdOrKey}/component": of_project(f"{V3}/project/{{}}/component"),
        "GET /rest/api/3/component/{id}": of_project_part(
            f"{V3}/component/{{}}", lambda project: [each.id for each in project.components]
        ),
        "GET /rest/api/3/component/{id}/relatedIssueCounts": of_project_part(
            f"{V3}/component/{{}}/relatedIssueCounts", lambda project: [each.id for each in project.components]
        ),
        "GET /rest/api/3/project/{projectIdOrKey}/versions": of_project(f"{V3}/project/{{}}/versions"),
        "GET /rest/api/3/project/{projectIdOrKey}/version": of_project(f"{V3}/project/{{}}/version"),
        "GET /rest/api/3/version/{id}": of_project_part(
            f"{V3}/version/{{}}", lambda project: [each.id for each in project.versions]
        ),
        "GET /rest/api/3/version/{id}/relatedIssueCounts": of_project_part(
            f"{V3}/version/{{}}/relatedIssueCounts", lambda project: [each.id for each in project.versions]
        ),
        "GET /rest/api/3/version/{id}/unresolvedIssueCount": of_project_part(
            f"{V3}/version/{{}}/unresolvedIssueCount", lambda project: [each.id for each in project.versions]
        ),
        "GET /rest/api/3/project/{projectIdOrKey}/role": of_project(f"{V3}/project/{{}}/role"),
        "GET /rest/agile/1.0/board/{boardId}/version": of_board(f"{AGILE}/board/{{}}/version"),
        "GET /rest/agile/1.0/board/{boardId}/project": of_board(f"{AGILE}/board/{{}}/project"),
        "GET /rest/agile/1.0/board/{boardId}/project/full": of_board(f"{AGILE}/board/{{}}/project/full"),
        "GET /rest/agile/1.0/board/{boardId}/quickfilter": of_board(f"{AGILE}/board/{{}}/quickfilter"),
        "GET /rest/agile/1.0/board/{boardId}/reports": of_board(f"{AGILE}/board/{{}}/reports"),
    }
)  # fmt: skip
