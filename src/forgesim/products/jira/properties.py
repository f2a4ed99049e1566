"""Properties: JSON that apps keep with issues, projects, comments, worklogs, people, boards, sprints, and of their own.

Who may see a thing may read its properties, who may change it may write them. Apps reach
their own only when they act for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import bad_request, forbidden, not_found
from forgesim.products.jira.world import World
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.jira_access import holds_globally
from forgesim.site.jira_model import Issue

__all__ = ["Kept", "deletes", "gets", "lists", "of_app", "of_board", "of_comment", "of_issue", "of_project",
           "of_sprint", "of_user", "of_worklog", "puts", "read_properties"]  # fmt: skip

MOST_KEY, MOST_VALUE, MOST_APP_KEY = 255, 32_768, 127


class Kept:
    """The properties of one thing: what it is, where they are, whether the caller may write, and how. ``quiet``: who
    may not is told by a 404 that there is nothing to delete, as the document of an issue's properties has it."""

    def __init__(
        self, ref: str, path: str, held: Mapping[str, Any], write: Callable[[dict[str, Any]], None], *, may_write: bool,
        quiet: bool = False,
    ) -> None:  # fmt: skip
        self.ref, self.path, self.held, self.write, self.may_write = ref, path, held, write, may_write
        self.quiet = quiet


Finder = Callable[[World, Call], Kept]
Handler = Callable[[World, Call], Result]


def read_properties(body: Mapping[str, Any]) -> dict[str, Any]:
    """``properties: [{key, value}]`` of a body."""
    given = body.get("properties") or []
    if not isinstance(given, list):
        raise bad_request("properties must be a list of objects with key and value.")
    found: dict[str, Any] = {}
    for each in given:
        if not isinstance(each, dict) or not isinstance(each.get("key"), str) or "value" not in each:
            raise bad_request("properties must be a list of objects with key and value.")
        _check_key(each["key"], MOST_KEY)
        if len(msgspec.json.encode(each["value"])) > MOST_VALUE:
            raise bad_request(f"The property value cannot be longer than {MOST_VALUE} characters.")
        found[each["key"]] = each["value"]
    return found


def lists(find: Finder) -> Handler:
    def handler(world: World, call: Call) -> Result:
        kept = find(world, call)
        keys = [{"self": f"{world.base}{kept.path}/{key}", "key": key} for key in kept.held]
        return Result(payload={"keys": keys}, reads=(kept.ref,) if kept.held and kept.ref else ())

    return handler


def gets(find: Finder) -> Handler:
    def handler(world: World, call: Call) -> Result:
        kept, key = find(world, call), call.params["propertyKey"]
        if key not in kept.held:
            raise not_found(f"The property with key '{key}' does not exist.")
        return Result(payload={"key": key, "value": kept.held[key]}, reads=(kept.ref,) if kept.ref else ())

    return handler


def puts(find: Finder) -> Handler:
    """201 where it is new, else 200; the app's own say so in words."""

    def handler(world: World, call: Call) -> Result:
        kept, key = find(world, call), call.params["propertyKey"]
        _check_key(key, MOST_KEY if kept.ref else MOST_APP_KEY)
        _require(kept)
        new = key not in kept.held
        kept.write({**kept.held, key: _value(call)})
        status = 201 if new else 200
        words = "Property created." if new else "Property updated."
        return Result(payload=None if kept.ref else {"message": words, "statusCode": status}, status=status)

    return handler


def deletes(find: Finder) -> Handler:
    def handler(world: World, call: Call) -> Result:
        kept, key = find(world, call), call.params["propertyKey"]
        if not kept.quiet:
            _require(kept)
        if key not in kept.held or not kept.may_write:
            raise not_found(f"The property with key '{key}' does not exist.")
        kept.write({name: value for name, value in kept.held.items() if name != key})
        return Result(payload=None, status=204)

    return handler


def _require(kept: Kept) -> None:
    if not kept.may_write:
        raise forbidden("You do not have permission to edit the properties of this entity.")


def _check_key(key: str, most: int) -> None:
    if not key.strip() or len(key) > most:
        raise bad_request(f"The property key must have 1 to {most} characters.")


def _value(call: Call) -> Any:
    if not call.body or len(call.body) > MOST_VALUE:
        raise bad_request(f"The property value must be JSON of at most {MOST_VALUE} characters.")
    try:
        return msgspec.json.decode(call.body)
    except (ValueError, RecursionError):
        raise bad_request("The property value is not valid JSON.") from None


