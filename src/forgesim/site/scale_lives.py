"""The lives of a project's issues: made, planned, worked on, carried from sprint to sprint, done or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forgesim.site.jira_calendar import DAY_MS, HOUR_MS
from forgesim.site.jira_draft import Draft
from forgesim.site.jira_history import sprint_text
from forgesim.site.jira_model import DONE, IN_PROGRESS, IN_REVIEW, SPRINT_FIELD, STORY_POINTS_FIELD, Sprint
from forgesim.site.jira_teams import POINTS
from forgesim.site.scale_text import ScaleText
from forgesim.site.seeded import Dice

__all__ = ["Lives"]

_MINUTE_MS = 60_000
_IN_AN_EPIC = 25
_PRIORITIES = ("1", "2", "3", "3", "3", "3", "4", "5")


class Lives:
    """Makes the drafts of one project. ``members`` are account ids, the first one leads; without ``sprints`` work flows
    as it comes."""

    def __init__(self, dice: Dice, text: ScaleText, members: Sequence[str], sprints: Sequence[Sprint]) -> None:
        self._dice = dice
        self._text = text
        self._members = members
        self._lead = members[0]
        self._sprints = sprints
        self._starts = [self._start(sprint, place) for place, sprint in enumerate(sprints)]
        self._epics: list[Draft] = []

    def _start(self, sprint: Sprint, place: int) -> int:
        """When the sprint starts; for the next one, a fortnight after the one before."""
        return sprint.start_at or (self._sprints[place - 1].start_at or 0) + 14 * DAY_MS

    def run(self, issues: int, start: int, end: int) -> Iterator[Draft]:
        """So many drafts, created from ``start`` to ``end`` (epoch ms): an epic, then what may lie in it, a story or
        such before its sub-tasks."""
        made = 0
        while made < issues:
            at = start + int((end - start) * (made + self._dice.random()) / issues) // 1000 * 1000
            if made % _IN_AN_EPIC == 0 or not self._epics:
                yield self._epic(at)
                made += 1
                continue
            story = self._story(at)
            yield story
            made += 1
            for number in range(self._dice.whole(1, 3) if self._dice.chance(0.12) else 0):
                if made < issues and made % _IN_AN_EPIC:
                    yield self._sub_task(story, number)
                    made += 1

    def _draft(self, type_id: str, at: int) -> Draft:
        dice, text = self._dice, self._text
        draft = Draft(
            type_id=type_id,
            summary=text.title(),
            description="\n".join([text.marked() for _ in range(dice.whole(1, 3))]) if dice.chance(0.6) else None,
            creator=dice.pick(self._members),
            created_at=at,
            priority_id=dice.pick(_PRIORITIES),
        )
        for _ in range(dice.whole(1, 3) if dice.chance(0.25) else 0):
            said = at + int(dice.random() * 20 * DAY_MS) // 1000 * 1000 + 1000
            draft.comments.append((said, dice.pick(self._members), text.marked()))
        return draft

    def _epic(self, at: int) -> Draft:
        epic, dice = self._draft("10000", at), self._dice
        began = at + dice.whole(1, 60) * HOUR_MS
        epic.happens(began, self._lead, "status", IN_PROGRESS)
        if dice.chance(0.8):
            self._finish(epic, self._lead, began + dice.whole(60, 300) * DAY_MS)
        self._epics.append(epic)
        return epic

    def _story(self, at: int) -> Draft:
        dice = self._dice
        story = self._draft(dice.pick(("10001", "10001", "10002", "10002", "10004")), at)
        story.epic = dice.pick(self._epics[-3:]) if dice.chance(0.7) else None
        if dice.chance(0.8):
            story.points = float(dice.pick(POINTS))
            story.happens(at + dice.whole(10, 600) * 1000, self._lead, STORY_POINTS_FIELD, f"{story.points:g}")
        roll = dice.random()
        if roll < 0.05:
            self._finish(story, self._lead, at + dice.whole(1, 90) * DAY_MS, "10001")
        elif roll < 0.85:
            if self._sprints:
                self._plan(story)
            else:
                self._work(story, at + dice.whole(1, 30) * DAY_MS, at + 45 * DAY_MS)
        return story

    def _plan(self, story: Draft) -> None:
        """Into the next sprint that starts, and from sprint to sprint until it is done."""
        first = self._starts[0]
        place = max(0, (story.created_at - first) // (14 * DAY_MS) + 1)
        if place >= len(self._sprints):
            return
        planned = max(story.created_at + 15 * _MINUTE_MS, self._starts[place] - self._dice.whole(1, 40) * HOUR_MS)
        while place < len(self._sprints):
            story.sprints = (*story.sprints, self._sprints[place].id)
            story.happens(planned, self._lead, SPRINT_FIELD, sprint_text(story.sprints))
            sprint = self._sprints[place]
            if sprint.start_at is None:
                return
            if story.started_at is None and self._dice.chance(0.9):
                begin = sprint.start_at + int(self._dice.random() * 8 * DAY_MS) // 1000 * 1000 + HOUR_MS
                if self._dice.chance(0.8):
                    self._work(story, begin, sprint.start_at + 13 * DAY_MS)
                    return
                self._begin(story, begin)
            elif story.started_at is not None and self._dice.chance(0.7):
                ended = sprint.start_at + int(self._dice.random() * 10 * DAY_MS) // 1000 * 1000 + HOUR_MS
                self._finish(story, story.events[-1][1], ended)
                return
            if sprint.complete_at is None:
                return
            planned, place = sprint.complete_at, place + 1

    def _begin(self, story: Draft, at: int) -> str:
        who = self._dice.pick(self._members)
        story.started_at = at
        story.happens(at - 5_000, who, "assignee", who)
        story.happens(at, who, "status", IN_PROGRESS)
        return who

    def _work(self, story: Draft, begin: int, latest: int) -> None:
        """Done by ``latest``; most are reviewed before, a few are found wanting and done again."""
        dice, who = self._dice, self._begin(story, begin)
        ended = begin + int((latest - begin) * (0.1 + 0.6 * dice.random())) // 1000 * 1000
        if dice.chance(0.7):
            story.happens((begin + ended) // 2000 * 1000, who, "status", IN_REVIEW)
        self._finish(story, who, ended)
        if dice.chance(0.06):
            again = ended + (latest - ended) // 3000 * 1000
            story.happens(again, self._lead, "status", IN_PROGRESS)
            story.happens(again, self._lead, "resolution", None)
            self._finish(story, who, again + (latest - again) // 2000 * 1000)

    def _finish(self, draft: Draft, who: str, at: int, resolution: str = "10000") -> None:
        draft.done_at = at
        draft.happens(at, who, "status", DONE)
        draft.happens(at, who, "resolution", resolution)

    def _sub_task(self, story: Draft, number: int) -> Draft:
        """Goes with its story from sprint to sprint, and is done before it."""
        task = self._draft("10003", story.created_at + (number + 1) * _MINUTE_MS)
        task.epic = story
        task.events = [event for event in story.events if event[2] == SPRINT_FIELD]
        if story.started_at is not None:
            who = self._dice.pick(self._members)
            latest = story.done_at or story.started_at + 30 * DAY_MS
            task.happens(story.started_at, who, "status", IN_PROGRESS)
            span = latest - story.started_at
            self._finish(task, who, story.started_at + int(span * self._dice.random()) // 1000 * 1000 + 1000)
        return task
