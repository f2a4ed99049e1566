"""What belongs to a board besides its issues: epics, projects, quick filters, reports, features; boards of a
filter (Atlassian's REST API documents)."""

from __future__ import annotations

from forgesim.products.jira import fields, serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import bad_request, not_found
from forgesim.products.jira.paging import offset_page
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World, by_rank
from forgesim.site.jira_model import ISSUE_TYPES, Board, Issue

__all__ = [
    "board_epics", "board_features", "board_projects", "board_projects_in_full", "board_quick_filters",
    "board_reports", "boards_of_filter", "get_quick_filter",
]  # fmt: skip


def _board(world: World, call: Call) -> Board:
    world.require_access(call.account)
    return world.board(call.account, call.id("boardId"))


def board_epics(world: World, call: Call) -> Result:
    """Epics of the board's project, by rank."""
    board, shown, done = _board(world, call), Shown(call.account), call.one("done")
    if done not in (None, "true", "false"):
        raise bad_request("done must be true or false.")
    found = sorted((each for each in world.issues(call.account) if _is_epic_of(each, board)), key=by_rank)
    shapes = [(each, each.epic_done or each.resolution_id is not None) for each in found]
    kept = [each for each, is_done in shapes if done is None or is_done == (done == "true")]
    page = offset_page(
        world, call, kept, lambda each: fields.epic(world, each, shown), links=False, total=False
    )  # fmt: skip
    shown.add(f"board/{board.id}")
    return Result(payload=page, reads=shown.refs)


def _is_epic_of(issue: Issue, board: Board) -> bool:
    return issue.project_id == board.project_id and ISSUE_TYPES[issue.type_id].level > 0


def board_projects(world: World, call: Call) -> Result:
    board, shown = _board(world, call), Shown(call.account)
    project = world.site.projects[board.project_id]
    shown.add(f"board/{board.id}", f"project/{project.id}")
    page = offset_page(
        world, call, [project], lambda each: serialise.project_ref(world, each), links=False
    )  # fmt: skip
    return Result(payload=page, reads=shown.refs)


def board_projects_in_full(world: World, call: Call) -> Result:
    board, shown = _board(world, call), Shown(call.account)
    project = world.site.projects[board.project_id]
    shape = serialise.project(world, project, shown, (), whole=True)
    page = {"maxResults": 50, "startAt": 0, "total": 1, "isLast": True, "values": [shape]}
    return Result(payload=page, reads=(f"board/{board.id}", *shown.refs))


def board_quick_filters(world: World, call: Call) -> Result:
    board = _board(world, call)
    page = offset_page(world, call, range(len(board.quick_filters)), lambda at: _quick(board, at), links=False)
    return Result(payload=page, reads=(f"board/{board.id}",))


def get_quick_filter(world: World, call: Call) -> Result:
    board, asked = _board(world, call), call.id("quickFilterId")
    for at, (id_, *_) in enumerate(board.quick_filters):
        if str(id_) == asked:
            return Result(payload=_quick(board, at), reads=(f"board/{board.id}",))
    raise not_found(f"Quick filter with id {asked} does not exist.")


def _quick(board: Board, at: int) -> Json:
    id_, name, jql, description = board.quick_filters[at]
    return {
        "id": id_, "boardId": board.id, "name": name, "jql": jql, "description": description, "position": at,
    }  # fmt: skip


def board_reports(world: World, call: Call) -> Result:
    """Which reports there are; no operation gives their numbers."""
    board = _board(world, call)
    scrum = ("burndownChart", "burnupChart", "sprintReport", "velocityChart")
    names = (*(scrum if board.kind == "scrum" else ()), "cumulativeFlowDiagram", "controlChart")
    return Result(payload={"reports": [{"reportKey": each} for each in names]}, reads=(f"board/{board.id}",))


def board_features(world: World, call: Call) -> Result:
    """Boards of company-managed projects have none that could be switched."""
    board = _board(world, call)
    if world.site.projects[board.project_id].kind == "company":
        return Result(payload={"features": []}, reads=(f"board/{board.id}",))
    held = {"BACKLOG": True, "SPRINTS": board.kind == "scrum", "ESTIMATION": board.kind == "scrum", "REPORTS": True}
    found = [
        {
            "boardFeature": name, "boardId": board.id, "state": "ENABLED" if on else "DISABLED",
            "featureId": name.lower(), "featureType": "ESTIMATION" if name == "ESTIMATION" else "BASIC",
            "localisedName": name.capitalize(), "localisedDescription": "", "localisedGroup": "",
            "toggleLocked": True,
        }
        for name, on in held.items()
    ]  # fmt: skip
    return Result(payload={"features": found}, reads=(f"board/{board.id}",))


def boards_of_filter(world: World, call: Call) -> Result:
    world.require_access(call.account)
    asked, shown = call.id("filterId"), Shown(call.account)
    found = [each for each in world.boards(call.account) if each.filter_id == asked]

    def show(board: Board) -> Json:
        shown.add(f"board/{board.id}")
        return {"id": board.id, "self": f"{world.base}/rest/agile/1.0/board/{board.id}", "name": board.name}

    return Result(payload=offset_page(world, call, found, show, links=False), reads=shown.refs)
