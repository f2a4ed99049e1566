"""Writing issues: create, edit, delete, transitions, estimates, moving between sprints (Atlassian's API documents)."""

from __future__ import annotations

from typing import Any

from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import Values, apply, put, read_fields
from forgesim.products.jira.errors import Refused, UnsupportedError, bad_field, bad_request
from forgesim.products.jira.events import tell_issue, tell_update
from forgesim.products.jira.fields import chosen_fields
from forgesim.products.jira.issues import show_issue
from forgesim.products.jira.properties import read_properties
from forgesim.products.jira.ranks import last_rank
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.transitions import TRANSITIONS, may_follow
from forgesim.products.jira.values import LISTS
from forgesim.products.jira.world import World
from forgesim.site.jira_model import DONE, ISSUE_TYPES, STORY_POINTS_FIELD, Issue, Project

__all__ = [
    "create_issue", "delete_issue", "do_transition", "get_estimation", "set_estimation", "update_issue",
]  # fmt: skip


def create_issue(world: World, call: Call) -> Result:
    world.require_access(call.account)
    call.refuse_flag("updateHistory")
    body = call.json()
    _refuse(call, body, "transition", "historyMetadata")
    kept = read_properties(body)
    given = _fields_and_updates(call, body, None)
    project = _project(world, call, given.pop("project", None))
    world.require(call.account, "CREATE_ISSUES", project, "create issues")
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
    issue.properties = kept
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
        reporter=call.account,
        created_at=call.now_ms,
        updated_at=call.now_ms,
        status_changed_at=call.now_ms,
        rank=last_rank(world),
    )
    scheme = world.site.jira.security_schemes.get(project.security_id or "")
    issue.security_id = scheme.default_level if scheme else None
    for name, value in values.items():
        put(world, call, issue, name, value)
    world.site.issues[issue.id] = issue
    world.index.changed(issue)
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
    """``fields`` with what ``update`` says put on top; of its verbs ``set``, and ``add``/``remove`` for lists."""
    fields, updates = body.get("fields") or {}, body.get("update") or {}
    if not isinstance(fields, dict) or not isinstance(updates, dict):
        raise bad_request("Can not deserialize the fields of the request.")
    found = dict(fields)
    for name, steps in updates.items():
        for step in steps if isinstance(steps, list) else [None]:
            if not isinstance(step, dict) or len(step) != 1:
                raise bad_field(name, "An update is a list of objects with one verb each.")
            ((verb, value),) = step.items()
            if verb == "set" or (verb == "edit" and name == "timetracking"):
                found[name] = value
            elif verb in ("add", "remove") and (name == "labels" or name in LISTS):
                held = found.get(name)
                found[name] = _stepped(issue, name, held if isinstance(held, list) else None, verb, value)
            else:
                raise UnsupportedError(f"{call.operation.name} with update {verb} of {name}")
    return found


def _stepped(issue: Issue | None, name: str, held: list[Any] | None, verb: str, value: Any) -> list[Any]:
    """The list with a value more or less; what a component or version is called stays as the call says it."""
    if held is None and name == "labels":
        held = list(issue.labels) if issue else []
    elif held is None:
        held = [{"id": each} for each in getattr(issue, LISTS[name])] if issue else []
    return [*held, value] if verb == "add" else [each for each in held if each != value]


def issue_to_change(world: World, call: Call, permission: str, what: str) -> tuple[Issue, Project]:
    """The issue of the path: 404 where the caller may not see it, 403 where they have not the permission."""
    world.require_access(call.account)
    issue = world.issue(call.account, call.params["issueIdOrKey"])
    world.require(call.account, permission, issue, what)
    return issue, world.site.projects[issue.project_id]


def update_issue(world: World, call: Call) -> Result:
    issue, project = issue_to_change(world, call, "EDIT_ISSUES", "edit issues")
    call.refuse_others("expand", "overrideEditableFlag", "overrideScreenSecurity")
    call.flag("notifyUsers", True)  # no mail goes out either way
    body = call.json()
    _refuse(call, body, "transition", "historyMetadata")
    kept = read_properties(body)
    given = _fields_and_updates(call, body, issue)
    if not given and not kept:
        raise bad_request("No fields to update: give 'fields' or 'update'.")
    values = read_fields(world, call, project, given, issue)
    if "parent" in values and values["parent"] is not None and _parent_level(world, values) != 1:
        raise bad_field("parent", "Only an epic may be the parent of another issue.")
    if "issuetype" in values and ISSUE_TYPES[values["issuetype"]].level != ISSUE_TYPES[issue.type_id].level:
        raise bad_field("issuetype", "The issue type selected is invalid.")
    if kept:
        issue.properties = {**issue.properties, **kept}
    tell_update(world, call, issue, apply(world, call, issue, values))
    if not call.flag("returnIssue"):
        return Result(payload=None, status=204)
    shown = Shown(call.account)
    fields = chosen_fields(world, (), "*navigable")
    return Result(payload=show_issue(world, issue, fields, frozenset(), shown), reads=shown.refs)


def delete_issue(world: World, call: Call) -> Result:
    issue, _ = issue_to_change(world, call, "DELETE_ISSUES", "delete issues")
    below, with_subtasks = world.index.children(issue), call.flag("deleteSubtasks")
    subtasks = [each for each in below if ISSUE_TYPES[each.type_id].level < 0]
    if subtasks and not with_subtasks:
        raise bad_request(f"The issue '{issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter.")
    for each in below:
        if each in subtasks:
            _remove(world, each)
        else:
            apply(world, call, each, {"parent": None})
    _remove(world, issue)
    tell_issue(world, call, issue, "deleted")
    return Result(payload=None, status=204)


def _remove(world: World, issue: Issue) -> None:
    """The issue goes, and links to it with it."""
    for other in world.index.linking(issue):
        other.links = tuple(link for link in other.links if link.target != issue.id)
    del world.site.issues[issue.id]
    world.index.gone(issue)


def do_transition(world: World, call: Call) -> Result:
    """A move to Done resolves the issue, one away from it takes the resolution back."""
    issue, project = issue_to_change(world, call, "TRANSITION_ISSUES", "transition issues")
    body = call.json()
    _refuse(call, body, "properties", "historyMetadata")
    asked = body.get("transition")
    status = TRANSITIONS.get(str(asked.get("id"))) if isinstance(asked, dict) else None
    if status is None or not may_follow(world, issue, status.id):
        raise bad_request("Transition id 'null' is not valid for this issue."
                          if not isinstance(asked, dict) or asked.get("id") is None
                          else f"Transition id '{asked['id']}' is not valid for this issue.")  # fmt: skip
    given = _fields_and_updates(call, body, issue)
    resolution = given.pop("resolution", None)
    values: Values = {"status": status.id, **read_fields(world, call, project, given, issue)}
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
    issue, _ = issue_to_change(world, call, "EDIT_ISSUES", "edit issues")
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
