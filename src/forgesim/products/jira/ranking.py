"""Ranking issues and epics, and moving issues to backlogs, boards, sprints and epics (Atlassian's API documents)."""

from __future__ import annotations

from typing import Any

from forgesim.products.jira import fields
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.editing import apply
from forgesim.products.jira.errors import bad_request, not_found
from forgesim.products.jira.events import tell_update
from forgesim.products.jira.ranks import place
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import EPIC_COLOURS, ISSUE_TYPES, SPRINT_FIELD, Issue

__all__ = [
    "find_epic", "get_epic", "move_from_epic", "move_to_backlog", "move_to_board", "move_to_board_backlog",
    "move_to_epic", "move_to_sprint", "rank_epic", "rank_issues", "update_epic",
]  # fmt: skip

MOST_MOVED = 50
_RANK_FIELD_NUMBER = 10019
_HIDDEN = "Issue does not exist or you do not have permission to see it."


def rank_issues(world: World, call: Call) -> Result:
    """204, or 207 with an entry an issue where some could not be ranked."""
    world.require_access(call.account)
    body = call.json()
    asked = _asked(body)
    anchor = _anchor(world, call, body, "rankBeforeIssue", "rankAfterIssue", required=True)
    assert anchor is not None
    entries: list[Json] = []
    moved: list[Issue] = []
    for name in asked:
        issue = world.find_issue(call.account, name)
        if issue is None:
            entries.append({"issueKey": name, "status": 404, "errors": [_HIDDEN]})
        elif not world.holds(call.account, "SCHEDULE_ISSUES", issue):
            says = "You do not have permission to rank this issue."
            entries.append({"issueId": int(issue.id), "issueKey": issue.key, "status": 403, "errors": [says]})
        elif issue is not anchor[0]:
            moved.append(issue)
            entries.append({"issueId": int(issue.id), "issueKey": issue.key, "status": 200})
    _place(world, list({each.id: each for each in moved}.values()), anchor)
    if all(each["status"] == 200 for each in entries):
        return Result(payload=None, status=204)
    reads = tuple(f"issue/{issue.id}" for issue in moved)
    return Result(payload={"entries": entries}, reads=reads, status=207)


def _place(world: World, issues: list[Issue], anchor: tuple[Issue, bool]) -> None:
    where, before = anchor
    if issues:
        place(world, issues, **{"before" if before else "after": where})


def _asked(body: dict[str, Any]) -> list[str]:
    asked = body.get("issues")
    if not isinstance(asked, list) or not asked or not all(isinstance(each, str) for each in asked):
        raise bad_request("The 'issues' field must be a list of issue ids or keys.")
    if len(asked) > MOST_MOVED:
        raise bad_request(f"At most {MOST_MOVED} issues can be moved at once.")
    return asked


def _anchor(
    world: World, call: Call, body: dict[str, Any], before: str, after: str, *, required: bool = False
) -> tuple[Issue, bool] | None:
    """The issue to rank beside, and whether that is before it."""
    given = [(body[name], name == before) for name in (before, after) if body.get(name) is not None]
    if body.get("rankCustomFieldId") not in (None, _RANK_FIELD_NUMBER):
        raise bad_request("rankCustomFieldId is not the id of a rank field.")
    if len(given) > 1 or (required and not given):
        raise bad_request(f"Exactly one of {before} and {after} is required.")
    if not given:
        return None
    asked, is_before = given[0]
    issue = world.find_issue(call.account, asked) if isinstance(asked, str) else None
    if issue is None:
        raise bad_request(f"The issue to rank beside does not exist or you do not have permission to see it: {asked}")
    return issue, is_before


# --- to sprints, boards, backlogs ---


def move_to_sprint(world: World, call: Call) -> Result:
    world.require_access(call.account)
    sprint = world.sprint(call.account, call.id("sprintId"))
    if sprint.state == "closed":
        raise bad_request("Issues can only be moved to an open or active sprint.")
    return _move(world, call, {SPRINT_FIELD: sprint.id})


