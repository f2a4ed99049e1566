"""How to call each emulated read of what belongs to boards, sprints and epics beside their issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tests.products.rights.asking import MISSING, Probe, Seen
from tests.products.rights.board_rows import AGILE, epic_issues, no_epic, of_board
from tests.products.rights.confluence_rows import Row
from tests.products.rights.jira_rows import NOWHERE, V3, some_issues, values
from tests.products.rights.part_rows import keyed

from forgesim.site.jira_model import ISSUE_TYPES

__all__ = ["AGILE_ROWS"]


def of_filter(seen: Seen) -> Iterator[Probe]:
    """Boards of a filter; of one that nobody may see there are none, as of one that there is not."""
    boards = seen.site.boards
    for filter_ in (*dict.fromkeys(each.filter_id for each in boards.values()), MISSING):
        found = seen.only("board", [key for key, each in boards.items() if each.filter_id == filter_])
        yield Probe(path=f"{AGILE}/board/filter/{filter_}", items=values("board"), expect=found)


def board_epics(seen: Seen) -> Iterator[Probe]:
    for id_, board in seen.site.boards.items():
        inside = [each for each in seen.site.issues.values() if each.project_id == board.project_id]
        found = seen.only("issue", [each.id for each in inside if ISSUE_TYPES[each.type_id].level > 0])
        path = f"{AGILE}/board/{{}}/epic"
        yield Probe(path=path.format(id_), about=f"board/{id_}", missing=(path.format(MISSING), None),
                    items=values("issue"), expect=found)  # fmt: skip


def quick_filter(seen: Seen) -> Iterator[Probe]:
    for id_, board in seen.site.boards.items():
        for number, *_ in board.quick_filters:
            path = f"{AGILE}/board/{{}}/quickfilter/{number}"
            yield Probe(path=path.format(id_), about=f"board/{id_}", missing=(path.format(MISSING), None))
        yield Probe(path=f"{AGILE}/board/{id_}/quickfilter/{MISSING}", about=f"board/{id_}", found=False)


def epic(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        path = f"{AGILE}/epic/{{}}"
        for name, nothing in ((issue.id, MISSING), (issue.key, f"{NOWHERE}-1")):
            yield Probe(path=path.format(name), about=f"issue/{issue.id}", missing=(path.format(nothing), None),
                        found=ISSUE_TYPES[issue.type_id].level > 0)  # fmt: skip


def worklog_properties(path: str, *, key: bool) -> Row:
    """Where the issue is seen and the worklog is not, there is no such worklog in it."""

    def row(seen: Seen) -> Iterator[Probe]:
        for issue in some_issues(seen):
            shut = f"issue/{issue.id}" not in seen.refs
            for each in issue.worklogs:
                nothing = (f"{NOWHERE}-1", each.id) if shut else (issue.key, MISSING)
                for name in each.properties if key else ("",):
                    yield Probe(path=path.format(issue.key, each.id, name), about=f"worklog/{each.id}",
                                missing=(path.format(*nothing, name), None))  # fmt: skip

    return row


def chosen_changes(seen: Seen) -> Iterator[Probe]:
    for issue in some_issues(seen):
        path, asked = f"{V3}/issue/{{}}/changelog/list", [int(each.id) for each in issue.changes] or [1]
        yield Probe(path=path.format(issue.key), body={"changelogIds": [*asked, int(MISSING)]},
                    about=f"issue/{issue.id}", count=lambda said: int(said["total"]), total=len(issue.changes),
                    missing=(path.format(f"{NOWHERE}-1"), {"changelogIds": [*asked, int(MISSING)]}))  # fmt: skip


def _boards(seen: Seen) -> Iterator[tuple[str, str, list[str]]]:
    return ((key, f"board/{key}", list(each.properties)) for key, each in seen.site.boards.items())


def _sprints(seen: Seen) -> Iterator[tuple[str, str, list[str]]]:
    some = seen.some("sprint", list(seen.site.sprints))
    return ((key, f"sprint/{key}", list(seen.site.sprints[key].properties)) for key in some)


def _comments(seen: Seen) -> Iterator[tuple[str, str, list[str]]]:
    return ((each.id, f"comment/{each.id}", list(each.properties)) for issue in some_issues(seen)
            for each in issue.comments)  # fmt: skip


WORKLOG = f"{V3}/issue/{{}}/worklog/{{}}/properties"

AGILE_ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "GET /rest/agile/1.0/board/filter/{filterId}": of_filter,
        "GET /rest/agile/1.0/board/{boardId}/epic": board_epics,
        "GET /rest/agile/1.0/board/{boardId}/features": of_board(f"{AGILE}/board/{{}}/features"),
        "GET /rest/agile/1.0/board/{boardId}/quickfilter/{quickFilterId}": quick_filter,
        "GET /rest/agile/1.0/board/{boardId}/properties/{propertyKey}": keyed(
            f"{AGILE}/board/{{}}/properties/{{}}", _boards, MISSING
        ),
        "GET /rest/agile/1.0/sprint/{sprintId}/properties/{propertyKey}": keyed(
            f"{AGILE}/sprint/{{}}/properties/{{}}", _sprints, MISSING
        ),
        "GET /rest/agile/1.0/epic/none/issue": no_epic(AGILE),
        "GET /rest/agile/1.0/epic/{epicIdOrKey}": epic,
        "GET /rest/agile/1.0/epic/{epicIdOrKey}/issue": epic_issues(AGILE, on=False),
        "GET /rest/api/3/comment/{commentId}/properties/{propertyKey}": keyed(
            f"{V3}/comment/{{}}/properties/{{}}", _comments, MISSING
        ),
        "GET /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties": worklog_properties(WORKLOG, key=False),
        "GET /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}": worklog_properties(
            f"{WORKLOG}/{{}}", key=True
        ),
        "POST /rest/api/3/issue/{issueIdOrKey}/changelog/list": chosen_changes,
    }
)
