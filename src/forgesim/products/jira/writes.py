"""Writing issues: create, edit, delete, transitions, estimates, moving between sprints (Atlassian's API documents)."""

from __future__ import annotations

from typing import Any

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import Values, apply, read_fields
from forgesim.products.jira.errors import Refused, UnsupportedError, bad_field, bad_request
from forgesim.products.jira.events import tell_issue, tell_update
from forgesim.products.jira.fields import chosen_fields
from forgesim.products.jira.issues import show_issue
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import DONE, ISSUE_TYPES, SPRINT_FIELD, STATUSES, STORY_POINTS_FIELD, Issue, Project

__all__ = [
    "create_issue", "delete_issue", "do_transition", "get_estimation", "list_transitions", "move_to_backlog",
    "move_to_sprint", "set_estimation", "update_issue",
]  # fmt: skip

_TRANSITIONS = {str(11 + 10 * place): status for place, status in enumerate(STATUSES.values())}
"""Transition id → the status it leads to; every one is open from every status."""
MOST_MOVED = 50


def create_issue(world: World, call: Call) -> Result:
    world.require_access(call.account)
    body = call.json()
    _refuse(call, body, "transition", "properties", "historyMetadata")
    given = _fields_and_updates(call, body, None)
    project = _project(world, call, given.pop("project", None))
    world.require_edit(call.account, project, "create issues")
    missing = {} if given.get("summary") else {"summary": "You must specify a summary of the issue."}
    if given.get("issuetype") is None:
        missing["issuetype"] = "Specify a valid issue type"
    if missing:
        raise Refused(400, fields=missing)
    values = read_fields(world, call, project, given)
    level = ISSUE_TYPES[values["issuetype"]].level
    if (level < 0) != (_parent_level(world, values) == 0):
        raise bad_field("parent", "A sub-task needs a parent, and only an epic may be the parent of another issue.")
    issue = _new_issue(world, call, project, values)
    tell_issue(world, call, issue, "created")
    payload = {"id": issue.id, "key": issue.key, "self": f"{world.base}/rest/api/3/issue/{issue.id}"}
    return Result(payload=payload, reads=(f"issue/{issue.id}",), status=201)


def _parent_level(world: World, values: Values) -> int | None:
    parent = world.site.issues.get(values.get("parent") or "")
    return ISSUE_TYPES[parent.type_id].level if parent else None


def _new_issue(world: World, call: Call, project: Project, values: Values) -> Issue:
    number = project.next_number
    project.next_number += 1
    issue = Issue(
        id=world.new_id(),
        key=f"{project.key}-{number}",
        project_id=project.id,
        type_id=values["issuetype"],
        summary=values["summary"],
        creator=call.account or "",
        reporter=values.get("reporter", call.account),
        created_at=call.now_ms,
        updated_at=call.now_ms,
        status_changed_at=call.now_ms,
        description=values.get("description"),
        priority_id=values.get("priority", "3"),
        assignee=values.get("assignee"),
        points=values.get(STORY_POINTS_FIELD),
        sprints=(values[SPRINT_FIELD],) if values.get(SPRINT_FIELD) else (),
        parent_id=values.get("parent"),
        due=values.get("duedate"),
        labels=values.get("labels", ()),
        rank=f"0|i{world.site.next_id:05d}:",
    )
    world.site.issues[issue.id] = issue
    return issue


def _project(world: World, call: Call, given: Any) -> Project:
    asked = (given.get("id") or given.get("key")) if isinstance(given, dict) else None
    project = world.find_project(call.account, asked) if isinstance(asked, str) else None
    if project is None:
        raise bad_field("project", "Specify a valid project ID or key")
    return project


def _refuse(call: Call, body: dict[str, Any], *names: str) -> None:
    for name in names:
        if body.get(name):
            raise UnsupportedError(f"{call.operation.name} with {name}")


