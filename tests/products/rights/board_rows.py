"""How to call each emulated read of boards, sprints, epics and estimates, and what it should list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.confluence_rows import Row
from tests.products.rights.jira_rows import ALL, NOWHERE, issue_total, issues, of_issue, some_issues, values, which

from forgesim.site.jira_model import ISSUE_TYPES, STATUSES, Board, Issue

__all__ = ["AGILE", "BOARD_ROWS", "epic_issues", "no_epic", "of_board", "of_sprint"]

AGILE, SOFTWARE = "/rest/agile/1.0", "/rest/software/1.0"


def list_boards(seen: Seen) -> Iterator[Probe]:
    boards = seen.site.boards
    every = seen.only("board", list(boards))

    def probe(query: str, expect: frozenset[str], **more: Any) -> Probe:
        return Probe(path=f"{AGILE}/board?{query}", items=values("board"), expect=expect, count=issue_total,
                     total=len(expect), **more)  # fmt: skip

    yield probe("maxResults=1", every)
    yield probe("orderBy=name", every)
    for project in seen.site.projects.values():
        inside = every & {f"board/{each.id}" for each in boards.values() if each.project_id == project.id}
        yield probe(f"projectKeyOrId={project.key}", inside, about=f"project/{project.id}", hidden=400,
                    missing=(f"{AGILE}/board?projectKeyOrId={NOWHERE}", None))  # fmt: skip


def of_board(path: str) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for board in seen.site.boards:
            yield Probe(path=path.format(board), about=f"board/{board}", missing=(path.format(MISSING), None))

    return row


def board_sprints(seen: Seen) -> Iterator[Probe]:
    for id_, board in seen.site.boards.items():
        inside = seen.only("sprint", [key for key, each in seen.site.sprints.items() if each.board_id == board.id])
        path = f"{AGILE}/board/{{}}/sprint?maxResults=1"
        kanban = board.kind != "scrum" and f"board/{id_}" in seen.refs
        yield Probe(path=path.format(id_), about=None if kanban else f"board/{id_}",
                    items=None if kanban else values("sprint"), expect=None if kanban else inside,
                    missing=None if kanban else (path.format(MISSING), None), found=not kanban)  # fmt: skip


Test = Callable[[Seen, Board, Issue], bool]


def on_board(seen: Seen, board: Board, issue: Issue) -> bool:
    """Atlassian: epics do not belong to scrum boards."""
    return issue.project_id == board.project_id and (board.kind != "scrum" or ISSUE_TYPES[issue.type_id].level < 1)


def in_backlog(seen: Seen, board: Board, issue: Issue) -> bool:
    """Not done, and in no active or future sprint."""
    open_ = any(seen.site.sprints[str(each)].state != "closed" for each in issue.sprints)
    return on_board(seen, board, issue) and not open_ and STATUSES[issue.status_id].category != "done"


def without_epic(seen: Seen, board: Board, issue: Issue) -> bool:
    parent = seen.site.issues.get(issue.parent_id or "")
    epic = parent is not None and ISSUE_TYPES[parent.type_id].level > 0
    return on_board(seen, board, issue) and ISSUE_TYPES[issue.type_id].level < 1 and not epic


def board_issues(base: str, what: str, test: Test) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for id_, board in seen.site.boards.items():
            path = f"{base}/board/{{}}/{what}?{ALL}&maxResults=3"
            meant = which(seen, lambda issue, board=board: test(seen, board, issue))  # type: ignore[misc]
            yield Probe(path=path.format(id_), about=f"board/{id_}", missing=(path.format(MISSING), None),
                        items=issues, expect=meant, **_totalled(base, meant))  # fmt: skip

    return row


def _totalled(base: str, meant: frozenset[str]) -> dict[str, Any]:
    return {} if base == SOFTWARE else {"count": issue_total, "total": len(meant)}


def board_counts(what: str, test: Test) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for id_, board in seen.site.boards.items():
            path = f"{SOFTWARE}/board/{{}}/{what}/approximate-count"
            meant = which(seen, lambda issue, board=board: test(seen, board, issue))  # type: ignore[misc]
            yield Probe(path=path.format(id_), about=f"board/{id_}", missing=(path.format(MISSING), None),
                        count=lambda said: int(said["count"]), total=len(meant))  # fmt: skip

    return row


def board_sprint_issues(base: str) -> Row:
    """Both the board and the sprint have to be visible; which one is missing, the answer may say."""

    def row(seen: Seen) -> Iterator[Probe]:
        for id_, board in seen.site.boards.items():
            for sprint in seen.some("sprint", list(seen.site.sprints)):
                path = f"{base}/board/{{}}/sprint/{{}}/issue?{ALL}&maxResults=2"
                meant = which(seen, lambda issue, board=board, sprint=sprint: on_board(seen, board, issue)  # type: ignore[misc]
                               and int(sprint) in issue.sprints)  # fmt: skip
                shut = f"board/{id_}" not in seen.refs
                missing = path.format(MISSING, sprint) if shut else path.format(id_, MISSING)
                yield Probe(path=path.format(id_, sprint), about=f"board/{id_}" if shut else f"sprint/{sprint}",
                            missing=(missing, None), items=issues, expect=meant, **_totalled(base, meant))  # fmt: skip

    return row


def sprint_issues(base: str) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for sprint in seen.some("sprint", list(seen.site.sprints)):
            path = f"{base}/sprint/{{}}/issue?{ALL}&maxResults=2"
            meant = which(seen, lambda issue, sprint=sprint: int(sprint) in issue.sprints)  # type: ignore[misc]
            yield Probe(path=path.format(sprint), about=f"sprint/{sprint}", missing=(path.format(MISSING), None),
                        items=issues, expect=meant, **_totalled(base, meant))  # fmt: skip

    return row


def of_sprint(path: str) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for sprint in seen.some("sprint", list(seen.site.sprints)):
            yield Probe(path=path.format(sprint), about=f"sprint/{sprint}", missing=(path.format(MISSING), None))

    return row


def epic_issues(base: str, *, on: bool) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        for board in seen.site.boards.values() if on else [None]:
            if board is not None and f"board/{board.id}" not in seen.refs:
                continue
            for epic in some_issues(seen):
                path = f"{base}/{f'board/{board.id}/' if board else ''}epic/{{}}/issue?{ALL}&maxResults=2"
                meant = which(seen, lambda issue, board=board, epic=epic: issue.parent_id == epic.id  # type: ignore[misc]
                               and (board is None or on_board(seen, board, issue)))  # fmt: skip
                yield Probe(path=path.format(epic.id), about=f"issue/{epic.id}", missing=(path.format(MISSING), None),
                            found=ISSUE_TYPES[epic.type_id].level > 0, items=issues, expect=meant,
                            **_totalled(base, meant))  # fmt: skip

    return row


def no_epic(base: str) -> Row:
    def row(seen: Seen) -> Iterator[Probe]:
        epic = {each.id for each in seen.site.issues.values() if ISSUE_TYPES[each.type_id].level > 0}
        meant = which(seen, lambda issue: issue.id not in epic and issue.parent_id not in epic)
        yield Probe(path=f"{base}/epic/none/issue?{ALL}&maxResults=4", items=issues, expect=meant)

    return row


def estimation(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        for board in seen.site.boards.values():
            path = f"{AGILE}/issue/{{}}/estimation?boardId={board.id}"
            shown = {f"issue/{issue.id}", f"board/{board.id}"} <= seen.refs
            if not shown:
                shut = f"issue/{issue.id}" not in seen.refs
                nothing = path.format(MISSING) if shut else f"{AGILE}/issue/{issue.id}/estimation?boardId={MISSING}"
                yield Probe(path=path.format(issue.id), about=f"issue/{issue.id}" if shut else f"board/{board.id}",
                            missing=(nothing, None))  # fmt: skip
            elif board.project_id == issue.project_id and board.kind == "scrum":
                yield Probe(path=path.format(issue.key), about=f"issue/{issue.id}")


BOARD_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "GET /rest/agile/1.0/board": list_boards,
        "GET /rest/agile/1.0/board/{boardId}": of_board(f"{AGILE}/board/{{}}"),
        "GET /rest/agile/1.0/board/{boardId}/configuration": of_board(f"{AGILE}/board/{{}}/configuration"),
        "GET /rest/agile/1.0/board/{boardId}/sprint": board_sprints,
        "GET /rest/agile/1.0/board/{boardId}/issue": board_issues(AGILE, "issue", on_board),
        "GET /rest/agile/1.0/board/{boardId}/backlog": board_issues(AGILE, "backlog", in_backlog),
        "GET /rest/agile/1.0/board/{boardId}/sprint/{sprintId}/issue": board_sprint_issues(AGILE),
        "GET /rest/agile/1.0/board/{boardId}/epic/none/issue": board_issues(AGILE, "epic/none/issue", without_epic),
        "GET /rest/agile/1.0/board/{boardId}/epic/{epicId}/issue": epic_issues(AGILE, on=True),
        "GET /rest/agile/1.0/sprint/{sprintId}": of_sprint(f"{AGILE}/sprint/{{}}"),
        "GET /rest/agile/1.0/sprint/{sprintId}/issue": sprint_issues(AGILE),
        "GET /rest/software/1.0/board/{boardId}/issue": board_issues(SOFTWARE, "issue", on_board),
        "GET /rest/software/1.0/board/{boardId}/issue/approximate-count": board_counts("issue", on_board),
        "GET /rest/software/1.0/board/{boardId}/backlog": board_issues(SOFTWARE, "backlog", in_backlog),
        "GET /rest/software/1.0/board/{boardId}/backlog/approximate-count": board_counts("backlog", in_backlog),
        "GET /rest/software/1.0/board/{boardId}/sprint/{sprintId}/issue": board_sprint_issues(SOFTWARE),
        "GET /rest/software/1.0/board/{boardId}/epic/none/issue": board_issues(
            SOFTWARE, "epic/none/issue", without_epic
        ),
        "GET /rest/software/1.0/board/{boardId}/epic/{epicId}/issue": epic_issues(SOFTWARE, on=True),
        "GET /rest/software/1.0/epic/none/issue": no_epic(SOFTWARE),
        "GET /rest/software/1.0/epic/{epicIdOrKey}/issue": epic_issues(SOFTWARE, on=False),
        "GET /rest/software/1.0/sprint/{sprintId}/issue": sprint_issues(SOFTWARE),
        "GET /rest/agile/1.0/issue/{issueIdOrKey}": of_issue(f"{AGILE}/issue/{{}}?fields=*all"),
        "GET /rest/agile/1.0/issue/{issueIdOrKey}/estimation": estimation,
    }
)  # fmt: skip
