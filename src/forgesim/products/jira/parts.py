"""What lies in an issue, as Jira's JSON: comments, worklogs, attachments, links, versions, components."""

from __future__ import annotations

from typing import Any

from forgesim.products.jira import serialise
from forgesim.products.jira.errors import bad_request
from forgesim.products.jira.render import rendered
from forgesim.products.jira.serialise import Json, Shown, jira_time
from forgesim.products.jira.world import World
from forgesim.site.jira_access import in_role
from forgesim.site.jira_model import ISSUE_TYPES, Issue, IssueComment, Project
from forgesim.site.jira_parts import (
    Component,
    IssueAttachment,
    IssueLink,
    LinkType,
    ProjectVersion,
    RemoteLink,
    Visibility,
    Worklog,
)
from forgesim.site.jira_text import document

__all__ = [
    "attachment", "comment", "component", "issue_ref", "link_type", "links", "project_version", "read_visibility",
    "remote_link", "span", "time_tracking", "visibility", "worklog",
]  # fmt: skip

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3_600, 8 * 3_600, 5 * 8 * 3_600


def span(seconds: int) -> str:
    """``1w 2d 3h 4m``: a week of five days, a day of eight hours."""
    parts = []
    for size, letter in ((_WEEK, "w"), (_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{letter}")
    return " ".join(parts) or "0m"


def issue_ref(world: World, issue: Issue, shown: Shown) -> Json:
    """An issue inside another one."""
    shown.add(f"issue/{issue.id}")
    return {
        "id": issue.id,
        "key": issue.key,
        "self": f"{world.base}/rest/api/3/issue/{issue.id}",
        "fields": {
            "summary": issue.summary,
            "status": serialise.status(world, issue.status_id),
            "priority": serialise.priority(world, issue.priority_id),
            "issuetype": serialise.issue_type(world, ISSUE_TYPES[issue.type_id]),
        },
    }


def visibility(world: World, of: Visibility) -> Json:
    roles = [role for role, name in world.site.jira.roles.items() if name == of.value]
    identifier = of.value if of.kind == "group" or not roles else roles[0]
    return {"type": of.kind, "value": of.value, "identifier": identifier}


def read_visibility(world: World, account: str | None, project: Project, given: Any) -> Visibility | None:
    """The visibility of a comment or worklog to write: a role or group that the writer is a member of, else a 400."""
    if given is None:
        return None
    kind = given.get("type") if isinstance(given, dict) else None
    named = (given.get("value"), given.get("identifier")) if isinstance(given, dict) else ()
    user = world.user(account)
    if kind == "group":
        found = next((each for each in (user.groups if user else ()) if each in named), None)
        if found is not None:
            return Visibility("group", found)
        raise bad_request(f"Group: {next(filter(None, named), None)} does not exist or you are not a member of it.")
    if kind == "role":
        for role, name in world.site.jira.roles.items():
            if (name in named or role in named) and in_role(world.site, account, project, role):
                return Visibility("role", name)
        raise bad_request(f"Role: {next(filter(None, named), None)} does not exist or you are not a member of it.")
    raise bad_request("Invalid visibility: give a type of group or role, and a value.")


def comment(world: World, issue: Issue, of: IssueComment, shown: Shown, *, render: bool = False) -> Json:
    shown.add(f"comment/{of.id}")
    found: Json = {
        "self": f"{world.base}/rest/api/3/issue/{issue.id}/comment/{of.id}",
        "id": of.id,
        "author": serialise.user(world, of.author, shown),
        "body": document(of.body),
        "updateAuthor": serialise.user(world, of.updated_by or of.author, shown),
        "created": jira_time(of.created_at),
        "updated": jira_time(of.updated_at or of.created_at),
        "jsdPublic": True,
    }
    if of.visibility is not None:
        found["visibility"] = visibility(world, of.visibility)
    return found | ({"renderedBody": rendered(of.body)} if render else {})


def worklog(world: World, issue: Issue, of: Worklog, shown: Shown, *, properties: bool = False) -> Json:
    shown.add(f"worklog/{of.id}")
    found: Json = {
        "self": f"{world.base}/rest/api/3/issue/{issue.id}/worklog/{of.id}",
        "author": serialise.user(world, of.author, shown),
        "updateAuthor": serialise.user(world, of.updated_by or of.author, shown),
        "created": jira_time(of.created_at),
        "updated": jira_time(of.updated_at or of.created_at),
        "started": jira_time(of.started_at),
        "timeSpent": span(of.seconds),
        "timeSpentSeconds": of.seconds,
        "id": of.id,
        "issueId": issue.id,
    }
    if of.comment is not None:
        found["comment"] = document(of.comment)
    if of.visibility is not None:
        found["visibility"] = visibility(world, of.visibility)
    if properties:
        found["properties"] = [{"key": key, "value": value} for key, value in of.properties.items()]
    return found


def attachment(world: World, of: IssueAttachment, shown: Shown, *, alone: bool = False) -> Json:
    """``alone``: as the operations on attachments show it, which write its id as a number."""
    shown.add(f"attachment/{of.id}")
    where = f"{world.base}/rest/api/3/attachment"
    found: Json = {
        "self": f"{where}/{of.id}",
        "id": int(of.id) if alone else of.id,
        "filename": of.title,
        "author": serialise.user(world, of.author, shown),
        "created": jira_time(of.created_at),
        "size": len(of.data),
        "mimeType": of.media_type,
        "content": f"{where}/content/{of.id}",
    }
    if of.media_type.startswith("image/"):
        found["thumbnail"] = f"{where}/thumbnail/{of.id}"
    return found


def link_type(world: World, of: LinkType) -> Json:
    where = f"{world.base}/rest/api/3/issueLinkType/{of.id}"
    return {"id": of.id, "name": of.name, "inward": of.inward, "outward": of.outward, "self": where}


def links(world: World, issue: Issue, shown: Shown) -> list[Json]:
    """Links from and to the issue whose other end the viewer may see, by id."""
    found: list[tuple[int, Json]] = []

    def add(link: IssueLink, name: str, other: Issue | None) -> None:
        kind = world.site.jira.link_types.get(link.type_id)
        if other is not None and kind is not None and shown.sees(world, other):
            where = f"{world.base}/rest/api/3/issueLink/{link.id}"
            shape: Json = {"id": link.id, "self": where, "type": link_type(world, kind)}
            found.append((int(link.id), shape | {name: issue_ref(world, other, shown)}))

    for link in issue.links:
        add(link, "outwardIssue", world.site.issues.get(link.target))
    for other in world.index.linking(issue):
        for link in other.links:
            if link.target == issue.id:
                add(link, "inwardIssue", other)
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def remote_link(world: World, issue: Issue, of: RemoteLink) -> Json:
    status: Json = {} if of.resolved is None else {"resolved": of.resolved}
    shape: Json = {
        "id": int(of.id),
        "self": f"{world.base}/rest/api/3/issue/{issue.id}/remotelink/{of.id}",
        "object": {"url": of.url, "title": of.title, "icon": {}, "status": {**status, "icon": {}}},
        "application": {},
    }
    if of.summary is not None:
        shape["object"]["summary"] = of.summary
    if of.application_type is not None or of.application_name is not None:
        named = {"type": of.application_type, "name": of.application_name}
        shape["application"] = {key: value for key, value in named.items() if value is not None}
    named = {"globalId": of.global_id, "relationship": of.relationship}
    return shape | {key: value for key, value in named.items() if value is not None}


def component(world: World, of: Component) -> Json:
    """A component inside an issue."""
    found = {"self": f"{world.base}/rest/api/3/component/{of.id}", "id": of.id, "name": of.name}
    return found | ({"description": of.description} if of.description else {})


def project_version(world: World, of: ProjectVersion) -> Json:
    found: Json = {"self": f"{world.base}/rest/api/3/version/{of.id}", "id": of.id}
    if of.description:
        found["description"] = of.description
    found |= {"name": of.name, "archived": of.archived, "released": of.released}
    dates = {"startDate": of.start_date, "releaseDate": of.release_date}
    return found | {key: value for key, value in dates.items() if value is not None}


def time_tracking(issue: Issue) -> Json:
    held = {
        "originalEstimate": issue.original_seconds,
        "remainingEstimate": issue.remaining_seconds,
        "timeSpent": issue.spent_seconds,
    }
    known = {name: seconds for name, seconds in held.items() if seconds is not None}
    texts: Json = {name: span(seconds) for name, seconds in known.items()}
    return texts | {f"{name}Seconds": seconds for name, seconds in known.items()}
