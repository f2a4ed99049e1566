"""Content is read when a user acts, on that user's behalf, and soon after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forgesim.claims.case import Case, succeeded
from forgesim.claims.conclude import Findings, Ground, conclude
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.counted import counted, each_of
from forgesim.ledger.read import Crossing
from forgesim.manifest.model import Module

__all__ = ["CLAIM"]

NAME = "reads_only_when_asked"
PRODUCTS = frozenset({"confluence", "jira"})
SHOWS_CONTENT = frozenset({"content", "query", "user"})
LATEST_MS = 15 * 60 * 1000
"""Virtual time after the user's action in which a read still counts as asked for."""

BODIES = ("content", "comment", "issue", "task", "sprint", "board", "space")
WORDS = frozenset({"title", "fields", "body", "name", "goal"})
"""Members of what an event is about that show its content."""

PEOPLES = ("confluence:", "jira:", "jiraServiceManagement:", "compass:", "bitbucket:")
UNASKED = ("trigger", "scheduledTrigger", "consumer", "webtrigger")
BY_EVENT = ("workflow", "importType", "dataProvider", "dataManager", "backgroundScript")
"""Parts of product module names that run without a person who looks at them."""


def judge(case: Case) -> Verdict:
    """Broken by a read whose root is no user action, or another person's, or one of long ago."""
    asked = [crossing for crossing in case.on(*PRODUCTS) if _asks_for_content(crossing)]
    broken = [evidence for crossing in asked if (evidence := _unasked(case, crossing)) is not None]
    broken += _told(case)
    found = Findings(
        broken=broken,
        says_broken="the app reads content that no user asked for",
        ground=_ground(case, sum(1 for crossing in asked if succeeded(crossing))),
        unexercised="the app read no content",
        channels=PRODUCTS,
    )
    return conclude(NAME, case, found)


def _asks_for_content(crossing: Crossing) -> bool:
    """A read of content, refused ones too; a route that no document has can show nothing."""
    asked, answer = crossing.decided, crossing.answered
    if asked.writes:
        return False
    return asked.op_class in SHOWS_CONTENT or (answer is not None and bool(answer.reads))


def _unasked(case: Case, crossing: Crossing) -> Evidence | None:
    asked, root = crossing.decided, case.root(crossing)
    what = asked.op or f"{asked.verb} {asked.target.partition('?')[0]}"
    if root is None:
        return Evidence(asked.seq, f"reads {what} in an invocation that the ledger does not have", asked.line)
    opened = root.open
    if opened.cause != "user":
        return Evidence(
            asked.seq,
            f"reads {what} though no user asked: it goes back to {_cause(opened.cause)}",
            asked.line,
        )
    if asked.acts_as == "user" and asked.account != opened.principal:
        return Evidence(asked.seq, f"reads {what} as another user than the one who asked", asked.line)
    late = asked.at - opened.at
    if late > LATEST_MS:
        return Evidence(asked.seq, f"reads {what} {late // 60_000:,} virtual minutes after the user asked", asked.line)
    return None


def _told(case: Case) -> Iterator[Evidence]:
    """Events whose body shows content: the app is told it, and no user asked."""
    for invocation in case.events:
        given = invocation.open.input
        for kind in BODIES if isinstance(given, dict) else ():
            body = given.get(kind)
            if isinstance(body, dict) and (shown := sorted(set(body) & WORDS)):
                told = given.get("eventType")
                of = _kind_of(kind, body)
                article = "an" if of[:1] in "aeiou" else "a"
                yield Evidence(0, f"is told the {shown[0]} of {article} {of} by {told}: no user asked")


def _kind_of(kind: str, body: dict[str, Any]) -> str:
    of = body.get("type")
    return of if isinstance(of, str) and of.isalpha() else kind


def _cause(cause: str) -> str:
    words = {"event": "an event", "schedule": "a schedule", "queue": "a queue", "webtrigger": "a web trigger"}
    return words.get(cause, "the loading of its code" if cause == "import" else f"a {cause}")


def _ground(case: Case, reads: int) -> Ground:
    modules = [module for module in case.manifest.modules if _runs_unasked(module)]
    if not modules and not any(case.manifest.scopes.values()):
        says = "nothing but a user's action runs the app: no trigger, schedule, consumer, web trigger or impersonation"
        return Ground(strength=Strength.ENFORCED, says=says, crossings=reads)
    runs = counted(len({crossing.decided.run for crossing in case.app}), "run")
    says = f"{each_of(reads, 'read')} in {runs} goes back to the user who asked, at most 15 minutes before"
    return Ground(strength=Strength.OBSERVED, says=says, crossings=reads)


def _runs_unasked(module: Module) -> bool:
    """Whether the module runs a function that no person at the screen asked for; unknown kinds count as such."""
    if module.type in UNASKED:
        return True
    if module.function is None or module.type == "macro":
        return False
    return not module.type.startswith(PEOPLES) or any(part in module.type for part in BY_EVENT)


CLAIM = Claim(
    name=NAME,
    statement="Content is read only when a user acts, and for what that user started.",
    why="Nobody expects an app to go through their pages at night.",
    exercised_by="Successful reads of content.",
    broken_by="A read that goes back to an event, a schedule, a web trigger or the import of code; as another user "
    "than the one who asked; or later than 15 virtual minutes; an event whose body shows content.",
    limits="Reads as the app inside a user's action count as asked for; what is shown to whom is another claim.",
    judge=judge,
)
