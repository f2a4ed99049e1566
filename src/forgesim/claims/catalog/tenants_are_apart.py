"""What one customer's installation does leaves nothing for another's."""

from __future__ import annotations

from forgesim.claims.case import TELLING, Case, succeeded
from forgesim.claims.conclude import TWINS, Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.content import shows_something
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.counted import counted
from forgesim.ledger.records import Trial
from forgesim.manifest.remotes import endpoints_of

__all__ = ["CLAIM", "TENANT"]

NAME = "tenants_are_apart"

LEAVING = frozenset({"egress", "log", "error", "llm"})
TENANT = "tenant"
"""Trial channel: everything that crosses for one tenant, ``a`` and ``again`` in a process that served another one
before, ``b`` in a process of its own."""


def judge(case: Case) -> Verdict:
    """Broken by a crossing of one tenant that is another one where the process has served somebody else before."""
    if not case.manifest.functions and not endpoints_of(case.manifest.data):
        return not_applicable(NAME, case, "the manifest has no function: no code of the app's runs on the platform")
    trials = trials_of(case, TENANT)
    found = Findings(
        broken=[_crossed(trial) for trial in trials if trial.a == trial.again != trial.b],
        says_broken="something of one customer's reaches another's",
        ground=Ground(strength=Strength.TESTED, says=_says(trials), crossings=_exercised(case, trials)),
        unexercised=_unexercised(case, trials),
        channels=frozenset(),
        trials=TWINS | {TENANT},
    )
    return conclude(NAME, case, found)


def _crossed(trial: Trial) -> Evidence:
    told = trial.first or {}
    line, what = told.get("line"), told.get("a") or "a crossing"
    why = f"in {trial.scenario!r} {what} is another one once the process has served another tenant"
    return Evidence(0, why, line if isinstance(line, str) else None)


def _remembers(case: Case) -> bool:
    """Whether the app got something that it could remember."""
    return any(succeeded(crossing) for crossing in case.on(*TELLING))


def _exercised(case: Case, trials: list[Trial]) -> int:
    """Crossings that were compared, where the app could remember something and told anybody anything."""
    tells = shows_something(case) or any(each.decided.writes or each.decided.channel in LEAVING for each in case.app)
    return sum(trial.crossings for trial in trials) if tells and _remembers(case) else 0


def _unexercised(case: Case, trials: list[Trial]) -> str:
    if not trials:
        return "no process served two tenants"
    return "the app told nobody anything" if _remembers(case) else "the app got nothing that it could remember"


def _says(trials: list[Trial]) -> str:
    if not trials:
        return ""
    crossings = counted(sum(trial.crossings for trial in trials), "crossing")
    scenarios = counted(len({trial.scenario for trial in trials}), "scenario")
    return (
        f"a process that had served another site did for this one what a fresh process did: {crossings} of "
        f"{scenarios} compared, {pairs_bound(trials, 'pair of tenants', 'pairs of tenants')}"
    )


CLAIM = Claim(
    name=NAME,
    statement="Nothing of one customer's reaches another's.",
    why="Forge may serve two customers with one process, one after the other; what code remembers meets the next.",
    exercised_by="Every scenario for one site, and then for another in the same process, beside the same in a fresh "
    "process.",
    broken_by="A read, write, request, log line, result or error of the second tenant that is another one, or missing, "
    "because of the first: module variables, caches, default arguments, work that goes on.",
    limits="Of the app's process; the platform's own walls between installations are its promise, and what a "
    "service of the app's maker remembers is judged by rendering_keeps_nothing. Scenarios that end their process by "
    "force are left out: nothing is remembered in them. Two tenants at the very same time are not tried.",
    judge=judge,
)
