"""Looking at sprints of a board: from what Jira answers to their numbers, or to none where the group is too small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from syncup.jira import Jira, Json
from syncup.passage import Passage, Window, pass_through
from syncup.report import TEAM_MS, is_group, sprint_row, team_size
from syncup.timeline import ALL, DAY_MS, HOURS, Board, IssueLine, instant_ms, read_issue

__all__ = ["Look", "board_itself", "lines_of", "look_at", "window_of"]


class Look:
    """A sprint, what passed through it, and its totals. ``is_group`` is false where nothing of it may be shown."""

    def __init__(
        self, *, sprint: Json, window: Window, passages: Sequence[Passage], row: dict[str, Any], is_group: bool
    ) -> None:
        self.sprint, self.window, self.passages, self.row, self.is_group = sprint, window, passages, row, is_group


def board_itself(now_ms: int, days: int) -> Json:
    """In a sprint's place: the last days of a whole board."""
    start, end = (datetime.fromtimestamp(at / 1000, UTC).isoformat() for at in (now_ms - days * DAY_MS, now_ms))
    return {"id": ALL, "name": "", "state": "active", "startDate": start, "endDate": end}


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
    windows = await jira.read(lambda: [window_of(sprint, now_ms) for sprint in sprints])
    since_ms = min((window.start_ms for window in windows), default=now_ms) - TEAM_MS
    estimate = ",".join(filter(None, (board.estimate, HOURS, "parent")))
    issues = await jira.issues(board.id, [window.sprint for window in windows], since_ms, estimate)
    lines = await jira.read(lambda: lines_of(issues, board))
    looks = []
    for sprint, window in zip(sprints, windows, strict=True):
        passages = [passage for line in lines for passage in pass_through(line, window, board)]
        group = is_group(passages, team_size(lines, window))
        row = sprint_row(passages, window)
        looks.append(Look(sprint=sprint, window=window, passages=passages, row=row, is_group=group))
    logs = [issue["changelog"] for issue in issues]
    return looks, any(log.get("total", 0) > len(log["histories"]) for log in logs)


def lines_of(issues: Sequence[Json], board: Board) -> list[IssueLine]:
    """A line for each issue that is no sub-task: those follow their parent, and add to its hours."""
    parts: defaultdict[str, list[Json]] = defaultdict(list)
    for issue in issues:
        parts[_whole(issue)].append(issue)
    return [read_issue(issue, board, parts[issue["id"]]) for issue in parts[""]]


def _whole(issue: Json) -> str:
    """Of a sub-task the id of its parent, else ""."""
    fields = issue["fields"]
    return str((fields.get("parent") or {}).get("id", "?")) * bool(fields["issuetype"]["subtask"])
