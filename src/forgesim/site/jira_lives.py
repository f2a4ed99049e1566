"""What the demo company's teams leave on issues besides their fields: work logged, links, files, votes; and what
projects have of components and versions.

It has dice of its own: issues, their history and their sprints are the same without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forgesim.site.jira_model import Issue, Project
from forgesim.site.jira_parts import (
    Component,
    IssueAttachment,
    IssueLink,
    ProjectVersion,
    RemoteLink,
    Visibility,
    Worklog,
)
from forgesim.site.jira_teams import TEAMS, TeamPlan
from forgesim.site.jira_texts import Texts
from forgesim.site.model import Site
from forgesim.site.seeded import Dice, seeded

__all__ = ["add_work"]

_BUSY = 12
"""Issues of a project that have some of each; the one that variables name is among them."""
_HOUR_MS = 3_600_000
_FIRST = 700_001
_STEP = 10
"""Ids that an issue may give away."""
_RELATES, _BLOCKS = "10003", "10000"


def add_work(site: Site, accounts: Mapping[str, str]) -> None:
    """Add them to a site whose issues are made."""
    shown = site.variables.get("issue.id")
    first = _FIRST
    for project, plan in zip(site.projects.values(), TEAMS, strict=True):
        dice = seeded("work", site.seed, plan.key)
        team = _Team(plan, dice, Texts(dice, plan), [accounts[each] for each in plan.members])
        issues = [issue for issue in site.issues.values() if issue.project_id == project.id]
        named = [issue for issue in issues if issue.id == shown]
        others = dice.sample([issue for issue in issues if issue.id != shown], _BUSY - len(named))
        team.plan_releases(project, first)
        for place, issue in enumerate((*named, *others), 1):
            team.work_on(issue, project, dice.pick(others), first + place * _STEP)
        first += (_BUSY + 1) * _STEP


@dataclass(slots=True)
class _Team:
    plan: TeamPlan
    dice: Dice
    texts: Texts
    people: list[str]

    def plan_releases(self, project: Project, first: int) -> None:
        said, epic = self.texts.goal, self.dice.pick(self.plan.epics)
        project.components = [Component(id=str(first), name=epic, description=said(), lead=self.people[0])]
        project.versions = [ProjectVersion(id=str(first + 1), name=f"{epic} 1.0", description=said())]

    def work_on(self, issue: Issue, project: Project, other: Issue, first: int) -> None:
        """``first``: ids from it on are free."""
        dice, said = self.dice, self.texts.comment
        issue.worklogs = tuple(self._worklog(issue, str(first + number)) for number in range(dice.whole(1, 2)))
        if other is not issue:
            issue.links = (IssueLink(str(first + 2), dice.pick((_RELATES, _BLOCKS)), other.id),)
        url = f"https://docs.example.com/{self.plan.key.lower()}/{first}"
        issue.remote_links = (RemoteLink(id=str(first + 3), url=url, title=said(), summary=said()),)
        issue.attachments = (
            IssueAttachment(
                id=str(first + 4), title=f"{dice.pick(('notes', 'trace', 'log'))}-{issue.key}.txt",
                media_type="text/plain", created_at=issue.created_at, author=issue.creator, data=said().encode(),
            ),
        )  # fmt: skip
        issue.environment = said()
        issue.components = (project.components[0].id,)
        issue.fix_versions = (project.versions[0].id,)
        issue.watchers = tuple(dice.sample(self.people, 2))
        issue.voters = tuple(dice.sample(self.people, 1))

    def _worklog(self, issue: Issue, id_: str) -> Worklog:
        dice = self.dice
        at = issue.created_at + int(dice.random() * (issue.updated_at - issue.created_at))
        seconds = dice.whole(1, 8) * 1_800
        return Worklog(
            id=id_, author=dice.pick(self.people), created_at=at, started_at=max(issue.created_at, at - _HOUR_MS),
            seconds=seconds, comment=self.texts.comment(),
            visibility=Visibility("group", "engineering") if dice.chance(0.2) else None,
        )  # fmt: skip
