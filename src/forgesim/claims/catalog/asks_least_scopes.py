"""Every permission that the app asks for is one that it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from forgesim.claims.case import Case
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.counted import each_of
from forgesim.ledger.read import Crossing
from forgesim.manifest.remotes import acting
from forgesim.scopes.needs import REPORT_OPERATION, REPORT_SCOPE, STORAGE_SCOPE, operation_named, uses

__all__ = ["CLAIM"]

NAME = "asks_least_scopes"
STORAGE = frozenset({"kvs", "secret", "entity", "object"})
PRODUCTS = frozenset({"confluence", "jira", "property"})
ABLATION = "ablation"


def judge(case: Case) -> Verdict:
    """Broken by a scope that no allowed operation and no event uses, or without which everything goes on as before."""
    scopes = case.manifest.scopes
    if not scopes:
        return not_applicable(NAME, case, "the manifest asks for no scope, which is what Forge calls a permission")
    used, missed, heard = ({}, {}, _Heard({}, {})) if case.fast else (_used(case), _missed(case), _heard(case))
    broken: list[Evidence] = []
    doubts: list[Evidence] = []
    for scope in scopes if not case.fast else ():
        if scope in heard.needed:
            continue
        if scope not in used and scope in heard.opened:
            why = (
                f"{scope} is not needed: without it the same is sent (another scope lets {heard.opened[scope]} through)"
            )
            broken.append(Evidence(0, why))
        elif scope not in used:
            doubt = _open(case, scope)
            (doubts if doubt else broken).append(doubt or Evidence(0, f"nothing that the app does needs {scope}"))
        elif scope not in missed:
            doubts.append(Evidence(0, f"{scope} is used, but the app was not tried without it"))
        elif missed[scope] == 0:
            why = f"{scope} is not needed: without it the same is allowed (another scope opens what it opens)"
            broken.append(Evidence(0, why, used[scope].decided.line))
    broken += [] if case.fast else _unused_impersonation(case, doubts)
    found = Findings(
        broken=broken,
        says_broken="the app asks for permissions that it does not need",
        ground=Ground(
            strength=Strength.ENFORCED,
            says=f"{each_of(len(scopes), 'scope')} is used: without it the platform refuses something that the app "
            f"does{_or_withholds(heard)} ({', '.join(scopes)})",
            crossings=sum(missed.values()) + sum(heard.needed.values()),
        ),
        unexercised="the app was not tried without any of its scopes",
        channels=PRODUCTS,
        by_scopes=True,
        doubts=doubts,
    )
    return conclude(NAME, case, found)


class _Heard(NamedTuple):
    """What events rest on: scope → an event that it lets through, alone or not, and scope → how many runs had an event
    that nothing else lets through."""

    opened: Mapping[str, str]
    needed: Mapping[str, int]


def _heard(case: Case) -> _Heard:
    """Of the events that triggers were sent in runs with all scopes, as the records of those runs have it."""
    opened: dict[str, str] = {}
    needed: dict[str, int] = defaultdict(int)
    for event in {event: None for _, event in case.awaited}:
        for held in _let_through(case, event):
            alternatives = [frozenset(each) for each in held]
            for scope in frozenset[str]().union(*alternatives):
                opened.setdefault(scope, event)
            for scope in alternatives[0].intersection(*alternatives):
                needed[scope] += 1
    return _Heard(opened, needed)


def _let_through(case: Case, event: str) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The sets of scopes that let an event through, each time that it was sent with all scopes granted."""
    for each in case.sent.get(event, ()):
        run = case.ledger.runs.get(each.open.run)
        if run is not None and run.cause != ABLATION and each.open.scopes:
            yield each.open.scopes


def _or_withholds(heard: _Heard) -> str:
    return " or withholds an event that it waits for" if heard.needed else ""


