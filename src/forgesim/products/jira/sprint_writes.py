"""Creating, changing, starting, closing and deleting sprints (Atlassian's REST API documents)."""

from __future__ import annotations

from typing import Any

from forgesim.clock import parse_time
from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import record
from forgesim.products.jira.errors import bad_request, forbidden
from forgesim.products.jira.events import sprint_shown, tell_sprint
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_history import fields_now
from forgesim.site.jira_model import Sprint

__all__ = ["create_sprint", "delete_sprint", "replace_sprint", "update_sprint"]

_STATES = ("future", "active", "closed")


def create_sprint(world: World, call: Call) -> Result:
    world.require_access(call.account)
    body = call.json()
    board_id = body.get("originBoardId")
    if type(board_id) is not int:
        raise bad_request("The 'originBoardId' field is required.")
    board = world.board(call.account, str(board_id))
    world.require(call.account, "MANAGE_SPRINTS_PERMISSION", world.site.projects[board.project_id], "manage sprints")
    if board.kind != "scrum":
        raise bad_request("The board does not support sprints")
    sprint = Sprint(id=int(world.new_id()), board_id=board.id, name=_name(body.get("name")), created_at=call.now_ms)
    sprint.goal = _goal(body.get("goal"))
    sprint.start_at, sprint.end_at = _dates(_time(body.get("startDate")), _time(body.get("endDate")))
    world.site.sprints[str(sprint.id)] = sprint
    tell_sprint(call, sprint, "created")
    return _shown(world, call, sprint, 201)


def update_sprint(world: World, call: Call) -> Result:
    """Changes the given fields alone."""
    sprint, body = _sprint(world, call), call.json()
    now: dict[str, Any] = {
        "name": sprint.name, "goal": sprint.goal, "state": sprint.state,
        "startDate": _iso(sprint.start_at), "endDate": _iso(sprint.end_at),
    }  # fmt: skip
    return _change(world, call, sprint, now | {name: value for name, value in body.items() if name in now})


def replace_sprint(world: World, call: Call) -> Result:
    """Changes all fields; a missing one becomes empty."""
    sprint, body = _sprint(world, call), call.json()
    return _change(world, call, sprint, body)


def delete_sprint(world: World, call: Call) -> Result:
    """Its issues leave it, which their history tells."""
    sprint = _sprint(world, call)
    for issue in world.site.issues.values():
        if sprint.id in issue.sprints:
            before = fields_now(issue)
            issue.sprints = tuple(each for each in issue.sprints if each != sprint.id)
            record(world, call, issue, before)
    del world.site.sprints[str(sprint.id)]
    tell_sprint(call, sprint, "deleted")
    return Result(payload=None, status=204)


def _sprint(world: World, call: Call) -> Sprint:
    world.require_access(call.account)
    sprint = world.sprint(call.account, call.id("sprintId"))
    project = world.project_of_sprint(call.account, sprint)
    if project is None:
        raise forbidden("You do not have permission to manage sprints in this project.")
    world.require(call.account, "MANAGE_SPRINTS_PERMISSION", project, "manage sprints")
    return sprint


def _change(world: World, call: Call, sprint: Sprint, body: dict[str, Any]) -> Result:
    before = sprint_shown(sprint)
    state, name, goal = body.get("state"), _name(body.get("name")), _goal(body.get("goal"))
    if state not in _STATES:
        raise bad_request("The sprint state must be one of: future, active, closed.")
    if sprint.state == "closed":
        if state != "closed":
            raise bad_request("A closed sprint can only have its name and goal changed.")
        sprint.name, sprint.goal = name, goal
        _tell_change(call, sprint, before)
        return _shown(world, call, sprint, 200)
    start, end = _dates(_time(body.get("startDate")), _time(body.get("endDate")))
    _check_step(sprint, state, start, end)
    sprint.name, sprint.goal, sprint.start_at, sprint.end_at = name, goal, start, end
    if sprint.state == "active" and state == "closed":
        sprint.complete_at = call.now_ms
    sprint.state = state
    _tell_change(call, sprint, before)
    return _shown(world, call, sprint, 200)


def _tell_change(call: Call, sprint: Sprint, before: dict[str, Any]) -> None:
    """One event a change, which says what it did to the sprint's state where it did something to it."""
    if sprint_shown(sprint) != before:
        steps = {"active": "started", "closed": "closed"}
        what = "updated" if before["state"] == sprint.state else steps[sprint.state]
        tell_sprint(call, sprint, what, old=before)


def _check_step(sprint: Sprint, state: str, start: int | None, end: int | None) -> None:
    """future → active → closed, a step at a time."""
    step = _STATES.index(state) - _STATES.index(sprint.state)
    if step not in (0, 1):
        raise bad_request(f"A sprint cannot go from {sprint.state} to {state}.")
    if state == "active" and (start is None or end is None):
        raise bad_request("A sprint needs a start date and an end date to be active.")


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise bad_request("The sprint name is required.")
    if len(value) > 255:
        raise bad_request("The sprint name must be shorter than 256 characters.")
    return value


def _goal(value: Any) -> str:
    if not isinstance(value, str | None) or len(value or "") > 1000:
        raise bad_request("The sprint goal must be text of at most 1000 characters.")
    return value or ""


def _iso(at: int | None) -> str | None:
    return None if at is None else serialise.jira_time(at)


def _time(value: Any) -> int | None:
    if value is None:
        return None
    try:
        return parse_time(value)
    except (TypeError, ValueError, OverflowError):
        raise bad_request(f"The date '{value}' is not a valid ISO 8601 time.") from None


def _dates(start: int | None, end: int | None) -> tuple[int | None, int | None]:
    if start is not None and end is not None and end <= start:
        raise bad_request("The end date must be after the start date.")
    return start, end


def _shown(world: World, call: Call, sprint: Sprint, status: int) -> Result:
    shown = Shown(call.account)
    return Result(payload=serialise.sprint(world, sprint, shown), reads=shown.refs, status=status)
