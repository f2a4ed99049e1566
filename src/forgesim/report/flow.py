"""What flowed where in a ledger: the app's own crossings counted by the party at the other end. Nothing is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import msgspec

from forgesim.claims.case import Case
from forgesim.claims.declared import covers_host, host_pattern
from forgesim.claims.wire import host_of
from forgesim.counted import counted
from forgesim.ledger.read import Crossing

__all__ = ["Flow", "Group", "Kind", "Stream", "flow_of"]

Group: TypeAlias = Literal["people", "site", "platform", "outside"]
"""Who is at the other end: who calls and sees results, the site's content, services of the platform, anybody else."""

Kind: TypeAlias = Literal[
    "calls", "read", "write", "read back", "stored", "queue", "property", "prompt", "log", "service log", "error",
    "result", "response", "kernel", "reporting", "service", "not emulated", "declared", "undeclared",
]  # fmt: skip
"""What a stream is. ``declared`` and ``undeclared`` are requests to a subprocessor's host and to any other."""

MOST_HOSTS = 8
"""Undeclared hosts with a line of their own; the others share one."""

CALLED = {
    "user": "calls by people", "event": "events", "schedule": "schedules", "queue": "queue jobs",
    "webtrigger": "web trigger calls", "import": "loading of code",
}  # fmt: skip

STORES = {"kvs": "Key-value store", "secret": "Secret store", "entity": "Entity store", "object": "Object store"}

OTHERS: dict[str, tuple[Kind, Group, str, str]] = {
    "queue": ("queue", "platform", "Queue", "jobs"),
    "property": ("property", "site", "Content properties", "app data on content"),
    "llm": ("prompt", "platform", "Forge LLM", "prompts"),
    "log": ("log", "platform", "App log", "lines"),
    "error": ("error", "platform", "Error texts", "what a failed function says"),
    "result": ("result", "people", "Results", "what callers are shown"),
    "webtrigger": ("response", "outside", "Web trigger", "responses to whoever calls"),
    "kernel": ("kernel", "outside", "Kernel", "what its walls met"),
    "platform": ("service", "platform", "Other services", "of the platform"),
}
"""Channel → kind, group, name, and what goes there."""

PRODUCTS = {"confluence": "Confluence", "jira": "Jira"}


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Crossings in one direction between the app and one party: how many the platform let pass, how many it refused,
    and how many of those that passed were answered with an error. ``into``: towards the app."""

    into: bool
    kind: Kind
    group: Group
    name: str
    detail: str
    passed: int
    refused: int
    failed: int = 0


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Every stream, those into the app first; what forgesim itself asked (probes) is counted apart."""

    streams: tuple[Stream, ...]
    probes: int
    probes_refused: int


_End: TypeAlias = tuple[bool, Kind, Group, str, str]


def flow_of(case: Case) -> Flow:
    """The streams of a ledger's runs; control runs and probes are forgesim's own and are none of them."""
    passed: Counter[_End] = Counter()
    refused: Counter[_End] = Counter()
    failed: Counter[_End] = Counter()
    seen: dict[str, dict[str, set[str]]] = {}
    for end, count in _calls(case):
        passed[end] += count
    for crossing in case.app:
        asked, answer = crossing.decided, crossing.answered
        end = _end(case, crossing)
        (passed if asked.decision.allow else refused)[end] += 1
        if asked.decision.allow and answer is not None and (answer.fault is not None or answer.status >= 400):
            failed[end] += 1
        for kind, _, name in (ref.partition("/") for ref in (answer.reads if answer else ())):
            seen.setdefault(end[3], {}).setdefault(kind, set()).add(name)
    for witness in case.witnesses:
        if witness.layer == "kernel":
            (refused if witness.refused else passed)[(False, *OTHERS["kernel"])] += 1
    streams = [
        Stream(
            into=end[0],
            kind=end[1],
            group=end[2],
            name=end[3],
            detail=_shown(seen.get(end[3], {})) if end[1] == "read" else end[4],
            passed=passed[end],
            refused=refused[end],
            failed=failed[end],
        )
        for end in _gathered(passed.keys() | refused.keys(), passed, refused, failed)
    ]
    probes = case.probes
    return Flow(
        streams=tuple(sorted(streams, key=_order)),
        probes=len(probes),
        probes_refused=sum(not probe.decided.decision.allow for probe in probes),
    )


def _calls(case: Case) -> Iterator[tuple[_End, int]]:
    """Invocations, by what set them off; those of probes and controls left out."""
    untold = {run.run for run in case.ledger.runs.values() if run.cause in ("probe", "control")}
    counted = Counter(
        invocation.open.cause
        for invocation in case.ledger.invocations.values()
        if invocation.open.cause in CALLED and invocation.open.cause != "import" and invocation.open.run not in untold
    )
    for cause, count in counted.items():
        group: Group = "people" if cause == "user" else "outside" if cause == "webtrigger" else "platform"
        yield (True, "calls", group, CALLED[cause].capitalize(), "what sets the app off"), count


def _end(case: Case, crossing: Crossing) -> _End:
    """The party at the other end of a crossing."""
    asked = crossing.decided
    if asked.channel in PRODUCTS:
        product = PRODUCTS[asked.channel]
        if asked.writes:
            return False, "write", "site", f"{product}, writes", "requests that change something"
        return True, "read", "site", product, "content"
    if asked.channel in STORES:
        way: tuple[bool, Kind] = (False, "stored") if asked.writes else (True, "read back")
        return *way, "platform", STORES[asked.channel], way[1]
    if asked.channel == "egress":
        return _party(case, asked.target)
    if asked.channel == "log" and asked.verb == "service":
        return False, "service log", "outside", "Service log", "lines of the maker's own service"
    if crossing.answered is not None and crossing.answered.unsupported is not None:
        return False, "not emulated", "platform", "Not emulated", "answered with 501"
    if asked.op_class == "privacy":
        return False, "reporting", "platform", "Personal data reporting", "accounts that the app keeps ids of"
    return (False, *OTHERS[asked.channel])


def _party(case: Case, target: str) -> _End:
    """The subprocessor behind an address, else its host as undeclared."""
    host = host_of(target)
    for party in case.trust.subprocessors:
        if covers_host(map(host_pattern, party.hosts), host):
            return False, "declared", "outside", party.name, ", ".join(party.hosts)
    return False, "undeclared", "outside", host or "no valid address", "not declared"


def _gathered(ends: Iterable[_End], *counters: Counter[_End]) -> list[_End]:
    """The ends, where there are many undeclared hosts with those of fewest crossings as one."""
    found = list(ends)
    hosts = sorted(
        (end for end in found if end[1] == "undeclared"),
        key=lambda end: (-sum(counter[end] for counter in counters), end),
    )
    for end in hosts[MOST_HOSTS:]:
        rest: _End = (False, "undeclared", "outside", counted(len(hosts) - MOST_HOSTS, "more host"), "not declared")
        for counter in counters:
            counter[rest] += counter.pop(end, 0)
        found.remove(end)
        if rest not in found:
            found.append(rest)
    return found


def _shown(kinds: dict[str, set[str]]) -> str:
    """``25 pages, 12 users``: the distinct things that answers showed."""
    parts = [counted(len(refs), kind) for kind, refs in sorted(kinds.items())]
    return ", ".join(parts) or "nothing was shown"


def _order(stream: Stream) -> tuple[bool, int, str, str]:
    groups: tuple[Group, ...] = ("people", "site", "platform", "outside")
    return not stream.into, groups.index(stream.group), stream.name, stream.detail
