"""Events of Jira: what its writes tell triggers, and with which words (Forge documentation, "Jira events" and "Jira
Software events", 2025 and 2026).

Of people they have the account id alone; a history names them, as the changelog of the REST API does. A deletion tells
of what was deleted alone, never of what goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from forgesim.clock import iso_utc
from forgesim.products.answer import Happened
from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call
from forgesim.products.jira.history import shown_change
from forgesim.products.jira.serialise import Json, jira_time
from forgesim.products.jira.world import World
from forgesim.site.jira_model import ISSUE_TYPES, Board, Change, Issue, IssueComment, Sprint
from forgesim.site.jira_parts import IssueAttachment, IssueLink, Worklog
from forgesim.site.jira_text import document, mentioned

__all__ = ["RAISES", "sample", "sprint_shown", "tell_attachment", "tell_board", "tell_comment", "tell_issue",
           "tell_link", "tell_sprint", "tell_update", "tell_worklog"]  # fmt: skip

_ISSUE = "avi:jira:{}:issue"
_COMMENT = "avi:jira:{}:comment"
_SPRINT = "avi:jira-software:{}:sprint"
_BOARD = "avi:jira-software:{}:board"
_CHANGED = tuple(_ISSUE.format(each) for each in ("updated", "assigned", "mentioned"))
_COMMENTED = (_ISSUE.format("commented"), _COMMENT.format("mentioned"))
_MOVED = (_ISSUE.format("updated"),)
_STEPPED = tuple(_SPRINT.format(each) for each in ("updated", "started", "closed"))

RAISES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "POST /rest/api/3/issue": (_ISSUE.format("created"), _ISSUE.format("mentioned")),
        "PUT /rest/api/3/issue/{issueIdOrKey}": _CHANGED,
        "DELETE /rest/api/3/issue/{issueIdOrKey}": (_ISSUE.format("deleted"),),
        "POST /rest/api/3/issue/{issueIdOrKey}/transitions": _CHANGED,
        "POST /rest/api/3/issue/{issueIdOrKey}/comment": _COMMENTED,
        "PUT /rest/api/3/issue/{issueIdOrKey}/comment/{id}": _COMMENTED,
        "DELETE /rest/api/3/issue/{issueIdOrKey}/comment/{id}": (_COMMENT.format("deleted"),),
        "PUT /rest/api/3/issue/{issueIdOrKey}/assignee": _CHANGED,
        "POST /rest/api/3/issue/bulk": (_ISSUE.format("created"), _ISSUE.format("mentioned")),
        "POST /rest/api/3/issue/{issueIdOrKey}/worklog": ("avi:jira:created:worklog", *_MOVED),
        "PUT /rest/api/3/issue/{issueIdOrKey}/worklog/{id}": ("avi:jira:updated:worklog", *_MOVED),
        "DELETE /rest/api/3/issue/{issueIdOrKey}/worklog/{id}": ("avi:jira:deleted:worklog", *_MOVED),
        "POST /rest/api/3/issueLink": ("avi:jira:created:issuelink",),
        "DELETE /rest/api/3/issueLink/{linkId}": ("avi:jira:deleted:issuelink",),
        "POST /rest/api/3/issue/{issueIdOrKey}/attachments": ("avi:jira:created:attachment",),
        "DELETE /rest/api/3/attachment/{id}": ("avi:jira:deleted:attachment",),
        "PUT /rest/agile/1.0/issue/{issueIdOrKey}/estimation": _MOVED,
        "POST /rest/agile/1.0/backlog/issue": _MOVED,
        "POST /rest/agile/1.0/sprint/{sprintId}/issue": _MOVED,
        "POST /rest/agile/1.0/backlog/{boardId}/issue": _MOVED,
        "POST /rest/agile/1.0/board/{boardId}/issue": _MOVED,
        "POST /rest/agile/1.0/epic/{epicIdOrKey}": _MOVED,
        "POST /rest/agile/1.0/epic/{epicIdOrKey}/issue": _MOVED,
        "POST /rest/agile/1.0/epic/none/issue": _MOVED,
        "DELETE /rest/api/3/component/{id}": _MOVED,
        "DELETE /rest/api/3/version/{id}": _MOVED,
        "POST /rest/agile/1.0/board": (_BOARD.format("created"),),
        "DELETE /rest/agile/1.0/board/{boardId}": (_BOARD.format("deleted"),),
        "POST /rest/agile/1.0/sprint": (_SPRINT.format("created"),),
        "POST /rest/agile/1.0/sprint/{sprintId}": _STEPPED,
        "PUT /rest/agile/1.0/sprint/{sprintId}": _STEPPED,
        "DELETE /rest/agile/1.0/sprint/{sprintId}": (_SPRINT.format("deleted"),),
    }
)
"""Operation → the events that it may bring about."""


def tell_issue(world: World, call: Call, issue: Issue, what: str) -> None:
    """An issue was ``created`` or ``deleted``."""
    by = call.account
    call.happened.append(_of_issue(world, issue, _ISSUE.format(what), call.now_ms, by, associatedUsers=_people(by)))
    if what == "created":
        _tell_mentions(world, call, issue)


def tell_update(world: World, call: Call, issue: Issue, change: Change | None) -> None:
    """Fields of an issue were changed; of what changes nothing nobody hears. Another assignee is told of besides, and
    so is whom a new description mentions."""
    if change is None:
        return
    changed = {item.field: item for item in change.items}
    call.happened.append(_updated(world, issue, change, "updated", call.now_ms, call.account))
    if "assignee" in changed:
        call.happened.append(_updated(world, issue, change, "assigned", call.now_ms, call.account))
    if "description" in changed:
        _tell_mentions(world, call, issue)


def _updated(world: World, issue: Issue, change: Change, what: str, at_ms: int, by: str | None) -> Happened:
    changed = {item.field: item for item in change.items}
    more: Json = {"changelog": shown_change(world, change)}
    assignee, status = changed.get("assignee"), changed.get("status")
    more["associatedUsers"] = _people(by, *((assignee.old, assignee.new) if assignee else ()))
    if status is not None and what == "updated":
        more["jiraEventTypeName"] = "issue_resolved" if issue.resolution_id else "issue_generic"
        more["associatedStatuses"] = [serialise.status(world, each) for each in (status.new, status.old) if each]
    return _of_issue(world, issue, _ISSUE.format(what), at_ms, by, **more)


def _tell_mentions(world: World, call: Call, issue: Issue) -> None:
    """Of a person who mentions nobody but themselves nothing is told."""
    found = [each for each in mentioned(issue.description or "") if each != call.account]
    if found:
        name = _ISSUE.format("mentioned")
        call.happened.append(_of_issue(world, issue, name, call.now_ms, call.account, mentionedAccountIds=found))


def tell_comment(world: World, call: Call, issue: Issue, comment: IssueComment, *, deleted: bool = False) -> None:
    """A comment was made or changed, which has one event, or deleted."""
    by, shown = call.account, _comment(comment)
    if deleted:
        call.happened.append(_of_issue(world, issue, _COMMENT.format("deleted"), call.now_ms, by, comment=shown))
        return
    more = {"comment": shown, "associatedUsers": _people(comment.author)}
    call.happened.append(_of_issue(world, issue, _ISSUE.format("commented"), call.now_ms, by, **more))
    if found := mentioned(comment.body):
        more = {"comment": shown, "mentionedAccountIds": found}
        call.happened.append(_of_issue(world, issue, _COMMENT.format("mentioned"), call.now_ms, by, **more))


def tell_worklog(call: Call, issue: Issue, worklog: Worklog, what: str) -> None:
    """A worklog was ``created``, ``updated`` or ``deleted``."""
    call.happened.append(
        _happened(f"avi:jira:{what}:worklog", call.now_ms, call.account, worklog=_work(issue, worklog))
    )


def tell_link(world: World, call: Call, source: Issue, link: IssueLink, what: str) -> None:
    """A link between two issues was ``created`` or ``deleted``."""
    call.happened.append(
        _happened(f"avi:jira:{what}:issuelink", call.now_ms, call.account, **_link(world, source, link))
    )


def tell_attachment(call: Call, issue: Issue, found: IssueAttachment, what: str) -> None:
    """An attachment was ``created`` or ``deleted``."""
    name = f"avi:jira:{what}:attachment"
    call.happened.append(_happened(name, call.now_ms, call.account, attachment=_attachment(issue, found)))


def tell_sprint(call: Call, sprint: Sprint, what: str, *, old: Mapping[str, Any] | None = None) -> None:
    """A sprint was ``created``, ``updated``, ``started``, ``closed`` or ``deleted``. ``old``: what its changed fields
    were before, as ``sprint_shown`` has them."""
    call.happened.append(_of_sprint(sprint, what, call.now_ms, call.account, old))


def tell_board(call: Call, board: Board, what: str) -> None:
    """A board was ``created`` or ``deleted``."""
    call.happened.append(_of_board(board, what, call.now_ms, call.account))


def _of_board(board: Board, what: str, at_ms: int, by: str | None) -> Happened:
    shown = {"id": board.id, "name": board.name, "type": board.kind}
    return _happened(_BOARD.format(what), at_ms, by, board=shown)


def _of_sprint(sprint: Sprint, what: str, at_ms: int, by: str | None, old: Mapping[str, Any] | None) -> Happened:
    now = sprint_shown(sprint)
    more: Json = {"sprint": {name: value for name, value in now.items() if value is not None}}
    if old is not None:
        more["oldValue"] = {name: value for name, value in old.items() if value != now[name]}
    return _happened(_SPRINT.format(what), at_ms, by, **more)


def sprint_shown(sprint: Sprint) -> Json:
    """The fields of a sprint that events have, null where one is not set."""
    times = {
        "createDate": sprint.created_at,
        "startDate": sprint.start_at,
        "endDate": sprint.end_at,
        "completeDate": sprint.complete_at,
    }
    return {
        "id": sprint.id,
        "originBoardId": sprint.board_id,
        "name": sprint.name,
        "goal": sprint.goal or None,
        "state": sprint.state,
        **{name: None if at is None else iso_utc(at) for name, at in times.items()},
    }


def sample(world: World, name: str, at_ms: int, about: str | None = None) -> Happened | None:
    """What Jira would say of this event, about the issue or sprint ``about``, or the site's ``$issue`` or ``$sprint``;
    null for an event that no write raises, or where there is no such thing. Changed is what its history says last."""
    site = world.site
    if not any(name in names for names in RAISES.values()):
        return None
    _, _, what, kind = name.split(":")
    if kind == "sprint":
        sprint = site.sprints.get(about or "") or site.sprints.get(site.variables.get("sprint", ""))
        return None if sprint is None else _of_sprint(sprint, what, at_ms, None, None)
    if kind == "board":
        board = site.boards.get(about or "") or site.boards.get(site.variables.get("board", ""))
        return None if board is None else _of_board(board, what, at_ms, None)
    named = (world.id_of(each) for each in (about or "", site.variables.get("issue", "")))
    issue = next((site.issues[each] for each in named if each in site.issues), None)
    if issue is None:
        return None
    if kind in ("worklog", "issuelink", "attachment"):
        return _sample_part(world, name, at_ms, kind)
    by, more = issue.reporter or issue.creator, _more_of_sample(world, issue, what, kind)
    if more is None:
        return None
    if what in ("updated", "assigned") and kind == "issue":
        return _updated(world, issue, _last_change(issue, what), what, at_ms, by)
    return _of_issue(world, issue, name, at_ms, by, **more)


def _sample_part(world: World, name: str, at_ms: int, kind: str) -> Happened | None:
    """Of the first worklog, link or attachment that the site has."""
    for issue in world.site.issues.values():
        if kind == "worklog" and issue.worklogs:
            work = issue.worklogs[0]
            return _happened(name, at_ms, work.author, worklog=_work(issue, work))
        if kind == "issuelink" and issue.links:
            return _happened(name, at_ms, issue.creator, **_link(world, issue, issue.links[0]))
        if kind == "attachment" and issue.attachments:
            found = issue.attachments[0]
            return _happened(name, at_ms, found.author, attachment=_attachment(issue, found))
    return None


def _more_of_sample(world: World, issue: Issue, what: str, kind: str) -> Json | None:
    more: Json = {}
    if kind == "comment" or what == "commented":
        found = next((each for of in (issue, *world.site.issues.values()) for each in of.comments), None)
        if found is None:
            return None
        more["comment"] = _comment(found)
    if what == "mentioned":
        more["mentionedAccountIds"] = [issue.creator]
    elif kind == "issue":
        more["associatedUsers"] = _people(issue.reporter or issue.creator)
    return more


def _last_change(issue: Issue, what: str) -> Change:
    fits = [each for each in issue.changes if what != "assigned" or any(i.field == "assignee" for i in each.items)]
    return fits[-1] if fits else Change("0", issue.updated_at, issue.creator, ())


# --- shapes ---


def _happened(name: str, at_ms: int, by: str | None, **more: Any) -> Happened:
    payload: Json = {"eventType": name, "timestamp": str(at_ms), "selfGenerated": False, **more}
    return Happened(name, payload if by is None else payload | {"atlassianId": by})


def _of_issue(world: World, issue: Issue, name: str, at_ms: int, by: str | None, **more: Any) -> Happened:
    return _happened(name, at_ms, by, issue=_issue(world, issue), **more)


def _issue(world: World, issue: Issue) -> Json:
    return {
        "id": issue.id,
        "key": issue.key,
        "fields": {
            "summary": issue.summary,
            "issuetype": serialise.issue_type(world, ISSUE_TYPES[issue.type_id]),
            "creator": _person(issue.creator),
            "created": jira_time(issue.created_at),
            "project": serialise.project_ref(world, world.site.projects[issue.project_id]),
            "reporter": _person(issue.reporter),
            "assignee": _person(issue.assignee),
            "updated": jira_time(issue.updated_at),
            "status": serialise.status(world, issue.status_id),
        },
    }


def _work(issue: Issue, worklog: Worklog) -> Json:
    return {
        "id": worklog.id,
        "issueId": issue.id,
        "author": _person(worklog.author),
        "updateAuthor": _person(worklog.updated_by or worklog.author),
        "comment": None if worklog.comment is None else document(worklog.comment),
        "created": jira_time(worklog.created_at),
        "updated": jira_time(worklog.updated_at or worklog.created_at),
        "started": jira_time(worklog.started_at),
        "timeSpentSeconds": worklog.seconds,
    }


def _link(world: World, source: Issue, link: IssueLink) -> Json:
    target, kind = world.site.issues.get(link.target), world.site.jira.link_types.get(link.type_id)
    return {
        "id": link.id,
        "sourceIssueId": source.id,
        "destinationIssueId": link.target,
        "sourceProjectId": source.project_id,
        "destinationProjectId": target.project_id if target else None,
        "issueLinkType": {"id": link.type_id, "name": kind.name if kind else ""},
    }


def _attachment(issue: Issue, found: IssueAttachment) -> Json:
    return {
        "id": found.id,
        "issueId": issue.id,
        "fileName": found.title,
        "createDate": jira_time(found.created_at),
        "size": str(len(found.data)),
        "mimeType": found.media_type,
        "author": _person(found.author),
    }


def _comment(comment: IssueComment) -> Json:
    return {
        "id": comment.id,
        "author": _person(comment.author),
        "body": document(comment.body),
        "updateAuthor": _person(comment.updated_by or comment.author),
        "created": jira_time(comment.created_at),
        "updated": jira_time(comment.updated_at or comment.created_at),
        "jsdPublic": True,
    }


def _person(account: str | None) -> Json | None:
    return None if account is None else {"accountId": account}


def _people(*accounts: str | None) -> list[Json]:
    known: Iterable[str] = dict.fromkeys(each for each in accounts if each is not None)
    return [{"accountId": each} for each in known]
