"""Content is never created, modified or deleted by the app."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from forgesim.claims.case import Case, succeeded
from forgesim.claims.conclude import Findings, Ground, conclude
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.counted import counted
from forgesim.ledger.read import Crossing
from forgesim.scopes.table import find, normalise, operations

__all__ = ["CLAIM"]

NAME = "only_reads_content"
PRODUCTS = frozenset({"confluence", "jira"})
BY_SCOPE = frozenset({"scope", "no-oauth", "retired", "unknown-route"})
"""Rules of the scope table: refusals that depend on nothing but the manifest's scopes."""


def judge(case: Case) -> Verdict:
    """Broken by any content write that the app asks for; enforced where the scopes refuse every one there is."""
    broken = [_attempt(crossing) for crossing in _writes(case)]
    allowed = any(crossing.decided.decision.allow for crossing in _writes(case))
    reads = sum(1 for crossing in case.on(*PRODUCTS) if _reads(crossing))
    found = Findings(
        broken=broken,
        says_broken="the app changes content" if allowed else "the app tries to change content; the platform refused",
        ground=_ground(case, reads),
        unexercised="the app read no content",
        channels=PRODUCTS,
        by_scopes=True,
    )
    return conclude(NAME, case, found)


def _writes(case: Case) -> Iterator[Crossing]:
    """Content writes, and writes to routes that no document has: what they would change nobody knows."""
    for crossing in case.on(*PRODUCTS):
        if crossing.decided.writes and crossing.decided.op_class in ("content", None):
            yield crossing


def _reads(crossing: Crossing) -> bool:
    return not crossing.decided.writes and succeeded(crossing)


def _attempt(crossing: Crossing) -> Evidence:
    asked = crossing.decided
    what = asked.op or f"{asked.verb} {asked.target.partition('?')[0]} (in no document)"
    who = f" as {asked.acts_as}" if asked.acts_as else ""
    held = "the platform let it through" if asked.decision.allow else f"the platform refused it ({asked.decision.rule})"
    return Evidence(asked.seq, f"asks for {what}{who}: {held}", asked.line)


def _ground(case: Case, reads: int) -> Ground:
    probes = [p.decided for p in case.probes if p.decided.writes and p.decided.channel in PRODUCTS]
    refused = {(p.op, p.acts_as) for p in probes if not p.decision.allow and p.decision.rule in BY_SCOPE}
    open_ = {p.op for p in probes if p.op_class == "content" and (p.op, p.acts_as) not in refused}
    expected = set() if case.fast else {(name, who) for name in content_writes() for who in ("user", "app")}
    if expected and expected <= refused and not open_:
        count = len(expected) // 2
        says = (
            f"refused by the platform: each of {count:,} documented operations that write content, as user and as app"
        )
        return Ground(strength=Strength.ENFORCED, says=says, crossings=len(expected) + reads)
    runs = counted(len({crossing.decided.run for crossing in case.app}), "run")
    says = f"the app's scopes allow content writes; in {runs} that ran all of its code it asked for none"
    return Ground(strength=Strength.OBSERVED, says=says, crossings=reads)


@cache
def content_writes() -> frozenset[str]:
    """Every operation of the tables that writes content, by the name under which a request for it is recorded."""
    names = set()
    for operation in operations():
        if operation.writes and operation.op_class == "content":
            remote = "jira" if operation.product.startswith("jira") else "confluence"
            path, _ = normalise("/".join("1" if part.startswith("{") else part for part in operation.path.split("/")))
            match = find("jira" if remote == "jira" else "confluence", operation.method, path)
            if match is not None and match.operation.op_class == "content" and match.operation.writes:
                names.add(match.operation.name)
    return frozenset(names)


CLAIM = Claim(
    name=NAME,
    statement="The app does not create, modify or delete content; where that is enforced, it cannot.",
    why="An app that only reads cannot damage, deface or destroy what people wrote.",
    exercised_by="At least one successful read; or, where scopes refuse them, every content write operation probed.",
    broken_by="A content write that the app asks for, allowed or refused.",
    limits="App data (properties) is storage and judged by stores_only_aggregates; configuration is not content.",
    judge=judge,
)
