"""Boards, their configuration and sprints, and the issues of boards and sprints in both generations of the API: pages
by offset under /rest/agile/1.0, by token under /rest/software/1.0 (Atlassian's REST API documents)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.products.jira import serialise
from forgesim.products.jira.call import Call, Result
from forgesim.products.jira.errors import UnsupportedError, bad_request, not_found
from forgesim.products.jira.fields import chosen_fields
from forgesim.products.jira.issues import EXPANDS, MOST_RECONCILED, check_expand, kept_issue
from forgesim.products.jira.jql import parse
from forgesim.products.jira.jql_match import Matcher, Within
from forgesim.products.jira.ordering import ordered
from forgesim.products.jira.paging import offset_page, token_page
from forgesim.products.jira.serialise import Json, Shown
from forgesim.products.jira.world import World, by_rank
from forgesim.site.jira_model import ISSUE_TYPES, STATUSES, Board, Issue

__all__ = [
    "board_backlog", "board_backlog_count", "board_configuration", "board_issue_count", "board_issues",
    "board_sprint_issues", "board_sprints", "epic_issues", "get_board", "get_sprint", "list_boards", "no_epic_issues",
    "sprint_issues",
]  # fmt: skip

_STATES = ("future", "active", "closed")
MOST = 100
"""Issues in one page with fields."""


def list_boards(world: World, call: Call) -> Result:
    world.require_access(call.account)
    call.refuse_others("accountIdLocation", "projectLocation", "negateLocationFiltering", "expand", "filterId",
                       "projectTypeLocation")  # fmt: skip
    call.flag("includePrivate")  # no board of a site is private
    kinds, name, where = call.many("type"), (call.one("name") or "").casefold(), call.one("projectKeyOrId")
    for kind in kinds:
        if kind not in ("scrum", "kanban", "simple"):
            raise bad_request(f"Unknown board type: {kind}")
    project = None
    if where is not None:
        project = world.find_project(call.account, where)
        if project is None:
            raise bad_request(f"No project could be found with key or id '{where}'")
    found = [
        each
        for each in world.boards(call.account)
        if (not kinds or each.kind in kinds)
        and name in each.name.casefold()
        and (project is None or each.project_id == project.id)
    ]
    found = ordered(call, found, {"name": lambda each: each.name.casefold()})
    shown = Shown(call.account)
    page = offset_page(world, call, found, lambda each: serialise.board(world, each, shown), links=False)
    return Result(payload=page, reads=shown.refs)


def get_board(world: World, call: Call) -> Result:
    shown = Shown(call.account)
    return Result(payload=serialise.board(world, _board(world, call), shown), reads=shown.refs)


def board_configuration(world: World, call: Call) -> Result:
    shown = Shown(call.account)
    return Result(payload=serialise.board_configuration(world, _board(world, call), shown), reads=shown.refs)


def board_sprints(world: World, call: Call) -> Result:
    """The board's sprints: closed ones first, then active and future ones, each in the order of their ids."""
    board, shown = _board(world, call), Shown(call.account)
    if board.kind != "scrum":
        raise bad_request("The board does not support sprints")
    states = call.many("state") or _STATES
    for state in states:
        if state not in _STATES:
            raise bad_request(f"The sprint state '{state}' is not one of {', '.join(_STATES)}")
    found = [each for each in world.site.sprints.values() if each.board_id == board.id and each.state in states]
    found.sort(key=lambda each: (-_STATES.index(each.state), each.id))
    page = offset_page(world, call, found, lambda each: serialise.sprint(world, each, shown), links=False)
    shown.add(f"board/{board.id}")
    return Result(payload=page, reads=shown.refs)


def get_sprint(world: World, call: Call) -> Result:
    world.require_access(call.account)
    sprint, shown = world.sprint(call.account, call.id("sprintId")), Shown(call.account)
    return Result(payload=serialise.sprint(world, sprint, shown), reads=shown.refs)


def _board(world: World, call: Call) -> Board:
    world.require_access(call.account)
    return world.board(call.account, call.id("boardId"))


# --- issues ---


def sprint_issues(world: World, call: Call) -> Result:
    world.require_access(call.account)
    sprint = world.sprint(call.account, call.id("sprintId"))
    return _issues(world, call, lambda issue: sprint.id in issue.sprints, [("sprint", str(sprint.id))])


def board_issues(world: World, call: Call) -> Result:
    return _issues(world, call, _on_board(_board(world, call)))


def board_sprint_issues(world: World, call: Call) -> Result:
    board, sprint = _board(world, call), world.sprint(call.account, call.id("sprintId"))
    on_board = _on_board(board)
    held = [("sprint", str(sprint.id))]
    return _issues(world, call, lambda issue: on_board(issue) and sprint.id in issue.sprints, held)


