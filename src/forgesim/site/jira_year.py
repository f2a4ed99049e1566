"""A year of two-week sprints of one team: planned, worked on by people with holidays, changed on the way, closed.

Each person takes the next open issue of the sprint when free and works on it for some hours of their own working time.
What is not done when a sprint closes goes on to the next one. So lower capacity, carry-over and velocity follow from
the calendar and the estimates, not from made-up totals.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from forgesim.site.jira_calendar import DAY_MS, HOUR_MS, Calendar
from forgesim.site.jira_draft import Draft
from forgesim.site.jira_history import points_text, sprint_text
from forgesim.site.jira_model import (
    DONE,
    IN_PROGRESS,
    IN_REVIEW,
    SPRINT_FIELD,
    STORY_POINTS_FIELD,
    Sprint,
)
from forgesim.site.jira_teams import POINTS, TeamPlan
from forgesim.site.jira_texts import Texts
from forgesim.site.seeded import Dice

__all__ = ["CLOSED", "FUTURE", "SPRINT_DAYS", "TeamYear"]

CLOSED, FUTURE = 26, 2
SPRINT_DAYS = 14
_MINUTE_MS = 60_000
_GAP_MS = 45 * _MINUTE_MS
"""Before a sprint starts, the one before is closed and nobody works on its issues."""
_HOURS_PER_POINT = 11.0


class TeamYear:
    """``drafts`` and ``sprints`` (in order, with the two future ones last) are filled by ``run``."""

    def __init__(
        self, dice: Dice, plan: TeamPlan, accounts: Mapping[str, str], texts: Texts, calendars: Mapping[str, Calendar],
        *, now: int, sprints: list[Sprint],
    ) -> None:  # fmt: skip
        self._dice = dice
        self._texts = texts
        self._now = now
        self._lead = accounts[plan.members[0]]
        self._people = [accounts[each] for each in plan.members]
        self._leaver = accounts[plan.leaver[0]]
        self._calendars = {accounts[each]: calendars[each] for each in (*plan.members, plan.leaver[0])}
        self._starts = [sprint.start_at or 0 for sprint in sprints[: CLOSED + 1]]
        self._leaves_at = self._starts[plan.leaver[1]] + 4 * DAY_MS
        self._free_at = dict.fromkeys([*self._people, self._leaver], 0)
        self._backlog: list[Draft] = []
        self._epics: list[Draft] = []
        self.sprints = sprints
        self.drafts: list[Draft] = []

    def run(self) -> None:
        """Fill the year."""
        self._make_epics()
        inside: list[Draft] = []
        for number, sprint in enumerate(self.sprints[: CLOSED + 1]):
            planned = self._plan(sprint, inside)
            inside = [*inside, *planned, *self._add_on_the_way(sprint)]
            self._remove_on_the_way(sprint, planned)
            self._work(sprint, inside)
            inside = [draft for draft in inside if sprint.id in draft.sprints]
            if number < CLOSED:
                inside = self._close(sprint, self.sprints[number + 1], inside)
        self._look_ahead()

    # --- planning ---

    def _plan(self, sprint: Sprint, carried: list[Draft]) -> list[Draft]:
        """Issues from the backlog, up to what the team thinks it can do; estimates missing there count as two."""
        dice, start = self._dice, sprint.start_at or 0
        at = start - int(1.75 * DAY_MS) - dice.whole(0, 240) * _MINUTE_MS
        room = self._capacity(sprint) * (0.95 + 0.25 * dice.random())
        room -= sum([(draft.points or 2) * (0.5 if draft.started_at else 1) for draft in carried])
        chosen: list[Draft] = []
        while room > 0.5:
            draft = self._next_from_backlog(at)
            room -= draft.points or 2
            self._put_in(draft, sprint, at + len(chosen) * 40_000)
            chosen.append(draft)
        return chosen

    def _capacity(self, sprint: Sprint) -> float:
        start, end = sprint.start_at or 0, sprint.end_at or 0
        people = [each for each in self._free_at if each != self._leaver or start < self._leaves_at]
        hours = sum([self._calendars[each].hours_at(end) - self._calendars[each].hours_at(start) for each in people])
        return hours / _HOURS_PER_POINT

    def _next_from_backlog(self, at: int) -> Draft:
        for place, draft in enumerate(self._backlog):
            if draft.from_ms < at:
                return self._backlog.pop(place)
        return self._new(at - self._dice.whole(2 * 24, 45 * 24) * HOUR_MS - self._dice.whole(0, 3599) * 1000, at)

    def _new(self, created: int, refined_by: int | None) -> Draft:
        """A new issue; refined means that it gets its estimate between its creation and then."""
        dice = self._dice
        type_id = dice.pick(("10001", "10001", "10001", "10002", "10002", "10004", "10004"))
        summary, description = self._texts.issue(type_id)
        draft = Draft(
            type_id=type_id,
            summary=summary,
            description=description,
            creator=dice.pick(self._people),
            created_at=created,
            priority_id=dice.pick("2333334") if type_id != "10004" else dice.pick("12233"),
            epic=dice.pick(self._epics) if dice.chance(0.8) else None,
        )
        self.drafts.append(draft)
        if refined_by is not None and not (type_id == "10004" and dice.chance(0.35)):
            at = self._in_hours(created + int((refined_by - created) * (0.1 + 0.8 * dice.random())), refined_by)
            draft.points = float(dice.pick(POINTS))
            draft.happens(at, self._lead, STORY_POINTS_FIELD, points_text(draft.points))
            if dice.chance(0.1):
                draft.points = float(dice.pick(POINTS))
                draft.happens(
                    self._in_hours((at + refined_by) // 2, refined_by),
                    self._lead,
                    STORY_POINTS_FIELD,
                    f"{draft.points:g}",
                )
        if dice.chance(0.15):
            draft.comments.append(
                (created + dice.whole(2, 400) * HOUR_MS, dice.pick(self._people), self._texts.comment())
            )
        return draft

    def _in_hours(self, at: int, before: int) -> int:
        """The lead's next working time from ``at`` on; ``at`` itself where that would be too late."""
        snapped = self._calendars[self._lead].snapped(at)
        return snapped if snapped < before else at // 1000 * 1000

    def _put_in(self, draft: Draft, sprint: Sprint, at: int) -> None:
        draft.sprints = (*draft.sprints, sprint.id)
        draft.from_ms, draft.until_ms = at, None
        draft.happens(at, self._lead, SPRINT_FIELD, sprint_text(draft.sprints))

    # --- what happens to the scope while the sprint runs ---

    def _add_on_the_way(self, sprint: Sprint) -> list[Draft]:
        """Most come new, half of those straight into the sprint; the rest from the backlog."""
        dice, added = self._dice, []
        for _ in range(dice.pick((0, 0, 1, 1, 1, 2, 2, 3))):
            at = self._within(sprint, 0.08, 0.75)
            if dice.chance(0.4):
                draft = self._next_from_backlog(at - 3 * DAY_MS)
                self._put_in(draft, sprint, at)
            else:
                draft = self._new(at - 20 * _MINUTE_MS, at - 5 * _MINUTE_MS)
                if dice.chance(0.5):
                    draft.sprints = draft.sprints_at_creation = (sprint.id,)
                    draft.from_ms = at
                else:
                    self._put_in(draft, sprint, at)
            added.append(draft)
        return added

    def _remove_on_the_way(self, sprint: Sprint, planned: list[Draft]) -> None:
        """Up to two of the issues planned last leave again, if nobody has begun by then."""
        for draft in planned[-2:]:
            if self._dice.chance(0.3):
                draft.until_ms = self._within(sprint, 0.1, 0.6)

    def _within(self, sprint: Sprint, first: float, last: float) -> int:
        """A moment in a part of the sprint, in the lead's working time unless the lead is away throughout."""
        start, end = sprint.start_at or 0, sprint.end_at or 0
        at = start + int((end - start) * (first + (last - first) * self._dice.random())) // 1000 * 1000
        return self._in_hours(at, end - 4 * HOUR_MS)

    # --- work ---

    def _work(self, sprint: Sprint, inside: list[Draft]) -> None:
        """Whoever is free first takes the first issue that is there, until the sprint ends."""
        start, end = sprint.start_at or 0, sprint.end_at or 0
        queue = [draft for draft in inside if draft.started_at is None]
        heap = [(max(free, start + 20 * _MINUTE_MS), who) for who, free in self._free_at.items()]
        heapify(heap)
        while heap and queue:
            at, who = heappop(heap)
            if at >= end or (who == self._leaver and at >= self._leaves_at):
                continue
            place = next((i for i, draft in enumerate(queue) if self._open(draft, at)), None)
            if place is not None:
                self._start(queue.pop(place), who, at, sprint)
                heappush(heap, (self._free_at[who], who))
            elif later := [draft.from_ms for draft in queue if draft.from_ms > at]:
                heappush(heap, (min(later), who))
        for draft in queue:
            if draft.until_ms is not None:
                draft.sprints = draft.sprints[:-1]
                draft.happens(draft.until_ms, self._lead, SPRINT_FIELD, sprint_text(draft.sprints))
                draft.from_ms, draft.until_ms = draft.until_ms, None
                self._backlog.append(draft)

    def _open(self, draft: Draft, at: int) -> bool:
        return draft.from_ms <= at and (draft.until_ms is None or at < draft.until_ms)

    def _start(self, draft: Draft, who: str, at: int, sprint: Sprint) -> None:
        dice, calendar = self._dice, self._calendars[who]
        hours = (draft.points or 2) * _HOURS_PER_POINT * (0.45 + 0.9 * dice.random())
        begin = calendar.hours_at(at) + 0.3 * dice.random()
        began, ended = self._clear(calendar.at(begin)), self._clear(calendar.at(begin + hours))
        began, ended = max(began, at), max(ended, at + HOUR_MS)
        draft.started_at, draft.done_at = began, ended
        self._free_at[who] = ended
        if dice.chance(0.03):
            draft.done_at = self._free_at[who] = began
            draft.happens(began, self._lead, "status", DONE)
            draft.happens(began, self._lead, "resolution", "10001")
            return
        draft.happens(began - 5000, who, "assignee", who)
        draft.happens(began, who, "status", IN_PROGRESS)
        worker = self._hand_over(draft, who, began, ended)
        if dice.chance(0.85):
            review = self._clear(calendar.at(begin + hours * (0.6 + 0.3 * dice.random())))
            draft.happens(min(max(review, began + 60_000), ended - 60_000), worker(review), "status", IN_REVIEW)
        if dice.chance(0.09) and draft.points:
            draft.points = float(dice.pick(POINTS))
            moment = self._clear(calendar.at(begin + hours * 0.4))
            draft.happens(max(moment, began + 30_000), worker(moment), STORY_POINTS_FIELD, f"{draft.points:g}")
        self._finish(draft, worker(ended), ended)
        if dice.chance(0.07):
            self._reopen(draft, worker(ended), calendar, begin + hours, sprint)

    def _hand_over(self, draft: Draft, who: str, began: int, ended: int):  # type: ignore[no-untyped-def]
        """Who works on it at an instant: the lead from the day on that the person leaves."""
        if who != self._leaver or not began < self._leaves_at < ended:
            return lambda _: who
        draft.happens(self._leaves_at, self._lead, "assignee", self._lead)
        return lambda at: who if at < self._leaves_at else self._lead

    def _finish(self, draft: Draft, who: str, at: int) -> None:
        draft.happens(at, who, "status", DONE)
        draft.happens(at, who, "resolution", "10000")

    def _reopen(self, draft: Draft, who: str, calendar: Calendar, hours: float, sprint: Sprint) -> None:
        """Found wanting soon after, while the sprint still runs; done again, or carried over."""
        hours += 3 + 20 * self._dice.random()
        at, again = self._clear(calendar.at(hours)), self._clear(calendar.at(hours + 4 + 10 * self._dice.random()))
        if at < (sprint.end_at or 0) and again > at:
            draft.happens(at, self._lead, "status", IN_PROGRESS)
            draft.happens(at, self._lead, "resolution", None)
            self._finish(draft, who, again)
            draft.done_at = again

    def _clear(self, at: int) -> int:
        """The instant itself, or a little after a sprint's start when it falls between two sprints."""
        place = bisect_right(self._starts, at)
        if place < len(self._starts) and at >= self._starts[place] - _GAP_MS:
            return self._starts[place] + 10 * _MINUTE_MS
        if place and at == self._starts[place - 1]:
            return at + 10 * _MINUTE_MS
        return at

    # --- the end of a sprint ---

    def _close(self, sprint: Sprint, after: Sprint, inside: list[Draft]) -> list[Draft]:
        """Returns what goes on in the next sprint; a few issues that nobody began go back to the backlog, where their
        closed sprint stays with them."""
        complete = sprint.complete_at or 0
        carried = []
        for draft in inside:
            if draft.done_at is not None and draft.done_at <= complete:
                continue
            draft.until_ms = None
            if draft.started_at is None and self._dice.chance(0.2):
                draft.from_ms = complete
                self._backlog.append(draft)
                continue
            draft.sprints = (*draft.sprints, after.id)
            draft.happens(complete, self._lead, SPRINT_FIELD, sprint_text(draft.sprints))
            draft.from_ms = complete
            carried.append(draft)
        return carried

    def _look_ahead(self) -> None:
        """A backlog, and a first few issues in the next sprint."""
        dice, now = self._dice, self._now
        for _ in range(dice.whole(16, 24)):
            created = now - dice.whole(6, 60 * 24) * HOUR_MS
            self._backlog.append(self._new(created, min(now, created + 5 * DAY_MS) if dice.chance(0.6) else None))
        ready = [each for each in self._backlog if each.points and each.from_ms < now - 3 * DAY_MS]
        for place, draft in enumerate(ready[:6]):
            self._put_in(draft, self.sprints[CLOSED + 1], self._in_hours(now - 40 * HOUR_MS, now) + place * 40_000)

    def _make_epics(self) -> None:
        start, end = self._starts[0] - 30 * DAY_MS, self._now
        for number, summary in enumerate(self._texts.epics):
            draft = Draft(
                type_id="10000", summary=summary, description=None, creator=self._lead,
                created_at=start + number * 37 * 60_000,
            )  # fmt: skip
            began = start + (end - start) * number // (len(self._texts.epics) + 1) + 3 * DAY_MS
            draft.happens(began, self._lead, "status", IN_PROGRESS)
            if number < 2:
                self._finish(draft, self._lead, self._clear(began + 150 * DAY_MS))
            self._epics.append(draft)
            self.drafts.append(draft)
