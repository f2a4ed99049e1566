"""How to call each emulated write of ranks, boards and epics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tests.products.rights.asking import Seen
from tests.products.rights.setup_rows import admin, signed_in
from tests.products.rights.writes import AGILE, SPRINTS, Row, Write, may_do

from forgesim.site.jira_model import ISSUE_TYPES, Issue

__all__ = ["AGILE_WRITES"]

SCHEDULE, EDIT = "SCHEDULE_ISSUES", "EDIT_ISSUES"


def rank(seen: Seen) -> Iterator[Write]:
    """Each issue for itself: what became of it is told in a 207. Beside what is hidden nothing is ranked."""
    issues = seen.site.issues
    for anchor in (issues["600106"], issues["600201"]):
        for issue in (each for each in issues.values() if each is not anchor):
            ref, beside = f"issue/{issue.id}", f"issue/{anchor.id}"
            yield Write(path=f"{AGILE}/issue/rank", body={"issues": [issue.key], "rankBeforeIssue": anchor.key},
                        about=(ref, beside), may=may_do(seen, SCHEDULE, issue), refused=(207, 403),
                        hidden=(207, 400), touches=frozenset({ref, beside, *_all(seen)}))  # fmt: skip


def _all(seen: Seen) -> set[str]:
    """Ranks may be given anew to make room."""
    return {f"issue/{each}" for each in seen.site.issues}


def _epics(seen: Seen) -> list[Issue]:
    return [each for each in seen.site.issues.values() if ISSUE_TYPES[each.type_id].level > 0]


def rank_epic(seen: Seen) -> Iterator[Write]:
    for epic in _epics(seen):
        for anchor in (each for each in _epics(seen) if each is not epic):
            may, shown = may_do(seen, SCHEDULE, epic), f"issue/{epic.id}" in seen.refs
            yield Write(path=f"{AGILE}/epic/{epic.key}/rank", body={"rankAfterEpic": anchor.key},
                        about=(f"issue/{epic.id}", f"issue/{anchor.id}"), may=may,
                        hidden=(404,) if may or not shown else (403,), touches=frozenset(_all(seen)))  # fmt: skip


def update_epic(seen: Seen) -> Iterator[Write]:
    for epic in _epics(seen):
        ref = f"issue/{epic.id}"
        yield Write(path=f"{AGILE}/epic/{epic.id}", body={"name": "Another"}, about=(ref,),
                    may=may_do(seen, EDIT, epic), touches=frozenset({ref}))  # fmt: skip


def _plain(seen: Seen) -> list[Issue]:
    return [each for each in seen.site.issues.values() if ISSUE_TYPES[each.type_id].level == 0]


def into_epic(seen: Seen) -> Iterator[Write]:
    """*Edit issues* for what is moved and for the epic, of one project."""
    for epic in _epics(seen):
        for issue in (each for each in _plain(seen) if each.parent_id != epic.id):
            refs, same = (f"issue/{epic.id}", f"issue/{issue.id}"), issue.project_id == epic.project_id
            may = may_do(seen, EDIT, epic) and may_do(seen, EDIT, issue)
            if same or not set(refs) <= seen.refs:
                yield Write(path=f"{AGILE}/epic/{epic.key}/issue", body={"issues": [issue.key]}, about=refs, may=may,
                            hidden=(404,), touches=frozenset({f"issue/{issue.id}"}))  # fmt: skip


def from_epic(seen: Seen) -> Iterator[Write]:
    for issue in (each for each in _plain(seen) if each.parent_id is not None):
        ref = f"issue/{issue.id}"
        yield Write(path=f"{AGILE}/epic/none/issue", body={"issues": [issue.key]}, about=(ref,),
                    may=may_do(seen, EDIT, issue), touches=frozenset({ref}))  # fmt: skip


def to_backlog(seen: Seen) -> Iterator[Write]:
    sprints = seen.site.sprints
    for id_, board in seen.site.boards.items():
        for issue in seen.site.issues.values():
            open_ = any(sprints[str(each)].state != "closed" for each in issue.sprints)
            if issue.project_id == board.project_id and open_:
                yield _moved(seen, f"{AGILE}/backlog/{id_}/issue", id_, issue)


def to_board(seen: Seen) -> Iterator[Write]:
    sprints = seen.site.sprints
    for id_, board in seen.site.boards.items():
        active = next(
            (each.id for each in sprints.values() if each.board_id == board.id and each.state == "active"), None
        )
        for issue in seen.site.issues.values():
            if issue.project_id == board.project_id and active is not None and active not in issue.sprints:
                yield _moved(seen, f"{AGILE}/board/{id_}/issue", id_, issue)


def _moved(seen: Seen, path: str, board: str, issue: Issue) -> Write:
    return Write(path=path, body={"issues": [issue.key]}, about=(f"board/{board}", f"issue/{issue.id}"),
                 may=may_do(seen, SCHEDULE, issue), touches=frozenset({f"issue/{issue.id}"}))  # fmt: skip


def of_board(body: object = None) -> Row:
    """A board has nobody of its own here who administers it: it is changed by those who edit its project's issues."""

    def row(seen: Seen) -> Iterator[Write]:
        for id_, board in seen.site.boards.items():
            yield Write(path=f"{AGILE}/board/{id_}/properties/k", body=body, about=(f"board/{id_}",),
                        may=may_do(seen, EDIT, seen.site.projects[board.project_id]),
                        touches=frozenset({f"board/{id_}"}))  # fmt: skip

    return row