def board_backlog(world: World, call: Call) -> Result:
    return _issues(world, call, _in_backlog(world, _board(world, call)))


def epic_issues(world: World, call: Call) -> Result:
    """Issues of an epic; with a board in the path only those that are on it."""
    on_board = _maybe_on_board(world, call)
    asked = call.params["epicIdOrKey"] if "epicIdOrKey" in call.params else call.params["epicId"]
    epic = world.find_issue(call.account, asked)
    if epic is None or ISSUE_TYPES[epic.type_id].level < 1:
        raise not_found("The requested epic does not exist or you do not have permission to view it.")
    return _issues(world, call, lambda issue: issue.parent_id == epic.id and on_board(issue), [("parent", epic.id)])


def no_epic_issues(world: World, call: Call) -> Result:
    on_board = _maybe_on_board(world, call)

    def without(issue: Issue) -> bool:
        parent = world.site.issues.get(issue.parent_id or "")
        is_epic = ISSUE_TYPES[issue.type_id].level > 0
        return not is_epic and on_board(issue) and (parent is None or ISSUE_TYPES[parent.type_id].level < 1)

    return _issues(world, call, without)


def board_issue_count(world: World, call: Call) -> Result:
    return _count(world, call, _on_board(_board(world, call)))


def board_backlog_count(world: World, call: Call) -> Result:
    return _count(world, call, _in_backlog(world, _board(world, call)))


def _maybe_on_board(world: World, call: Call) -> Callable[[Issue], bool]:
    if "boardId" in call.params:
        return _on_board(_board(world, call))
    world.require_access(call.account)
    return lambda _: True


def _on_board(board: Board) -> Callable[[Issue], bool]:
    """All issues of the board's project; a scrum board leaves epics out."""
    epics = board.kind != "scrum"
    return lambda issue: issue.project_id == board.project_id and (epics or ISSUE_TYPES[issue.type_id].level < 1)


def _in_backlog(world: World, board: Board) -> Callable[[Issue], bool]:
    """On the board, not done, and in no sprint that is active or still to come."""
    on_board = _on_board(board)
    sprints = world.site.sprints

    def test(issue: Issue) -> bool:
        open_ = any(sprints[str(each)].state != "closed" for each in issue.sprints if str(each) in sprints)
        return on_board(issue) and not open_ and STATUSES[issue.status_id].category != "done"

    return test


Held = Sequence[tuple[str, str]]
"""Fields of the index of JQL and values that all issues of a list hold in them."""


def _chosen(world: World, call: Call, test: Callable[[Issue], bool], held: Held) -> Sequence[Issue]:
    """The visible issues that pass ``test`` and the ``jql`` parameter, by rank unless that orders them."""
    if call.one("validateQuery") not in (None, "true", "strict"):
        raise UnsupportedError(f"{call.operation.name} with validateQuery={call.one('validateQuery')}")
    call.ids("reconcileIssues", MOST_RECONCILED)  # a search finds what was just written without being told
    query = parse(call.one("jql") or "")
    board = world.site.boards.get(call.id("boardId")) if "boardId" in call.params else None
    if board is not None:
        held = [*held, ("project", board.project_id)]
    within = Within(test, held, (call.operation.name, tuple(sorted(call.params.items()))))
    return Matcher(world, call.account, call.clock).search(query, by_rank, within)


def _count(world: World, call: Call, test: Callable[[Issue], bool]) -> Result:
    return Result(payload={"count": len(_chosen(world, call, test, ()))})


def _issues(world: World, call: Call, test: Callable[[Issue], bool], held: Held = ()) -> Result:
    issues, shown = _chosen(world, call, test, held), Shown(call.account)
    fields = chosen_fields(world, call.many("fields"), "*navigable")
    expand = check_expand(call.many("expand"))
    payload: Json = {"expand": EXPANDS}
    if call.operation.path.startswith("/rest/software/"):
        page, after = token_page(
            issues,
            token=call.one("nextPageToken"),
            count=max(1, call.number("maxResults", 50, MOST)),
            belongs=(call.operation.name, sorted(call.params.items()), call.one("jql"), call.account),
            ident=lambda each: each.id,
        )
        payload["isLast"] = after is None
        if after is not None:
            payload["nextPageToken"] = after
    else:
        start, count = call.number("startAt", 0), call.number("maxResults", 50, MOST)
        payload |= {"startAt": start, "maxResults": count, "total": len(issues)}
        page = issues[start : start + count]
    payload["issues"] = [kept_issue(world, issue, fields, expand, shown, agile=True) for issue in page]
    return Result(payload=payload, reads=shown.refs)
