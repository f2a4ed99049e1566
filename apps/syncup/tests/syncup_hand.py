"""Issues as Jira's search gives them, written by hand: days are counted from a Monday in March."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from syncup.timeline import IssueLine, read_board, read_issue

__all__ = ["BOARD", "MONDAY", "Step", "done", "flags", "frees", "issue", "moves", "ms", "on", "raw", "starts"]
__all__ += ["DOING", "DONE", "WAITING"]

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
WAITING, DOING, DONE = "1", "2", "3"
POINTS = "customfield_7"
BOARD = read_board(
    {
        "id": 9,
        "columnConfig": {
            "columns": [
                {"name": "Backlog", "statuses": []},
                {"name": "To do", "statuses": [{"id": WAITING}]},
                {"name": "Doing", "statuses": [{"id": DOING}]},
                {"name": "Done", "statuses": [{"id": DONE}]},
            ]
        },
        "estimation": {"type": "field", "field": {"fieldId": POINTS}},
    }
)

Step = tuple[float, str, str | None, str | None]
"""Day, what changed, before, after."""


def on(day: float) -> str:
    return f"{MONDAY + timedelta(days=day):%Y-%m-%dT%H:%M:%S}.000+0000"


def ms(day: float) -> int:
    return round((MONDAY.timestamp() + day * 86_400) * 1000)


def item(field: str, before: str | None, after: str | None) -> dict[str, Any]:
    """An item of a changelog; numbers stand in the texts, as Jira writes them."""
    ends = {"from": before, "to": after, "fromString": before, "toString": after}
    match field:
        case "points":
            return ends | {"field": "Story Points", "fieldId": POINTS, "from": None, "to": None}
        case "sprint":
            return ends | {"field": "Sprint", "fieldId": "customfield_8"}
        case "flag":
            return ends | {"field": "Flagged", "fieldId": "customfield_9"}
        case _:
            return ends | {"field": field, "fieldId": field}


def raw(
    points: float | None,
    *steps: Step,
    created: float = -9,
    sprint: int | None = None,
    kind: str = "Story",
    hours: float | None = None,
    parent: str | None = None,
    key: str = "1",
) -> dict[str, Any]:
    """An issue as Jira gives it, newest change first. ``points``, ``sprint`` and ``hours`` as they are now; with a
    ``parent`` it is a sub-task."""
    status = next((after for _, field, _, after in reversed(steps) if field == "status"), WAITING)
    histories = [
        {"id": str(n), "created": on(day), "author": {"accountId": f"p{n}"}, "items": [item(field, before, after)]}
        for n, (day, field, before, after) in enumerate(steps)
    ]
    fields = {
        "created": on(created),
        "status": {"id": status},
        "sprint": {"id": sprint} if sprint else None,
        "closedSprints": None,
        "issuetype": {"name": kind, "subtask": parent is not None},
        "parent": parent and {"id": parent},
        "timeoriginalestimate": hours and hours * 3600,
        POINTS: points,
    }
    return {"id": key, "fields": fields, "changelog": {"histories": histories[::-1]}}


def issue(points: float | None, *steps: Step, **more: Any) -> IssueLine:
    return read_issue(raw(points, *steps, **more), BOARD)


def flags(day: float) -> Step:
    return (day, "flag", "", "Impediment")


def frees(day: float) -> Step:
    return (day, "flag", "Impediment", "")


def starts(day: float) -> Step:
    return (day, "status", WAITING, DOING)


def done(day: float) -> Step:
    return (day, "status", DOING, DONE)


def moves(day: float, before: str, after: str) -> Step:
    return (day, "sprint", before, after)
