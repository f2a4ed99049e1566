"""What a team's issues, goals and comments say, from the demo vocabulary."""

from __future__ import annotations

from forgesim.site.jira_teams import COMMENTS, GOALS, SUMMARIES, TeamPlan
from forgesim.site.prose import Prose
from forgesim.site.seeded import Dice
from forgesim.site.vocabulary import SPACES, THINGS

__all__ = ["Texts"]


class Texts:
    """Writes for one team; ``dice`` decide."""

    def __init__(self, dice: Dice, plan: TeamPlan) -> None:
        self.epics = plan.epics
        self._dice = dice
        self._things = THINGS[plan.words]
        self._subjects = next(space.subjects for space in SPACES if space.key == plan.words)
        self._prose = Prose(dice, plan.words, self._subjects[0])

    def issue(self, type_id: str) -> tuple[str, str | None]:
        """Summary and, for most, a description."""
        subject = self._dice.pick(self._subjects)
        summary = self._dice.pick(SUMMARIES[type_id]).format(a=self._dice.pick(self._things), s=subject)
        self._prose.subject = subject
        description = self._prose.sentence() if self._dice.chance(0.6) else None
        return summary, description

    def goal(self) -> str:
        return self._filled(GOALS)

    def comment(self) -> str:
        return self._filled(COMMENTS)

    def _filled(self, patterns: tuple[str, ...]) -> str:
        pick = self._dice.pick
        return pick(patterns).format(a=pick(self._things), b=pick(self._things))
