"""The demo company's two teams: who is in them, how they plan, and what their issues are called."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMENTS", "GOALS", "POINTS", "SUMMARIES", "TEAMS", "TeamPlan"]


class TeamPlan(NamedTuple):
    """A project with its board. ``members`` are handles, the first one leads; ``leaver`` left after so many of the
    closed sprints. ``active_start_day``: days from the site's clock to the day on which the active sprint started."""

    key: str
    name: str
    description: str
    viewers: tuple[str, ...] | None
    members: tuple[str, ...]
    leaver: tuple[str, int]
    active_start_day: int
    start_hour: float
    words: str
    """Space of the vocabulary that the team's texts are about."""
    epics: tuple[str, ...]


TEAMS = (
    TeamPlan(
        "WEB",
        "Web experience",
        "Everything that customers of the Harbour platform see in their browser.",
        None,
        ("alice", "bob", "ines", "jonas", "carol", "liam"),
        ("kira", 12),
        -7,
        9.5,
        "DOCS",
        ("New report builder", "Self-service billing", "Accessible navigation", "Faster first page", "Guided import"),
    ),
    TeamPlan(
        "CORE",
        "Core services",
        "Queues, storage and the interfaces that the web experience stands on.",
        ("group:engineering",),
        ("dmitri", "emeka", "farah", "hana"),
        ("goran", 17),
        -5,
        9.0,
        "ENG",
        ("Second region", "Queue without loss", "Audit stream", "Cheaper storage"),
    ),
)
"""The first team's work is open to the whole site; the second's to engineering alone."""

POINTS = (1, 1, 2, 2, 2, 3, 3, 3, 3, 5, 5, 5, 8, 8)
"""Estimates; the more often a number stands here, the more issues have it."""

SUMMARIES = {
    "10001": (
        "Show the {a} in the {s}",
        "Let people change the {a} of the {s}",
        "Filter the {s} by {a}",
        "Copy a {a} from the {s}",
        "Explain the {a} where the {s} asks for it",
        "Remember the last {a} in the {s}",
    ),
    "10002": (
        "Move the {a} out of the {s}",
        "Measure how long the {a} takes in the {s}",
        "Remove the old {a} from the {s}",
        "Upgrade the {a} that the {s} uses",
        "Write down how the {s} handles a {a}",
    ),
    "10004": (
        "The {s} loses the {a} after a restart",
        "Wrong {a} shown in the {s}",
        "The {a} of the {s} is slow with many entries",
        "Two people see the same {a} in the {s}",
    ),
}

GOALS = (
    "Customers can use the {a} without asking us.",
    "The {a} is ready for the first pilot.",
    "No more surprises with the {a}.",
    "Finish the {a} and steady the {b}.",
    "Halve the time that the {a} takes.",
)

COMMENTS = (
    "The {a} behaves differently here, please look at the {b} first.",
    "Reviewed together; the {a} is fine now.",
    "Waiting for an answer about the {a}.",
    "Split: the {b} gets an issue of its own.",
)
