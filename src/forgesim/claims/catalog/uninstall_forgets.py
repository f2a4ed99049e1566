"""Once the app is uninstalled, nothing of the customer's that it kept is left."""

from __future__ import annotations

from collections.abc import Iterator

from forgesim.claims.case import Case, leaves, parts, succeeded
from forgesim.claims.catalog.rendering_keeps_nothing import KEPT, RENDERERS
from forgesim.claims.conclude import TWINS, Findings, Ground, conclude, not_applicable, trials_of
from forgesim.claims.declared import covers_host, host_pattern, request_problem
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.rows import took_effect
from forgesim.claims.wire import host_of, request_of
from forgesim.counted import counted
from forgesim.ledger.read import Crossing
from forgesim.ledger.records import Trial
from forgesim.manifest.model import Send, Subprocessor
from forgesim.manifest.types import Content, Id, Setting

__all__ = ["CLAIM", "REINSTALLED"]

NAME = "uninstall_forgets"

REINSTALLED = "reinstalled"
"""Trial channel: everything that crosses for a new installation, ``a`` and ``again`` after an earlier one was used and
removed, ``b`` where there was nothing before it."""

COPIED = (Content, Id, Setting)
"""Types whose values are the customer's own: their content, what it is about, what they typed. Counts and constants are
the vendor's."""

GONE = "uninstalled"
STORAGE = ("kvs", "secret", "entity", "object", "queue", "property")
STORES = ("storage:", "write:", "manage:")


def judge(case: Case) -> Verdict:
    """Broken by copies left in the product or with a subprocessor, by what the app tries afterwards, and by a new
    installation that finds something of the old one."""
    if _leaves_nothing(case):
        return not_applicable(NAME, case, "the app can neither store nor send anything: there is nothing to forget")
    trials = trials_of(case, REINSTALLED)
    copies = list(_copies(case))
    found = Findings(
        broken=[
            *_properties(case),
            *(evidence for is_kept, evidence in copies if is_kept),
            *_attempts(case),
            *(_found_again(trial) for trial in trials if trial.a == trial.again != trial.b),
        ],
        says_broken="something of the customer's outlives the app",
        ground=Ground(strength=Strength.INHERITED, says=_says(case, trials), crossings=_exercised(case, trials)),
        unexercised="the app was never uninstalled after it had stored or sent something",
        channels=frozenset({"property", "object", "queue", "entity"}),
        doubts=[*_hosted(case), *(evidence for is_kept, evidence in copies if not is_kept), *_untried(trials)],
        needs_bodies=True,
        trials=TWINS | {REINSTALLED},
    )
    return conclude(NAME, case, found)


def _leaves_nothing(case: Case) -> bool:
    trust, manifest = case.trust, case.manifest
    stores = any(scope.startswith(STORES) for scope in manifest.scopes)
    return not (stores or trust.stores or trust.sends or manifest.addresses())


def _exercised(case: Case, trials: list[Trial]) -> int:
    """What the app stored and sent before a removal, and crossings of new installations."""
    removed = {removal.run for removal in case.ledger.removals}
    written = [c for c in case.on(*STORAGE, "egress") if c.decided.writes or c.decided.channel == "egress"]
    before = sum(1 for crossing in written if crossing.decided.run in removed and took_effect(crossing))
    return before + sum(trial.crossings for trial in trials) if before else 0


# --- what is left ---------------------------------------------------------------------------------------------------


def _properties(case: Case) -> Iterator[Evidence]:
    for removal in case.ledger.removals:
        for row in removal.left:
            ref, _, key = row.key.partition(" ")
            yield Evidence(0, f"the property {key} of {ref} is still there once the app is uninstalled",
                           _writer(case, removal.run, key))  # fmt: skip


def _writer(case: Case, run: int, key: str) -> str | None:
    """The line that wrote a property."""
    for crossing in case.on("property"):
        asked = crossing.decided
        body = asked.body.text if asked.body is not None else None
        if asked.run == run and (key in asked.target or key in (body or "")):
            return asked.line
    return None