def _fields_and_updates(call: Call, body: dict[str, Any], issue: Issue | None) -> dict[str, Any]:
    """``fields`` with what ``update`` says put on top; of its verbs ``set``, and ``add``/``remove`` for labels."""
    fields, updates = body.get("fields") or {}, body.get("update") or {}
    if not isinstance(fields, dict) or not isinstance(updates, dict):
        raise bad_request("Can not deserialize the fields of the request.")
    found = dict(fields)
    for name, steps in updates.items():
        for step in steps if isinstance(steps, list) else [None]:
            if not isinstance(step, dict) or len(step) != 1:
                raise bad_field(name, "An update is a list of objects with one verb each.")
            ((verb, value),) = step.items()
            if verb == "set":
                found[name] = value
            elif name == "labels" and verb in ("add", "remove"):
                held = list(found.get(name, issue.labels if issue else ()))
                found[name] = [*held, value] if verb == "add" else [each for each in held if each != value]
            else:
                raise UnsupportedError(f"{call.operation.name} with update {verb} of {name}")
    return found


def _issue_to_edit(world: World, call: Call, what: str) -> tuple[Issue, Project]:
    world.require_access(call.account)
    issue = world.issue(call.account, call.params["issueIdOrKey"])
    project = world.site.projects[issue.project_id]
    world.require_edit(call.account, project, what)
    return issue, project


def update_issue(world: World, call: Call) -> Result:
    issue, project = _issue_to_edit(world, call, "edit issues")
    body = call.json()
    _refuse(call, body, "transition", "properties", "historyMetadata")
    given = _fields_and_updates(call, body, issue)
    if not given:
        raise bad_request("No fields to update: give 'fields' or 'update'.")
    values = read_fields(world, call, project, given)
    if "parent" in values and values["parent"] is not None and _parent_level(world, values) != 1:
        raise bad_field("parent", "Only an epic may be the parent of another issue.")
    if "issuetype" in values and ISSUE_TYPES[values["issuetype"]].level != ISSUE_TYPES[issue.type_id].level:
        raise bad_field("issuetype", "The issue type selected is invalid.")
    tell_update(world, call, issue, apply(world, call, issue, values))
    if not call.flag("returnIssue"):
        return Result(payload=None, status=204)
    shown = Shown()
    fields = chosen_fields((), "*navigable")
    return Result(payload=show_issue(world, issue, fields, frozenset(), shown), reads=shown.refs)


def delete_issue(world: World, call: Call) -> Result:
    issue, _ = _issue_to_edit(world, call, "delete issues")
    below = [each for each in world.site.issues.values() if each.parent_id == issue.id]
    subtasks = [each for each in below if ISSUE_TYPES[each.type_id].level < 0]
    if subtasks and not call.flag("deleteSubtasks"):
        raise bad_request(f"The issue '{issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter.")
    for each in below:
        if each in subtasks:
            del world.site.issues[each.id]
        else:
            apply(world, call, each, {"parent": None})
    del world.site.issues[issue.id]
    world.forget_keys()
    tell_issue(world, call, issue, "deleted")
    return Result(payload=None, status=204)


def list_transitions(world: World, call: Call) -> Result:
    world.require_access(call.account)
    issue = world.issue(call.account, call.params["issueIdOrKey"])
    call.refuse_others("expand")
    only = call.one("transitionId")
    found = [
        {
            "id": id_, "name": status.name, "to": serialise.status(world, status.id), "hasScreen": False,
            "isGlobal": True, "isInitial": False, "isAvailable": True, "isConditional": False, "looped": False,
        }
        for id_, status in _TRANSITIONS.items()
        if only in (None, id_)
    ]  # fmt: skip
    return Result(payload={"expand": "transitions", "transitions": found}, reads=(f"issue/{issue.id}",))


