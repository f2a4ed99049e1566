"""Comments of issues (Atlassian's REST API documents)."""

from __future__ import annotations

from typing import Any

from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import Refused, bad_request, forbidden
from forgesim.products.jira.events import tell_comment
from forgesim.products.jira.parts import comment as comment_shown, read_visibility
from forgesim.products.jira.properties import read_properties
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import Issue, IssueComment
from forgesim.site.jira_parts import Visibility

__all__ = ["add_comment", "delete_comment", "get_comment", "list_comments", "list_many", "update_comment"]


MOST_LISTED = 1000


def list_comments(world: World, call: Call) -> Result:
    issue, shown = _issue(world, call), Shown(call.account)
    descending = call.choice("orderBy", "created", "+created", "-created").startswith("-")
    seen = world.seen_comments(call.account, issue)
    found = seen[::-1] if descending else seen
    start, count = call.number("startAt", 0), call.number("maxResults", 100, 100)
    shown.add(f"issue/{issue.id}")
    render = "renderedBody" in call.many("expand")
    page = [comment_shown(world, issue, each, shown, render=render) for each in found[start : start + count]]
    payload = {"startAt": start, "maxResults": count, "total": len(found), "comments": page}
    return Result(payload=payload, reads=shown.refs)


def get_comment(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    return _shown(world, call, issue, world.comment(call.account, issue, call.params["id"]), 200)


def add_comment(world: World, call: Call) -> Result:
    issue = _issue(world, call)
    world.require(call.account, "ADD_COMMENTS", issue, "comment")
    comment = IssueComment(
        id=world.new_id(), author=call.account or "", created_at=call.now_ms, body=_body(call),
        visibility=_visibility(world, call, issue), properties=read_properties(call.json()),
    )  # fmt: skip
    issue.comments.append(comment)
    world.index.changed(issue)
    issue.updated_at = max(issue.updated_at, call.now_ms)
    tell_comment(world, call, issue, comment)
    return _shown(world, call, issue, comment, 201)


def update_comment(world: World, call: Call) -> Result:
    call.refuse_others("overrideEditableFlag")
    call.flag("notifyUsers", True)  # no mail goes out either way
    issue, comment = _own(world, call, "EDIT")
    body, visibility = _body(call), _visibility(world, call, issue)
    comment.body, comment.visibility = body, visibility
    if call.json().get("properties"):
        comment.properties = {**comment.properties, **read_properties(call.json())}
    comment.updated_at, comment.updated_by = call.now_ms, call.account
    tell_comment(world, call, issue, comment)
    return _shown(world, call, issue, comment, 200)


def delete_comment(world: World, call: Call) -> Result:
    issue, comment = _own(world, call, "DELETE")
    issue.comments.remove(comment)
    tell_comment(world, call, issue, comment, deleted=True)
    return Result(payload=None, status=204)


def _issue(world: World, call: Call) -> Issue:
    world.require_access(call.account)
    return world.issue(call.account, call.params["issueIdOrKey"])


def _own(world: World, call: Call, verb: str) -> tuple[Issue, IssueComment]:
    """The comment of the path, which its author may change who has the permission for their own, others who have it
    for all."""
    issue = _issue(world, call)
    comment = world.comment(call.account, issue, call.params["id"])
    whose = "OWN" if comment.author == call.account else "ALL"
    if not world.holds(call.account, f"{verb}_{whose}_COMMENTS", issue):
        raise forbidden("You do not have permission to change this comment.")
    return issue, comment


def _visibility(world: World, call: Call, issue: Issue) -> Visibility | None:
    return read_visibility(world, call.account, world.site.projects[issue.project_id], call.json().get("visibility"))


def _body(call: Call) -> dict[str, Any]:
    body = call.json()
    found = body.get("body")
    if not isinstance(found, dict) or found.get("type") != "doc" or not isinstance(found.get("content"), list):
        raise Refused(400, fields={"comment": "Comment body is not valid!"})
    return found


def list_many(world: World, call: Call) -> Result:
    """Comments by their ids; those that the caller may not see are left out."""
    world.require_access(call.account)
    body, shown = call.json(), Shown(call.account)
    ids = body.get("ids")
    if not isinstance(ids, list) or not all(type(each) is int for each in ids):
        raise bad_request("ids must be a list of comment ids.")
    if len(ids) > MOST_LISTED:
        raise bad_request(f"ids takes at most {MOST_LISTED} comments.")
    call.refuse_others("expand")
    found = []
    for id_ in dict.fromkeys(ids):
        issue = world.holder(call.account, f"comment/{id_}")
        seen = world.seen_comments(call.account, issue) if issue else []
        found += [comment_shown(world, issue, each, shown) for each in seen if issue and each.id == str(id_)]
    page = {"maxResults": MOST_LISTED, "startAt": 0, "total": len(found), "isLast": True, "values": found}
    return Result(payload=page, reads=shown.refs)


def _shown(world: World, call: Call, issue: Issue, comment: IssueComment, status: int) -> Result:
    shown = Shown(call.account)
    render = "renderedBody" in call.many("expand")
    payload = comment_shown(world, issue, comment, shown, render=render)
    return Result(payload=payload, reads=shown.refs, status=status)
