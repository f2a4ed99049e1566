"""Comments of issues (Atlassian's REST API documents)."""

from __future__ import annotations

from typing import Any

from forgesim.products.jira import fields
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import Refused, UnsupportedError, bad_request, forbidden
from forgesim.products.jira.events import tell_comment
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import Issue, IssueComment

__all__ = ["add_comment", "delete_comment", "get_comment", "list_comments", "update_comment"]


def list_comments(world: World, call: Call) -> Result:
    issue, shown = _issue(world, call), Shown()
    call.refuse_others("expand")
    order = call.one("orderBy") or "created"
    if order not in ("created", "+created", "-created"):
        raise bad_request("orderBy must be created, +created or -created.")
    found = issue.comments[::-1] if order.startswith("-") else issue.comments
    start, count = call.number("startAt", 0), call.number("maxResults", 100, 100)
    shown.add(f"issue/{issue.id}")
    page = [fields.comment(world, issue, each, shown) for each in found[start : start + count]]
    payload = {"startAt": start, "maxResults": count, "total": len(found), "comments": page}
    return Result(payload=payload, reads=shown.refs)


def get_comment(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    call.refuse_others("expand")
    return _shown(world, issue, world.comment(issue, call.params["id"]), 200)


def add_comment(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    world.require_edit(call.account, world.site.projects[issue.project_id], "comment")
    comment = IssueComment(
        id=world.new_id(), author=call.account or "", created_at=call.now_ms, body=_body(call)
    )  # fmt: skip
    issue.comments.append(comment)
    issue.updated_at = max(issue.updated_at, call.now_ms)
    tell_comment(world, call, issue, comment)
    return _shown(world, issue, comment, 201)


def update_comment(world: World, call: Call) -> Result:
    issue, comment = _own(world, call)
    comment.body = _body(call)
    comment.updated_at, comment.updated_by = call.now_ms, call.account
    tell_comment(world, call, issue, comment)
    return _shown(world, issue, comment, 200)


def delete_comment(world: World, call: Call) -> Result:
    issue, comment = _own(world, call)
    issue.comments.remove(comment)
    tell_comment(world, call, issue, comment, deleted=True)
    return Result(payload=None, status=204)


def _issue(world: World, call: Call) -> Issue:
    world.require_access(call.account)
    return world.issue(call.account, call.params["issueIdOrKey"])


def _own(world: World, call: Call) -> tuple[Issue, IssueComment]:
    """Everybody changes their own comments, an admin of the site all."""
    issue = _issue(world, call)
    comment = world.comment(issue, call.params["id"])
    world.require_edit(call.account, world.site.projects[issue.project_id], "comment")
    user = world.user(call.account)
    if comment.author != call.account and not (user and user.admin):
        raise forbidden("You do not have permission to change this comment.")
    return issue, comment


def _body(call: Call) -> dict[str, Any]:
    body = call.json()
    for name in ("visibility", "properties"):
        if body.get(name):
            raise UnsupportedError(f"{call.operation.name} with {name}")
    found = body.get("body")
    if not isinstance(found, dict) or found.get("type") != "doc" or not isinstance(found.get("content"), list):
        raise Refused(400, fields={"comment": "Comment body is not valid!"})
    return found


def _shown(world: World, issue: Issue, comment: IssueComment, status: int) -> Result:
    shown = Shown()
    return Result(payload=fields.comment(world, issue, comment, shown), reads=shown.refs, status=status)