# --- of what ---


def of_issue(world: World, call: Call) -> Kept:
    world.require_access(call.account)
    issue = world.issue(call.account, call.params["issueIdOrKey"])

    def write(held: dict[str, Any]) -> None:
        issue.properties = held

    path = f"/rest/api/3/issue/{issue.id}/properties"
    may = world.holds(call.account, "EDIT_ISSUES", issue)
    return Kept(f"issue/{issue.id}", path, issue.properties, write, may_write=may, quiet=True)


def of_project(world: World, call: Call) -> Kept:
    world.require_access(call.account)
    project = world.project(call.account, call.params["projectIdOrKey"])
    may = world.administers(call.account, project)
    path = f"/rest/api/3/project/{project.key}/properties"
    return Kept(f"project/{project.id}", path, project.properties, _into(project), may_write=may)


def of_comment(world: World, call: Call) -> Kept:
    world.require_access(call.account)
    id_ = call.params["commentId"]
    issue = world.holder(call.account, f"comment/{id_}")
    if issue is None:
        raise not_found(f"Can not find a comment for the id: {id_}.")
    comment = world.comment(call.account, issue, id_)

    def write(held: dict[str, Any]) -> None:
        comment.properties = held

    whose = "OWN" if comment.author == call.account else "ALL"
    may = world.holds(call.account, f"EDIT_{whose}_COMMENTS", issue)
    path = f"/rest/api/3/comment/{id_}/properties"
    return Kept(f"comment/{id_}", path, comment.properties, write, may_write=may)


def of_worklog(world: World, call: Call) -> Kept:
    world.require_access(call.account)
    issue: Issue = world.issue(call.account, call.params["issueIdOrKey"])
    worklog = world.worklog(call.account, issue, call.params["worklogId"])

    def write(held: dict[str, Any]) -> None:
        changed = replace(worklog, properties=held)
        issue.worklogs = tuple(changed if each.id == changed.id else each for each in issue.worklogs)

    whose = "OWN" if worklog.author == call.account else "ALL"
    may = world.holds(call.account, f"EDIT_{whose}_WORKLOGS", issue)
    path = f"/rest/api/3/issue/{issue.id}/worklog/{worklog.id}/properties"
    return Kept(f"worklog/{worklog.id}", path, worklog.properties, write, may_write=may)


def of_user(world: World, call: Call) -> Kept:
    """People have their own alone, admins everybody's."""
    world.require_login(call.account)
    call.refuse_others("userKey", "username")
    account = call.one("accountId")
    if not account:
        raise bad_request("The query parameter 'accountId' is required.")
    if account != call.account and not holds_globally(world.site, call.account, "ADMINISTER"):
        raise forbidden("You do not have permission to see the properties of this user.")
    if world.user(account) is None:
        raise not_found("The user does not exist.")
    held = world.site.jira.user_properties.get(account, {})

    def write(new: dict[str, Any]) -> None:
        world.site.jira.user_properties[account] = new

    return Kept(f"user/{account}", "/rest/api/3/user/properties", held, write, may_write=True)


def of_board(world: World, call: Call) -> Kept:
    world.require_access(call.account)
    board = world.board(call.account, call.id("boardId"))
    may = world.holds(call.account, "EDIT_ISSUES", world.site.projects[board.project_id])
    path = f"/rest/agile/1.0/board/{board.id}/properties"
    return Kept(f"board/{board.id}", path, board.properties, _into(board), may_write=may)


def of_sprint(world: World, call: Call) -> Kept:
    world.require_access(call.account)
    sprint = world.sprint(call.account, call.id("sprintId"))
    project = world.project_of_sprint(call.account, sprint)
    may = project is not None and world.holds(call.account, "MANAGE_SPRINTS_PERMISSION", project)
    path = f"/rest/agile/1.0/sprint/{sprint.id}/properties"
    return Kept(f"sprint/{sprint.id}", path, sprint.properties, _into(sprint), may_write=may)


def of_app(world: World, call: Call) -> Kept:
    if call.account != APP_ACCOUNT:
        raise forbidden("Access to this resource must be authenticated as an app.")
    setup = world.site.jira

    def write(held: dict[str, Any]) -> None:
        setup.app_properties = held

    return Kept("", "/rest/forge/1/app/properties", setup.app_properties, write, may_write=True)


def _into(thing: Any) -> Callable[[dict[str, Any]], None]:
    def write(held: dict[str, Any]) -> None:
        thing.properties = held

    return write