def _unused_impersonation(case: Case, doubts: list[Evidence]) -> list[Evidence]:
    """The right to act as somebody who is away, where nothing that ran does it; code that did not run may."""
    may = [scope for scope, impersonates in case.manifest.scopes.items() if impersonates]
    away = (
        crossing
        for crossing in case.on(*PRODUCTS)
        if crossing.decided.acts_as == "user" and crossing.decided.account != _caller(case, crossing)
    )
    if not may or next(away, None) is not None:
        return []
    reason = next(_unknown(case), None)
    if reason is not None:
        doubts.append(Evidence(0, f"nobody was impersonated, and {reason}"))
        return []
    return [Evidence(0, f"{scope} allows impersonation, which nothing that the app does needs") for scope in may]


def _caller(case: Case, crossing: Crossing) -> str | None:
    own = case.ledger.invocations.get(crossing.decided.inv)
    return None if own is None else own.open.principal


def _used(case: Case) -> Mapping[str, Crossing]:
    """Scope → the first allowed crossing that it opened, in runs with all scopes."""
    granted = frozenset(case.manifest.scopes)
    first: dict[str, Crossing] = {}
    known: dict[str, frozenset[str]] = {}
    for crossing in case.app:
        asked = crossing.decided
        run = case.ledger.runs.get(asked.run)
        if not asked.decision.allow or run is None or run.cause == ABLATION:
            continue
        if asked.channel in STORAGE:
            first.setdefault(STORAGE_SCOPE, crossing)
        elif asked.op == REPORT_OPERATION:
            first.setdefault(REPORT_SCOPE, crossing)
        elif asked.channel in PRODUCTS and asked.op:
            if asked.op not in known:
                operation = operation_named(asked.op)
                known[asked.op] = uses(operation, granted) if operation else frozenset()
            for scope in known[asked.op]:
                first.setdefault(scope, crossing)
    return first


def _missed(case: Case) -> Mapping[str, int]:
    """Scope → how many crossings were refused for want of scope in runs without that scope alone."""
    granted = frozenset(case.manifest.scopes)
    without: dict[int, str] = {}
    for number, run in case.ledger.runs.items():
        lacks = granted - set(run.scopes)
        if run.cause == ABLATION and len(lacks) == 1:
            without[number] = next(iter(lacks))
    count: dict[str, int] = defaultdict(int)
    for scope in without.values():
        count[scope] += 0
    for crossing in case.app:
        asked = crossing.decided
        if asked.run in without and not asked.decision.allow and asked.decision.rule == "scope":
            count[without[asked.run]] += 1
    return count


def _open(case: Case, scope: str) -> Evidence | None:
    """Why an unused scope may be needed all the same: code that did not run, or an event that was not sent, or that was
    sent though what it asks for is not known."""
    for key, event in case.awaited if scope not in (STORAGE_SCOPE, REPORT_SCOPE) else ():
        if next(_let_through(case, event), None) is None:
            return Evidence(0, f"{scope} is not used; {event}, which the trigger {key!r} waits for, may ask for it")
    reason = next(_unknown(case), None)
    return None if reason is None else Evidence(0, f"{scope} was not used, and {reason}")


def _unknown(case: Case) -> Iterator[str]:
    coverage = case.ledger.coverage
    if coverage is None:
        yield "no coverage was recorded"
    elif len(set(coverage.hit)) < len(case.ledger.header.units):
        yield "not all of the app's code ran"
    elif coverage.dynamic:
        yield "the app runs code that it makes at run time"
    if any(crossing.answered is not None and crossing.answered.unsupported for crossing in case.app):
        yield "something that the app called is not emulated"
    for key in acting(case.manifest.data):
        yield f"the remote {key!r} gets tokens, and may use it"


CLAIM = Claim(
    name=NAME,
    statement="The app asks for no permission that it does not need.",
    why="A permission that is held can be used, by the app or by whoever takes it over.",
    exercised_by="Each scope used by an allowed operation, and the app run again without that scope alone; or an event "
    "that a trigger was sent and that nothing but this scope lets through.",
    broken_by="A scope that nothing uses while all of the app's code ran; a scope without which nothing is "
    "refused; the right to impersonate, where nobody is.",
    limits="Of the scopes of the manifest as the documented operations and events ask for them; the front end is not "
    "looked at.",
    judge=judge,
)