def move_to_backlog(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return _move(world, call, {SPRINT_FIELD: None})


def move_to_board_backlog(world: World, call: Call) -> Result:
    """Issues of the board leave their sprints."""
    world.require_access(call.account)
    return _move(world, call, {SPRINT_FIELD: None}, world.board(call.account, call.id("boardId")).project_id)


def move_to_board(world: World, call: Call) -> Result:
    """From the backlog to the board: on a scrum board into its active sprint."""
    world.require_access(call.account)
    board = world.board(call.account, call.id("boardId"))
    active = [
        each.id for each in world.site.sprints.values() if each.board_id == board.id and each.state == "active"
    ]  # fmt: skip
    if board.kind == "scrum" and not active:
        raise bad_request("The board has no active sprint.")
    return _move(world, call, {SPRINT_FIELD: active[0]} if board.kind == "scrum" else {}, board.project_id)


def _move(world: World, call: Call, values: dict[str, Any], project: str | None = None) -> Result:
    body = call.json()
    asked = _asked(body)
    anchor = _anchor(world, call, body, "rankBeforeIssue", "rankAfterIssue")
    issues = list({each.id: each for each in (world.issue(call.account, name) for name in asked)}.values())
    for issue in issues:
        if project is not None and issue.project_id != project:
            raise bad_request(f"The issue {issue.key} is not on the board.")
        world.require(call.account, "SCHEDULE_ISSUES", issue, "schedule issues")
    for issue in issues:
        tell_update(world, call, issue, apply(world, call, issue, values))
    if anchor is not None:
        _place(world, [each for each in issues if each is not anchor[0]], anchor)
    return Result(payload=None, status=204)


# --- epics ---


def find_epic(world: World, call: Call, asked: str) -> Issue:
    epic = world.find_issue(call.account, asked)
    if epic is None or ISSUE_TYPES[epic.type_id].level < 1:
        raise not_found("The requested epic does not exist or you do not have permission to view it.")
    return epic


def get_epic(world: World, call: Call) -> Result:
    world.require_access(call.account)
    epic, shown = find_epic(world, call, call.params["epicIdOrKey"]), Shown(call.account)
    return Result(payload=fields.epic(world, epic, shown), reads=shown.refs)


def update_epic(world: World, call: Call) -> Result:
    """Name, summary, colour and whether it is done, those that are given."""
    world.require_access(call.account)
    epic, shown = find_epic(world, call, call.params["epicIdOrKey"]), Shown(call.account)
    world.require(call.account, "EDIT_ISSUES", epic, "edit issues")
    body = call.json()
    name, summary = (_line(body, each) for each in ("name", "summary"))
    colour = body.get("color", {"key": epic.epic_colour})
    if not isinstance(colour, dict) or colour.get("key") not in EPIC_COLOURS:
        raise bad_request("color must be an object with a key of color_1 to color_14.")
    done = body.get("done", epic.epic_done)
    if not isinstance(done, bool):
        raise bad_request("done must be true or false.")
    epic.epic_name, epic.epic_colour, epic.epic_done = name or epic.epic_name, colour["key"], done
    change = apply(world, call, epic, {"summary": summary} if summary else {})
    epic.updated_at = max(epic.updated_at, call.now_ms)
    tell_update(world, call, epic, change)
    return Result(payload=fields.epic(world, epic, shown), reads=shown.refs)


def _line(body: dict[str, Any], name: str) -> str | None:
    found = body.get(name)
    if found is None:
        return None
    if not isinstance(found, str) or not found.strip() or len(found) > 255 or "\n" in found:
        raise bad_request(f"{name} must be one line of 1 to 255 characters.")
    return found


def rank_epic(world: World, call: Call) -> Result:
    world.require_access(call.account)
    epic = find_epic(world, call, call.params["epicIdOrKey"])
    world.require(call.account, "SCHEDULE_ISSUES", epic, "rank issues")
    body = call.json()
    beside = [each for name in ("rankBeforeEpic", "rankAfterEpic") if isinstance(each := body.get(name), str)]
    if any(world.find_issue(call.account, each) is None for each in beside):
        raise not_found("The epic to rank beside does not exist or you do not have permission to view it.")
    anchor = _anchor(world, call, body, "rankBeforeEpic", "rankAfterEpic", required=True)
    assert anchor is not None
    if ISSUE_TYPES[anchor[0].type_id].level < 1:
        raise bad_request("An epic is ranked beside an epic.")
    if anchor[0] is not epic:
        _place(world, [epic], anchor)
    return Result(payload=None, status=204)


def move_to_epic(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return _to_epic(world, call, find_epic(world, call, call.params["epicIdOrKey"]))


def move_from_epic(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return _to_epic(world, call, None)


def _to_epic(world: World, call: Call, epic: Issue | None) -> Result:
    """Issues of the epic's project; sub-tasks and epics have other parents, or none. The epic has to be the caller's
    to edit too."""
    named = [world.issue(call.account, name) for name in _asked(call.json())]
    issues = list({each.id: each for each in named}.values())
    for each in (*issues, *([epic] if epic else ())):
        world.require(call.account, "EDIT_ISSUES", each, "edit issues")
    for issue in issues:
        if ISSUE_TYPES[issue.type_id].level != 0:
            raise bad_request(f"The issue {issue.key} cannot be in an epic.")
        if epic is not None and issue.project_id != epic.project_id:
            raise bad_request(f"The issue {issue.key} is of another project than the epic.")
    for issue in issues:
        change = apply(world, call, issue, {"parent": epic.id if epic else None})
        tell_update(world, call, issue, change)
    return Result(payload=None, status=204)