def _copies(case: Case) -> Iterator[tuple[bool, Evidence]]:
    """Copies that a subprocessor was sent, and whether it keeps them (else it is not known)."""
    for party in case.trust.subprocessors:
        sent = next((c for c in case.on("egress") if _is_copy(case, c, party)), None)
        if sent is None or _forgets(case, party):
            continue
        asked = sent.decided
        if party.keeps_nothing:
            why = f"{party.name} is said to keep nothing, and nobody looked whether it does"
            yield False, Evidence(asked.seq, why, asked.line)
        elif _asks_to_erase(case, party):
            why = f"{party.name} was told when the app was uninstalled; whether it then erases its copies is its word"
            yield False, Evidence(asked.seq, why, asked.line)
        else:
            why = f"a copy stays with {party.name} (retention: {party.retention or 'not said'}), which is not told"
            yield True, Evidence(asked.seq, why, asked.line)


def _is_copy(case: Case, crossing: Crossing, party: Subprocessor) -> bool:
    """A request that the party took and that trust.yml declares to hold something of the customer's. What it does not
    declare is judged by sends_only_declared."""
    if not succeeded(crossing) or not covers_host(map(host_pattern, party.hosts), host_of(crossing.decided.target)):
        return False
    sends = [case.trust.sends[name] for name in party.receives if name in case.trust.sends]
    request, world = request_of(crossing), case.world(crossing)
    return any(_has_copies(send) and request_problem(request, send, world) is None for send in sends)


def _has_copies(send: Send) -> bool:
    return any(isinstance(leaf, COPIED) for part in parts(send) for leaf in leaves(part))


def _forgets(case: Case, party: Subprocessor) -> bool:
    """Whether it was looked at what is left in the party's service, and nothing was."""
    kept = trials_of(case, KEPT)
    return party.service.get("kind") in RENDERERS and bool(kept) and all(trial.a == trial.b for trial in kept)


def _asks_to_erase(case: Case, party: Subprocessor) -> bool:
    """Whether the app makes a request of the party while it is being uninstalled."""
    last = {module.function for module in case.manifest.modules if module.type == "preUninstall"}
    for crossing in case.on("egress"):
        invocation = case.ledger.invocations.get(crossing.decided.inv)
        is_theirs = covers_host(map(host_pattern, party.hosts), host_of(crossing.decided.target))
        if is_theirs and succeeded(crossing) and invocation is not None and invocation.open.function in last:
            return True
    return False


def _attempts(case: Case) -> Iterator[Evidence]:
    for crossing in case.app:
        asked = crossing.decided
        if asked.decision.rule == GONE:
            yield Evidence(
                asked.seq, f"{asked.channel} {asked.verb} is tried after the app was uninstalled", asked.line
            )


def _found_again(trial: Trial) -> Evidence:
    told = trial.first or {}
    line, what = told.get("line"), told.get("a") or "a crossing"
    why = f"in {trial.scenario!r} {what} of a new installation is another one where the app was used before"
    return Evidence(0, why, line if isinstance(line, str) else None)


# --- doubts and ground ----------------------------------------------------------------------------------------------


def _hosted(case: Case) -> Iterator[Evidence]:
    for removal in case.ledger.removals:
        if removal.hosted:
            yield Evidence(0, f"hosted storage still had {counted(removal.hosted, 'row')} once the app was uninstalled")


def _untried(trials: list[Trial]) -> list[Evidence]:
    return [] if trials else [Evidence(0, "the app was never installed again after it was removed")]


def _says(case: Case, trials: list[Trial]) -> str:
    if not trials:
        return ""
    times = counted(len(case.ledger.removals), "removal")
    told = [f"that hosted storage goes is inherited from the platform; after {times} no content property of the app's "
            "was left on the simulated site"]  # fmt: skip
    told += [f"no copy was found in the service's code as it runs here (declared for {party.name})"
             for party in case.trust.subprocessors if _forgets(case, party)]  # fmt: skip
    scenarios = counted(len({trial.scenario for trial in trials}), "scenario")
    told.append(f"a new installation behaved as one with none before it: 0 of {scenarios} differed")
    return "; ".join(told)


CLAIM = Claim(
    name=NAME,
    statement="Once the app is uninstalled, nothing of the customer's that it kept is left.",
    why="Who takes an app away means its copies too.",
    exercised_by="Scenarios after which the app is uninstalled; the app installed again, beside an app that was never "
    "used before.",
    broken_by="A content property that stays in the product; a request with content, ids or settings to a subprocessor "
    "that keeps it and is not told; anything that the app tries afterwards; a new installation that does something "
    "else because of the old one.",
    limits="Hosted storage is the platform's: that it goes is inherited, and Atlassian keeps removed data for a while. "
    "Counts and constants that were sent are no copies of the customer's data. What a subprocessor does with what it "
    "was sent is known only where its code runs here.",
    judge=judge,
)