def of_sprint(body: object = None) -> Row:
    def row(seen: Seen) -> Iterator[Write]:
        for id_, sprint in seen.site.sprints.items():
            project = seen.site.projects[seen.site.boards[str(sprint.board_id)].project_id]
            yield Write(path=f"{AGILE}/sprint/{id_}/properties/k", body=body, about=(f"sprint/{id_}",),
                        may=may_do(seen, SPRINTS, project), touches=frozenset({f"sprint/{id_}"}))  # fmt: skip

    return row


def make_board(seen: Seen) -> Iterator[Write]:
    """Of a filter that everybody has, by whoever has logged in and sees the project that it names."""
    site = seen.site
    for found in (each for each in site.jira.filters.values() if "signedIn" in each.viewers):
        project = next(each for each in site.projects.values() if found.jql == f"project = {each.key}")
        body = {"name": "Another", "type": "scrum", "filterId": int(found.id),
                "location": {"type": "project", "projectKeyOrId": project.key}}  # fmt: skip
        yield Write(path=f"{AGILE}/board", body=body, about=(f"project/{project.id}", f"filter/{found.id}"),
                    may=signed_in(seen), hidden=(400,), touches=frozenset(), makes=("board",))  # fmt: skip


def remove_board(seen: Seen) -> Iterator[Write]:
    """Admins may, whether they see it or not, but in a team-managed project; a site does not say who else administers
    a board."""
    for id_, board in seen.site.boards.items():
        ref, team = f"board/{id_}", seen.site.projects[board.project_id].kind == "team"
        yield Write(path=f"{AGILE}/board/{id_}", about=() if admin(seen) else (ref,), may=admin(seen) and not team,
                    refused=(403,) if team else (501,), touches=frozenset({ref}))  # fmt: skip


AGILE_WRITES: Mapping[str, Row] = MappingProxyType(
    {
        "POST /rest/agile/1.0/board": make_board,
        "DELETE /rest/agile/1.0/board/{boardId}": remove_board,
        "PUT /rest/agile/1.0/issue/rank": rank,
        "PUT /rest/agile/1.0/epic/{epicIdOrKey}/rank": rank_epic,
        "POST /rest/agile/1.0/epic/{epicIdOrKey}": update_epic,
        "POST /rest/agile/1.0/epic/{epicIdOrKey}/issue": into_epic,
        "POST /rest/agile/1.0/epic/none/issue": from_epic,
        "POST /rest/agile/1.0/backlog/{boardId}/issue": to_backlog,
        "POST /rest/agile/1.0/board/{boardId}/issue": to_board,
        "PUT /rest/agile/1.0/board/{boardId}/properties/{propertyKey}": of_board(2),
        "DELETE /rest/agile/1.0/board/{boardId}/properties/{propertyKey}": of_board(),
        "PUT /rest/agile/1.0/sprint/{sprintId}/properties/{propertyKey}": of_sprint(2),
        "DELETE /rest/agile/1.0/sprint/{sprintId}/properties/{propertyKey}": of_sprint(),
    }
)
