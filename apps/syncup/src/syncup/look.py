"""Looking at sprints of a board: from what Jira answers to their numbers, or to none where the group is too small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from syncup.jira import Jira, Json
from syncup.passage import Passage, Window, pass_through
from syncup.report import TEAM_MS, is_group, sprint_row, team_size
from syncup.timeline import DAY_MS, Board, instant_ms, read_issue

__all__ = ["Look", "look_at", "window_of"]


class Look(NamedTuple):
    """A sprint, what passed through it, and its totals. ``is_group`` is false where nothing of it may be shown."""

    sprint: Json
    window: Window
    passages: Sequence[Passage]
    row: dict[str, Any]
    is_group: bool


def window_of(sprint: Json, now_ms: int) -> Window:
    """A sprint that has not begun is looked at as if it began now, for a day where nobody has planned it yet."""
    start_ms = instant_ms(sprint["startDate"]) if "startDate" in sprint else now_ms
    if sprint["state"] == "closed":
        end_ms = planned_ms = instant_ms(sprint["completeDate"])
    else:
        end_ms, planned_ms = now_ms, instant_ms(sprint["endDate"]) if "endDate" in sprint else now_ms + DAY_MS
    return Window(sprint=int(sprint["id"]), start_ms=start_ms, end_ms=end_ms, planned_ms=planned_ms)


async def look_at(jira: Jira, board: Board, sprints: Sequence[Json], now_ms: int) -> tuple[list[Look], bool]:
    """The sprints, read together; and whether Jira left out a part of a history.

    Raises RefusedError.
    """
    windows = [window_of(sprint, now_ms) for sprint in sprints]
    since_ms = min((window.start_ms for window in windows), default=now_ms) - TEAM_MS
    issues = await jira.issues(board.id, [window.sprint for window in windows], since_ms, board.estimate)
    lines = [read_issue(issue, board) for issue in issues]
    looks = []
    for sprint, window in zip(sprints, windows, strict=True):
        passages = [passage for line in lines for passage in pass_through(line, window, board)]
        group = is_group(passages, team_size(lines, window))
        row = sprint_row(passages, window)
        looks.append(Look(sprint=sprint, window=window, passages=passages, row=row, is_group=group))
    logs = [issue["changelog"] for issue in issues]
    return looks, any(log.get("total", 0) > len(log["histories"]) for log in logs)