def do_transition(world: World, call: Call) -> Result:
    """A move to Done resolves the issue, one away from it takes the resolution back."""
    issue, project = _issue_to_edit(world, call, "transition issues")
    body = call.json()
    _refuse(call, body, "properties", "historyMetadata")
    asked = body.get("transition")
    status = _TRANSITIONS.get(str(asked.get("id"))) if isinstance(asked, dict) else None
    if status is None:
        raise bad_request("Transition id 'null' is not valid for this issue."
                          if not isinstance(asked, dict) or asked.get("id") is None
                          else f"Transition id '{asked['id']}' is not valid for this issue.")  # fmt: skip
    given = _fields_and_updates(call, body, issue)
    resolution = given.pop("resolution", None)
    values: Values = {"status": status.id, **read_fields(world, call, project, given)}
    if resolution is not None:
        values["resolution"] = _resolution(resolution, status.id)
    tell_update(world, call, issue, apply(world, call, issue, values))
    return Result(payload=None, status=204)


def _resolution(given: Any, status: str) -> str:
    names = {"10000": "Done", "10001": "Won't Do"}
    for id_, name in names.items():
        if isinstance(given, dict) and status == DONE and (given.get("id") == id_ or given.get("name") == name):
            return id_
    raise bad_field("resolution", "The resolution selected is invalid.")


# --- Jira Software ---


def get_estimation(world: World, call: Call) -> Result:
    world.require_access(call.account)
    issue = world.issue(call.account, call.params["issueIdOrKey"])
    _estimated_board(world, call, issue)
    return Result(payload=_estimation(issue), reads=(f"issue/{issue.id}",))


def set_estimation(world: World, call: Call) -> Result:
    issue, _ = _issue_to_edit(world, call, "edit issues")
    _estimated_board(world, call, issue)
    value = call.json().get("value")
    try:
        points = None if value in (None, "") else float(value)
    except (TypeError, ValueError, OverflowError):
        points = -1.0
    if points is not None and not 0 <= points < 1e9:
        raise bad_request(f"The value '{value}' is no estimate.")
    tell_update(world, call, issue, apply(world, call, issue, {STORY_POINTS_FIELD: points}))
    return Result(payload=_estimation(issue), reads=(f"issue/{issue.id}",))


def _estimation(issue: Issue) -> dict[str, object]:
    found: dict[str, object] = {"fieldId": STORY_POINTS_FIELD}
    return found if issue.points is None else found | {"value": str(float(issue.points))}


def _estimated_board(world: World, call: Call, issue: Issue) -> None:
    asked = call.one("boardId")
    if asked is None or not asked.isdecimal():
        raise bad_request("The boardId parameter is required.")
    board = world.board(call.account, asked)
    if board.kind != "scrum" or board.project_id != issue.project_id:
        raise bad_request("The issue is not estimated on this board.")


def move_to_sprint(world: World, call: Call) -> Result:
    world.require_access(call.account)
    sprint = world.sprint(call.account, call.id("sprintId"))
    if sprint.state == "closed":
        raise bad_request("Issues can only be moved to an open or active sprint.")
    return _move(world, call, sprint.id)


def move_to_backlog(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return _move(world, call, None)


def _move(world: World, call: Call, sprint: int | None) -> Result:
    body = call.json()
    _refuse(call, body, "rankBeforeIssue", "rankAfterIssue", "rankCustomFieldId")
    asked = body.get("issues")
    if not isinstance(asked, list) or not asked or not all(isinstance(each, str) for each in asked):
        raise bad_request("The 'issues' field must be a list of issue ids or keys.")
    if len(asked) > MOST_MOVED:
        raise bad_request(f"At most {MOST_MOVED} issues can be moved at once.")
    issues = [world.issue(call.account, each) for each in asked]
    for issue in issues:
        world.require_edit(call.account, world.site.projects[issue.project_id], "schedule issues")
    for issue in issues:
        tell_update(world, call, issue, apply(world, call, issue, {SPRINT_FIELD: sprint}))
    return Result(payload=None, status=204)
