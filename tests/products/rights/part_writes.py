"""How to call each emulated write of what lies in issues beside their fields; the permission that it takes is what its
OpenAPI document names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import Form, Seen
from tests.products.rights.writes import DOC, V3, Row, Write, may_do, of_issue

from forgesim.site.jira_model import Issue

__all__ = ["PART_WRITES"]

OLA, GUS = "712020:ola", "712020:gus"
ISSUE = f"{V3}/issue/{{}}"


def own_or_all(
    path: str, kind: str, verb: str, parts: Callable[[Issue], Any], body: object = None, *,
    refused: tuple[int, ...] = (403,), also: tuple[str, ...] = (),
) -> Row:  # fmt: skip
    """A change of each thing in each issue, by who has the permission for their own, or for all those of others."""

    def row(seen: Seen) -> Iterator[Write]:
        for issue in seen.site.issues.values():
            for part in parts(issue):
                whose = "OWN" if part.author == seen.viewer else "ALL"
                yield Write(path=path.format(issue.key, part.id), body=body, about=(f"{kind}/{part.id}",),
                            may=may_do(seen, f"{verb}_{whose}_{kind.upper()}S", issue), refused=refused,
                            touches=frozenset({f"issue/{issue.id}", *also}))  # fmt: skip

    return row


def _worklogs(issue: Issue) -> Any:
    return issue.worklogs


def _comments(issue: Issue) -> Any:
    return issue.comments


def vote(seen: Seen) -> Iterator[Write]:
    """Whoever sees an issue votes for it, once, unless they have reported it."""
    for issue in seen.site.issues.values():
        may = seen.viewer is not None and seen.viewer != issue.reporter and issue.resolution_id is None
        if seen.viewer not in issue.voters:
            yield Write(path=f"{V3}/issue/{issue.key}/votes", about=(f"issue/{issue.id}",), may=may, refused=(404,),
                        touches=frozenset({f"issue/{issue.id}"}))  # fmt: skip


def take_vote(seen: Seen) -> Iterator[Write]:
    for issue in seen.site.issues.values():
        yield Write(path=f"{V3}/issue/{issue.key}/votes", about=(f"issue/{issue.id}",), refused=(404,),
                    may=seen.viewer in issue.voters, touches=frozenset({f"issue/{issue.id}"}))  # fmt: skip


def watch(seen: Seen) -> Iterator[Write]:
    """Oneself as one likes; another, who has to see the issue, by who manages watchers."""
    for issue in seen.site.issues.values():
        ref, path = f"issue/{issue.id}", f"{V3}/issue/{issue.key}/watchers"
        if seen.viewer not in issue.watchers:
            yield Write(path=path, about=(ref,), may=seen.viewer is not None, refused=(401,), touches=frozenset({ref}))
        shown = ref in Seen(seen.site, GUS).refs
        may = may_do(seen, "MANAGE_WATCHERS", issue) or seen.viewer == GUS
        yield Write(path=path, body=GUS, about=(ref,), may=may and shown, refused=(404,) if may else (403,),
                    touches=frozenset({ref}))  # fmt: skip


def unwatch(seen: Seen) -> Iterator[Write]:
    for issue in seen.site.issues.values():
        ref, may = f"issue/{issue.id}", may_do(seen, "MANAGE_WATCHERS", issue) or seen.viewer == OLA
        yield Write(path=f"{V3}/issue/{issue.key}/watchers?accountId={OLA}", about=(ref,), may=may,
                    touches=frozenset({ref}))  # fmt: skip


def link(seen: Seen) -> Iterator[Write]:
    """*Browse projects* for both issues, *Link issues* for the outward one."""
    issues = seen.site.issues
    for partner in (issues["600106"], issues["601003"], issues["600301"]):
        for issue in (each for each in issues.values() if each is not partner):
            for inward, outward in ((partner, issue), (issue, partner)):
                refs = (f"issue/{inward.id}", f"issue/{outward.id}")
                body = {
                    "type": {"name": "Relates"},
                    "inwardIssue": {"key": inward.key},
                    "outwardIssue": {"id": outward.id},
                }
                yield Write(path=f"{V3}/issueLink", body=body, about=refs, may=may_do(seen, "LINK_ISSUES", outward),
                            refused=(404,), touches=frozenset(refs))  # fmt: skip


def unlink(seen: Seen) -> Iterator[Write]:
    """*Browse projects* for both issues, *Link issues* for one of them."""
    for issue in seen.site.issues.values():
        for each in issue.links:
            ends = (issue, seen.site.issues[each.target])
            refs = tuple(f"issue/{end.id}" for end in ends)
            yield Write(path=f"{V3}/issueLink/{each.id}", about=refs, refused=(404,), touches=frozenset(refs),
                        may=any(may_do(seen, "LINK_ISSUES", end) for end in ends))  # fmt: skip


def elsewhere(path: str, body: object = None, *permissions: str) -> Row:
    """A change of the remote link of each issue, which takes all of the permissions."""

    def row(seen: Seen) -> Iterator[Write]:
        for issue in seen.site.issues.values():
            ref = f"issue/{issue.id}"
            for each in issue.remote_links:
                yield Write(path=path.format(issue.key, each.id), body=body, about=(ref,), touches=frozenset({ref}),
                            may=all(may_do(seen, name, issue) for name in permissions))  # fmt: skip

    return row


def remove_file(seen: Seen) -> Iterator[Write]:
    for issue in seen.site.issues.values():
        for each in issue.attachments:
            whose = "OWN" if each.author == seen.viewer else "ALL"
            yield Write(path=f"{V3}/attachment/{each.id}", about=(f"attachment/{each.id}",),
                        may=may_do(seen, f"DELETE_{whose}_ATTACHMENTS", issue),
                        touches=frozenset({f"issue/{issue.id}"}))  # fmt: skip


def create_many(seen: Seen) -> Iterator[Write]:
    """Each for itself: one that may be created is, whatever comes of the other."""
    for project in seen.site.projects.values():
        fields = {"project": {"key": project.key}, "issuetype": {"id": "10001"}, "summary": "new"}
        nowhere = fields | {"project": {"key": "NOWHERE"}}
        yield Write(path=f"{V3}/issue/bulk", body={"issueUpdates": [{"fields": nowhere}, {"fields": fields}]},
                    about=(f"project/{project.id}",), may=may_do(seen, "CREATE_ISSUES", project), hidden=(400,),
                    refused=(400,), touches=frozenset({f"project/{project.id}"}), makes=("issue",))  # fmt: skip


ELSEWHERE = {"globalId": "h", "object": {"url": "https://example.org/y", "title": "another"}}
WORKLOG = f"{ISSUE}/worklog/{{}}"
KEPT = "/properties/k"

PART_WRITES: Mapping[str, Row] = MappingProxyType(
    {
        "PUT /rest/api/3/issue/{issueIdOrKey}/assignee": of_issue(
            f"{ISSUE}/assignee", "ASSIGN_ISSUES", {"accountId": None}, lambda _, issue: issue.assignee is not None
        ),
        "POST /rest/api/3/issue/bulk": create_many,
        "POST /rest/api/3/issue/{issueIdOrKey}/worklog": of_issue(
            f"{ISSUE}/worklog", "WORK_ON_ISSUES", {"timeSpentSeconds": 60}, refused=(400,)
        ),
        "PUT /rest/api/3/issue/{issueIdOrKey}/worklog/{id}": own_or_all(
            WORKLOG, "worklog", "EDIT", _worklogs, {"comment": DOC}, refused=(400,)
        ),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/worklog/{id}": own_or_all(
            WORKLOG, "worklog", "DELETE", _worklogs, refused=(400,), also=("gone",)
        ),
        "PUT /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}": own_or_all(
            f"{WORKLOG}{KEPT}", "worklog", "EDIT", _worklogs, 2
        ),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}": own_or_all(
            f"{WORKLOG}{KEPT}", "worklog", "EDIT", _worklogs
        ),
        "PUT /rest/api/3/comment/{commentId}/properties/{propertyKey}": own_or_all(
            f"{V3}/comment/{{1}}{KEPT}", "comment", "EDIT", _comments, 2
        ),
        "DELETE /rest/api/3/comment/{commentId}/properties/{propertyKey}": own_or_all(
            f"{V3}/comment/{{1}}{KEPT}", "comment", "EDIT", _comments
        ),
        "PUT /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}": of_issue(f"{ISSUE}{KEPT}", "EDIT_ISSUES", 2),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}": of_issue(
            f"{ISSUE}{KEPT}", "EDIT_ISSUES", refused=(404,)
        ),
        "POST /rest/api/3/issue/{issueIdOrKey}/votes": vote,
        "DELETE /rest/api/3/issue/{issueIdOrKey}/votes": take_vote,
        "POST /rest/api/3/issue/{issueIdOrKey}/watchers": watch,
        "DELETE /rest/api/3/issue/{issueIdOrKey}/watchers": unwatch,
        "POST /rest/api/3/issueLink": link,
        "DELETE /rest/api/3/issueLink/{linkId}": unlink,
        "POST /rest/api/3/issue/{issueIdOrKey}/remotelink": of_issue(f"{ISSUE}/remotelink", "LINK_ISSUES", ELSEWHERE),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/remotelink": elsewhere(
            f"{ISSUE}/remotelink?globalId=g", None, "LINK_ISSUES"
        ),
        "PUT /rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}": elsewhere(
            f"{ISSUE}/remotelink/{{}}", ELSEWHERE, "LINK_ISSUES"
        ),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}": elsewhere(
            f"{ISSUE}/remotelink/{{}}", None, "LINK_ISSUES", "EDIT_ISSUES"
        ),
        "POST /rest/api/3/issue/{issueIdOrKey}/attachments": of_issue(
            f"{ISSUE}/attachments", "CREATE_ATTACHMENTS", Form("new.txt")
        ),
        "DELETE /rest/api/3/attachment/{id}": remove_file,
    }
)
