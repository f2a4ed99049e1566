"""Creating and deleting boards (Atlassian's REST API documents).

A board of a site is one over all issues of a project, for everybody who sees the project. Another one is not emulated:
of a filter that says more than the project, of one that is not shared with all, in a person's own place, team-managed.
"""

from __future__ import annotations

from typing import Any

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.jira.events import tell_board
from forgesim.products.jira.jql import Clause, parse
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.access import may_view_project
from forgesim.site.jira_access import holds_globally, may_see_filter
from forgesim.site.jira_model import Board, Project
from forgesim.site.jira_parts import Filter

__all__ = ["create_board", "delete_board"]

MOST_NAME = 254
_ALONE = (("project", "="), ("project", "in"))


def create_board(world: World, call: Call) -> Result:
    world.require_login(call.account)
    body, shown = call.json(), Shown(call.account)
    name, kind = body.get("name"), body.get("type")
    if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME:
        raise bad_request(f"The board name must have 1 to {MOST_NAME} characters.")
    if kind == "agility":
        raise UnsupportedError(f"{call.operation.name} with type=agility")
    if kind not in ("scrum", "kanban"):
        raise bad_request("The board type must be one of: scrum, kanban.")
    found = _filter(world, call, body.get("filterId"))
    place, project = _place(world, call, body.get("location")), _project(world, call, found)
    if "signedIn" not in found.viewers:
        raise UnsupportedError(f"{call.operation.name} with a filter that is not shared with everybody")
    if place is not project:
        raise UnsupportedError(f"{call.operation.name} with the location of another project than the filter's")
    made = Board(id=int(world.new_id()), name=name, project_id=project.id, filter_id=found.id, kind=kind)
    world.site.boards[str(made.id)] = made
    tell_board(call, made, "created")
    return Result(payload=serialise.board(world, made, shown), reads=shown.refs, status=201)


def _filter(world: World, call: Call, id_: Any) -> Filter:
    found = world.site.jira.filters.get(str(id_)) if type(id_) is int else None
    if found is None or not may_see_filter(world.site, call.account, found):
        raise bad_request("The filter does not exist or you do not have permission to view it.")
    return found


def _project(world: World, call: Call, of: Filter) -> Project:
    """The project that the filter names and nothing else; by rank, or in no order."""
    query = parse(of.jql)
    where, orders = query.where, [each.field for each in query.order]
    if (
        not isinstance(where, Clause)
        or where.field != "project"
        or where.op not in ("=", "in")
        or len(where.values) > 1
    ):
        raise UnsupportedError(f"{call.operation.name} with a filter of more than a project")
    if orders not in ([], ["rank"]) or any(each.descending for each in query.order):
        raise UnsupportedError(f"{call.operation.name} with a filter that is not ordered by rank")
    low = where.values[0].text.casefold()
    for each in world.projects(call.account):
        if low in (each.id, each.key.casefold(), each.name.casefold()):
            return each
    raise bad_request("The filter does not name a project that you have permission to view.")


def _place(world: World, call: Call, location: Any) -> Project:
    if location is None or (isinstance(location, dict) and location.get("type") == "user"):
        raise UnsupportedError(f"{call.operation.name} without the location of a project")
    if not isinstance(location, dict) or location.get("type") != "project":
        raise bad_request("The type of the location must be one of: project, user.")
    asked = location.get("projectKeyOrId")
    found = world.find_project(call.account, asked) if isinstance(asked, str) else None
    if found is None:
        raise bad_request("The location must name a project that you have permission to view.")
    if found.kind == "team":
        raise UnsupportedError(f"{call.operation.name} in a team-managed project")
    return found


def delete_board(world: World, call: Call) -> Result:
    """For those who administer Jira, whether they see it or not. Its sprints stay where issues are in them."""
    world.require_login(call.account)
    board = world.site.boards.get(call.id("boardId"))
    admin = holds_globally(world.site, call.account, "ADMINISTER")
    if board is None or not (admin or may_view_project(world.site, call.account, _of(world, board))):
        raise not_found("The requested board cannot be viewed because it either does not exist or you do not have "
                        "permission to view it.")  # fmt: skip
    if _of(world, board).kind == "team":
        raise forbidden("A board of a team-managed project cannot be deleted.")
    if not admin:  # a site does not name those who administer its boards
        raise UnsupportedError(f"{call.operation.name} by somebody who does not administer Jira")
    del world.site.boards[str(board.id)]
    tell_board(call, board, "deleted")
    return Result(payload=None, status=204)


def _of(world: World, board: Board) -> Project:
    return world.site.projects[board.project_id]
