"""Sprints of a Jira export and the boards that they are planned on."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, Literal

from forgesim.ids import derive
from forgesim.site.importing.raw_issue import RawIssue, RawSprint
from forgesim.site.jira_model import Board, Sprint
from forgesim.site.model import Site
from forgesim.site.storage import readable

__all__ = ["SprintMaker"]

_STATES: Final[dict[str, Literal["future", "active", "closed"]]] = {
    "future": "future",
    "active": "active",
    "closed": "closed",
}
_NUMBER = re.compile(r"(\d{1,12})\D*$")


class SprintMaker:
    """JSON tells sprints with ids, states and dates; CSV names only, so that their states and dates are guessed."""

    def __init__(self, site: Site, issues: dict[str, RawIssue]) -> None:
        self._site = site
        self._issues = issues
        self._projects = {project.key: project.id for project in site.projects.values()}
        self._named: dict[tuple[str, str], int] = {}
        self._boards: dict[str, Board] = {}

    def make(self) -> None:
        told: dict[int, RawSprint] = {}
        users: dict[int, Counter[str]] = {}
        for issue in self._issues.values():
            for sprint in issue.sprints:
                if sprint.id is not None:
                    told[sprint.id] = sprint
                    users.setdefault(sprint.id, Counter())[self._project(issue)] += 1
        self._make_boards(told, users)
        for number, sprint in sorted(told.items()):
            self._put(number, sprint, self._board_of(sprint, users[number]))
        self._make_named()

    def ids(self, issue: RawIssue) -> tuple[int, ...]:
        """Ids of the sprints that the issue is in."""
        project = self._project(issue)
        found = [each.id if each.id is not None else self._named[project, each.name] for each in issue.sprints]
        return tuple(dict.fromkeys(found))

    def named(self, project: str, name: str) -> int | None:
        return self._named.get((project, name))

    def _project(self, issue: RawIssue) -> str:
        return self._projects[issue.key.rpartition("-")[0]]

    def _make_boards(self, told: dict[int, RawSprint], users: dict[int, Counter[str]]) -> None:
        """The boards that sprints name, each of the project whose issues are most on it; one for a project without."""
        votes: dict[int, Counter[str]] = {}
        for number, sprint in told.items():
            if sprint.board is not None:
                votes.setdefault(sprint.board, Counter()).update(users[number])
        for board, counted in sorted(votes.items()):
            project = min(counted, key=lambda each: (-counted[each], each))
            self._add_board(board, project)
        taken = set(votes)
        for each in self._site.projects.values():
            if each.id not in self._boards:
                number = 1 + derive("board", each.key) % 100_000
                while number in taken:
                    number += 1
                taken.add(number)
                self._add_board(number, each.id)

    def _add_board(self, number: int, project: str) -> None:
        key = self._site.projects[project].key
        filter_id = str(10_000 + derive("filter", number) % 1_000_000)
        board = Board(id=number, name=f"{key} board", project_id=project, filter_id=filter_id)
        self._site.boards[str(number)] = board
        self._boards.setdefault(project, board)

    def _board_of(self, sprint: RawSprint, users: Counter[str]) -> Board:
        if sprint.board is not None:
            return self._site.boards[str(sprint.board)]
        return self._boards[min(users, key=lambda each: (-users[each], each))]

    def _put(self, number: int, sprint: RawSprint, board: Board) -> None:
        state = _STATES.get((sprint.state or "").lower(), "future")
        start, end, done = sprint.start_at, sprint.end_at, sprint.complete_at
        if state == "closed" and done is None:
            done = end or start or self._last(number)
        if state != "future":
            start = start or end or done or self._last(number)
            end = end or done or start
        self._site.sprints[str(number)] = Sprint(
            id=number,
            board_id=board.id,
            name=readable(sprint.name)[:255],
            goal=readable(sprint.goal),
            state=state,
            created_at=start or 0,
            start_at=start,
            end_at=end,
            complete_at=done if state == "closed" else None,
        )

    def _last(self, number: int) -> int:
        """When anything in the sprint last changed."""
        inside = [each for each in self._issues.values() if any(sprint.id == number for sprint in each.sprints)]
        return max((each.updated_at or each.created_at or 0 for each in inside), default=0)

    def _make_named(self) -> None:
        """Sprints of which only the names are known, in the order of their numbers: one whose issues are all resolved
        is closed, the first other one is active."""
        names: dict[str, dict[str, list[RawIssue]]] = {}
        for issue in self._issues.values():
            for sprint in issue.sprints:
                if sprint.id is None:
                    names.setdefault(self._project(issue), {}).setdefault(sprint.name, []).append(issue)
        number = max(map(int, self._site.sprints), default=0)
        for project, own in names.items():
            running = False
            for name in sorted(own, key=_natural):
                issues = own[name]
                number += 1
                self._named[project, name] = number
                over = all(issue.resolved_at is not None or issue.sprints[-1].name != name for issue in issues)
                state = "closed" if over else "future" if running else "active"
                running = running or not over
                starts = [at for issue in issues if (at := issue.created_at) is not None]
                ends = [at for issue in issues if (at := issue.resolved_at or issue.updated_at) is not None]
                start, end = (min(starts, default=0), max(ends, default=0)) if state != "future" else (None, None)
                raw = RawSprint(name=name, state=state, start_at=start, end_at=end, complete_at=end)
                self._put(number, raw, self._boards[project])
        if names:
            self._site.notes.append("the export names sprints only: their states and dates are guessed from the issues")


def _natural(name: str) -> tuple[str, int, str]:
    found = _NUMBER.search(name)
    return (name[: found.start(1)], int(found[1]), name) if found else (name, 0, name)
