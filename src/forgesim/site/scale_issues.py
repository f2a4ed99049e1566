"""The projects of a site of any size, with their boards, sprints and issues."""

from __future__ import annotations

from itertools import count

from forgesim.site.jira_calendar import DAY_MS, HOUR_MS
from forgesim.site.jira_draft import Draft, finished
from forgesim.site.jira_model import Board, Change, Project, Sprint
from forgesim.site.model import Site, User
from forgesim.site.scale_lives import Lives
from forgesim.site.scale_text import ScaleText, Vocabulary
from forgesim.site.seeded import seeded

__all__ = ["IssueMaker"]

_FIRST_CHANGE, _FIRST_PROJECT = 40_001, 10_001
_IN_A_SPRINT, _MOST_SPRINTS, _SPRINT_DAYS, _KANBAN_DAYS = 30, 100, 14, 700
_BEGAN_DAYS = 5
"""Days since the active sprints began."""
_LABELS = ("backend", "frontend", "customer", "security", "debt", "docs")


class IssueMaker:
    """Adds projects to ``site``; ``number`` then gives all their issues ids and keys, in order of creation."""

    def __init__(self, site: Site, vocabulary: Vocabulary, ids: count[int]) -> None:
        self._site = site
        self._vocabulary = vocabulary
        self._ids = ids
        self._people = [user for user in site.users.values() if user.active]
        self._sprint_ids = count(1)
        self._drafts: list[tuple[int, Project, Draft]] = []

    def add_project(self, number: int, issues: int) -> None:
        """The first project is open to everybody; of the others each fifth is one team's own, each fourth has a kanban
        board, without sprints."""
        site, dice = self._site, seeded("scale", self._site.seed, "project", number)
        text = ScaleText(dice, self._vocabulary)
        lead = self._people[0] if number == 1 else dice.pick(self._people)
        team = lead.groups[-1]
        private = number % 5 == 3
        project = Project(
            id=str(_FIRST_PROJECT + number - 1),
            key="WEB" if number == 1 else f"P{number}",
            name=text.title(),
            description=text.marked(),
            lead=lead.account_id,
            created_at=site.clock_ms - 2_000 * DAY_MS,
            viewers=[lead.account_id, f"group:{team}"] if private else None,
        )
        kanban = number % 4 == 0
        board = Board(
            id=number,
            name=f"{project.key} board {self._vocabulary.canary()}",
            project_id=project.id,
            filter_id=str(_FIRST_PROJECT + number - 1),
            kind="kanban" if kanban else "scrum",
        )
        site.projects[project.id], site.boards[str(board.id)] = project, board
        sprints = [] if kanban else self._sprints(board, project, text, issues)
        members = self._members(lead, team if private else None)
        start = sprints[0].start_at - 10 * DAY_MS if sprints and sprints[0].start_at else None
        lives = Lives(dice, text, members, sprints)
        start = site.clock_ms - _KANBAN_DAYS * DAY_MS if start is None else start
        for draft in lives.run(issues, start, site.clock_ms - HOUR_MS):
            self._drafts.append((draft.created_at, project, draft))

    def _members(self, lead: User, team: str | None) -> list[str]:
        """The lead, who is first, and up to eleven more."""
        if team is not None:
            return [lead.account_id, *(u.account_id for u in self._people if u.groups[-1] == team and u is not lead)]
        place = self._people.index(lead)
        return [user.account_id for user in (self._people[place:] + self._people[:place])[:12]]

    def _sprints(self, board: Board, project: Project, text: ScaleText, issues: int) -> list[Sprint]:
        """Closed ones, about thirty issues each unless that makes too many, the active one, and the next."""
        now = self._site.clock_ms
        closed = min(_MOST_SPRINTS, max(1, issues // _IN_A_SPRINT))
        sprints = []
        for number in range(closed + 2):
            start = now - _BEGAN_DAYS * DAY_MS + (number - closed) * _SPRINT_DAYS * DAY_MS
            sprint = Sprint(
                id=next(self._sprint_ids),
                board_id=board.id,
                name=f"{project.key} Sprint {number + 1}",
                goal=text.marked(),
                created_at=start - 16 * DAY_MS,
            )
            if number <= closed:
                sprint.state, sprint.start_at = "active", start
                sprint.end_at = start + _SPRINT_DAYS * DAY_MS - 2 * HOUR_MS
            if number < closed:
                sprint.state, sprint.complete_at = "closed", start + _SPRINT_DAYS * DAY_MS - HOUR_MS
            sprints.append(sprint)
            self._site.sprints[str(sprint.id)] = sprint
        return sprints

    def number(self) -> None:
        """Put every issue on the site, oldest first."""
        self._drafts.sort(key=lambda each: each[0])
        change_ids, dice = count(_FIRST_CHANGE), seeded("scale", self._site.seed, "labels")
        for place, (_, project, draft) in enumerate(self._drafts):
            issue = finished(
                draft,
                id_=str(next(self._ids)),
                key=f"{project.key}-{project.next_number}",
                project_id=project.id,
                rank=f"0|i{place:07d}:",
                now=self._site.clock_ms,
            )
            project.next_number += 1
            issue.changes = [Change(str(next(change_ids)), each.at, each.author, each.items) for each in issue.changes]
            for comment in issue.comments:
                comment.id = str(next(self._ids))
            if dice.chance(0.3):
                issue.labels = tuple(sorted({dice.pick(_LABELS) for _ in range(2)}))
            draft.issue = issue
            self._site.issues[issue.id] = issue
        self._drafts.clear()
