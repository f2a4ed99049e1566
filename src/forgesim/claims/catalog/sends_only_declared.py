"""What is sent to subprocessors is what trust.yml declares: counts, no end-user data, and analytics can be off."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from forgesim.claims.advice import advice
from forgesim.claims.answers import output_bits, said, webtrigger_problem
from forgesim.claims.case import Case, succeeded
from forgesim.claims.conclude import Findings, Ground, conclude, not_applicable, pairs_bound, trials_of
from forgesim.claims.content import content_evidence, line_of, twin_doubts, twin_evidence
from forgesim.claims.declared import (
    FREE_BITS,
    SPELLING_BITS,
    covers_host,
    declared_hosts,
    host_pattern,
    request_problem,
    sends_to,
)
from forgesim.claims.kit import Claim, Evidence, Strength, Verdict
from forgesim.claims.measures import measured_doubts, measured_evidence, measured_says, volume_says
from forgesim.claims.wire import Request, request_of
from forgesim.leaks.capacity import event_bits, order_bits, shown_bits
from forgesim.leaks.scanner import Piece
from forgesim.ledger.read import Crossing
from forgesim.manifest.depends import Depends
from forgesim.manifest.model import EgressEntry, Send, Subprocessor
from forgesim.manifest.types import Type, World, has_content

__all__ = ["ANALYTICS_HOSTS", "CLAIM"]

NAME = "sends_only_declared"
ANALYTICS_KINDS = frozenset({"posthog"})
ANALYTICS_HOSTS = (
    "*.google-analytics.com", "*.googletagmanager.com", "*.mixpanel.com", "*.posthog.com", "*.amplitude.com",
    "*.userpilot.io", "in.accoil.com", "*.plausible.io", "*.ingest.sentry.io", "*.ingest.us.sentry.io",
    "*.hotjar.io", "*.hotjar.com", "*.cdn.segment.com", "*.api.segment.io", "*.applicationinsights.azure.com",
    "*.monitor.azure.com", "*.launchdarkly.com", "*.newrelic.com",
)  # fmt: skip
"""Hosts of tools that Forge takes as analytics (its documentation of ``category: analytics``, read 2026-10)."""


def judge(case: Case) -> Verdict:
    """Broken by a request outside the declared ones, by content found in one, by differing twins, by a wrong entry."""
    hosts = declared_hosts(case.trust)
    if not case.manifest.addresses() and not hosts and "webtrigger" not in case.manifest.module_types():
        return not_applicable(NAME, case, "manifest and trust.yml name no address outside the platform")
    requests = [r for crossing in case.on("egress") if covers_host(hosts, (r := request_of(crossing)).host)]
    judged = [(request, *_match(case, request)) for request in requests if _is_kept(request.crossing)]
    answers = [crossing for crossing in case.on("webtrigger") if _is_kept(crossing)]
    undeclared = [_undeclared(request, problem) for request, _, problem in judged if problem is not None]
    undeclared += [evidence for crossing in answers if (evidence := _answers(case, crossing)) is not None]
    scanned = [(request, send) for request, send, problem in judged if not case.fast or problem is not None]
    odd = {evidence.seq for evidence in undeclared}
    shown = [crossing for crossing in answers if not case.fast or crossing.decided.seq in odd]
    content = list(_content(case, scanned, shown))
    broken = [
        *content,
        *undeclared,
        *twin_evidence(case, "sent", "sends"),
        *measured_evidence(case, "sent"),
        *_entries(case),
    ]
    broken += [] if content else advice(case, ["egress", "webtrigger"], broken)
    exercised = [request.crossing for request in requests if succeeded(request.crossing)]
    exercised += [crossing for crossing in answers if crossing.decided.decision.allow]
    found = Findings(
        broken=broken,
        says_broken="the app sends more than trust.yml declares" if undeclared or not broken else broken[0].why,
        ground=_ground(case, exercised),
        unexercised="nothing that the app sent reached a subprocessor, and it answered nobody outside",
        channels=frozenset({"egress"}),
        doubts=[
            *twin_doubts(case, "sent"),
            *measured_doubts(case, "sent"),
            *_switch(case),
            *_unscanned(case, exercised),
        ],
        needs_bodies=True,
    )
    return conclude(NAME, case, found)


def _is_kept(crossing: Crossing) -> bool:
    body = crossing.decided.body
    return body is None or body.digest is None


def _match(case: Case, request: Request) -> tuple[Send | None, str | None]:
    """The declared request that this is, or why it is none: the problem with the one that it comes nearest to."""
    nearest: str | None = None
    for send in sends_to(case.trust, request.host):
        problem = request_problem(request, send, case.world(request.crossing))
        if problem is None and _holds_content(send) and not case.by_user(request.crossing):
            problem = "may hold content, and no user asked for it"
        if problem is None:
            return send, None
        if nearest is None or not problem.startswith(("method", "path")):
            nearest = f"{send.name}: {problem}"
    return None, nearest or f"nothing may be sent to {request.host}"


def _holds_content(send: Send) -> bool:
    return any(has_content(part) for part in (send.query, send.headers, send.body, send.path) if part is not None)


def _undeclared(request: Request, problem: str) -> Evidence:
    asked = request.crossing.decided
    held = "" if asked.decision.allow else f"; the platform refused it ({asked.decision.rule})"
    return Evidence(asked.seq, f"sends {request.host} what trust.yml does not declare: {problem}{held}", asked.line)


def _answers(case: Case, crossing: Crossing) -> Evidence | None:
    """What a web trigger says to whoever holds its URL, where that is not declared."""
    asked = crossing.decided
    problem = webtrigger_problem(crossing, case.manifest, case.trust, case.world(crossing))
    if problem is None:
        return None
    held = "" if asked.decision.allow else f"; the platform refused it ({asked.decision.rule})"
    why = f"answers whoever calls the web trigger {asked.target} what is not declared: {problem}{held}"
    return Evidence(asked.seq, why, asked.line)


def _content(case: Case, scanned: list[tuple[Request, Send | None]], answers: list[Crossing]) -> Iterator[Evidence]:
    """The site's content in answers, and in the parts of requests that are not declared to hold any."""
    pieces: dict[int, list[Piece]] = defaultdict(list)
    for request, send in scanned:
        seq, run = request.crossing.decided.seq, request.crossing.decided.run
        if send is None or not (send.body is not None and has_content(send.body)):
            pieces[run].append(Piece(request.body, seq))
        if send is None or not (send.query is not None and has_content(send.query)):
            pieces[run].append(Piece(request.url, seq))
        if send is None or not (send.headers is not None and has_content(send.headers)):
            pieces[run] += [Piece(value, seq) for _, value in request.headers]
    for crossing in answers:
        asked = crossing.decided
        pieces[asked.run] += [Piece(text, asked.seq) for text in said(crossing)]
    lines = line_of([*(request.crossing for request, _ in scanned), *answers])
    kept = {run: [piece for piece in parts if piece.text] for run, parts in pieces.items()}
    yield from content_evidence(case, kept, lines, "sends")


def _entries(case: Case) -> Iterator[Evidence]:
    """Manifest entries whose category or end-user-data switch does not say what trust.yml says."""
    for subprocessor in case.trust.subprocessors:
        sends = [case.trust.sends[name] for name in subprocessor.receives if name in case.trust.sends]
        content = any(map(_holds_content, sends))
        for entry in (*case.manifest.egress, *case.manifest.remotes):
            host = host_pattern(entry.address)
            if host not in map(host_pattern, subprocessor.hosts):
                continue
            analytics = subprocessor.service.get("kind") in ANALYTICS_KINDS or covers_host(ANALYTICS_HOSTS, host)
            if entry.kind == "remote":
                problem = _remote_problem(entry, subprocessor) if content else None
            else:
                problem = _entry_problem(entry, content=content, analytics=analytics)
            if problem is not None:
                where = f"manifest.yml:{entry.line}" if entry.line else None
                yield Evidence(0, f"the manifest's {entry.kind} entry for {host} {problem}", where)


def _entry_problem(entry: EgressEntry, *, content: bool, analytics: bool) -> str | None:
    is_analytics = (entry.category or "").lower() == "analytics"
    if content:
        if is_analytics:
            return "is of category analytics, but content is sent there"
        return "says inScopeEUD: false, but content is sent there" if entry.in_scope_eud is False else None
    if analytics and not is_analytics:
        return "is not of category analytics: an admin cannot switch it off"
    if is_analytics and entry.in_scope_eud is not False:
        return "does not say inScopeEUD: false, though no end-user data is declared to be sent"
    return None


def _remote_problem(entry: EgressEntry, party: Subprocessor) -> str | None:
    """A remote may be sent content and store none of it, where trust.yml says the same of its owner."""
    if entry.in_scope_eud is not False or party.keeps_nothing:
        return None
    kept = f"trust.yml says of its retention: {party.retention or 'nothing'}"
    return f"says that no end-user data is stored there, but content is sent there, and {kept}"


def _switch(case: Case) -> list[Evidence]:
    """Where there are analytics entries, the app has to have run with the switch on and with it off."""
    hosts = [host_pattern(e.address) for e in case.manifest.egress if (e.category or "").lower() == "analytics"]
    if not hosts:
        return []
    asked = [c.decided for c in case.on("egress") if covers_host(hosts, request_of(c).host)]
    doubts = []
    if not any(decided.decision.allow for decided in asked):
        doubts.append(Evidence(0, "analytics was never sent with the admin's switch on"))
    off = {number for number, run in case.ledger.runs.items() if not run.analytics}
    if not any(decided.decision.rule == "analytics-off" for decided in asked) and not any(
        crossing.decided.run in off for crossing in case.app
    ):
        doubts.append(Evidence(0, "the app never ran with the admin's analytics switch off"))
    return doubts


def _unscanned(case: Case, exercised: list[Crossing]) -> list[Evidence]:
    runs = {crossing.decided.run for crossing in exercised}
    if case.fast or all(case.scanner(run) is not None for run in runs):
        return []
    return [Evidence(0, "the ledger does not have the site's content: nothing to compare what is sent with")]


def _ground(case: Case, exercised: list[Crossing]) -> Ground:
    run = case.ledger.runs.get(exercised[0].decided.run) if exercised else None
    if run is None or case.fast:
        return Ground(strength=Strength.TESTED, says="", crossings=len(exercised))
    world = case.run_world(run)
    trials = trials_of(case, "sent")
    loose = [name for name in case.trust.sends if _names_no_host(case, name)]
    bounds = [
        f"{name}: {_bound(math.inf if name in loose else event_bits(send, world))} an event"
        f", at most {shown_bits(_written_bits(case, send))} more in how it is written"
        for name, send in case.trust.sends.items()
    ]
    bounds += [
        f"{name}: {_bound(event_bits(send, world))} an answer, at most "
        f"{shown_bits(_written_bits(case, send))} more in how it is written"
        for name, send in case.trust.answers.items()
    ]
    bounds += [f"{name}: {_bound(bits)} in which output" for name, bits in output_bits(case.manifest).items()]
    content = any(map(_holds_content, case.trust.sends.values()))
    told = [
        *bounds,
        volume_says(case, exercised, lambda crossing: _bits_of(case, crossing, world), "sent"),
        pairs_bound(trials) if trials else "",
        measured_says(case, "sent", [part for send in case.trust.sends.values() for part in _parts(send)]),
    ]
    says = "; ".join(filter(None, told))
    strength = Strength.TESTED if content or loose else Strength.BOUNDED
    return Ground(strength=strength, says=says, crossings=len(exercised))


def _bits_of(case: Case, crossing: Crossing, world: World) -> float:
    """At most what a request or an answer carries, in what it says and how it is written."""
    if crossing.decided.channel == "webtrigger":
        answer = case.trust.answers.get(crossing.decided.target)
        return 0.0 if answer is None else event_bits(answer, world) + _written_bits(case, answer)
    sends = sends_to(case.trust, request_of(crossing).host)
    return max((event_bits(send, world) + _written_bits(case, send) for send in sends), default=0.0)


def _parts(send: Send) -> list[tuple[Type, Depends, str]]:
    parts = {"path": send.path, "query": send.query, "headers": send.headers, "body": send.body}
    return [(part, send.depends_on, name) for name, part in parts.items() if part is not None]


def _names_no_host(case: Case, name: str) -> bool:
    """Whether what is sent may go to ``*.x.com``: the name of the host can say anything then."""
    return any("*" in host for each in case.trust.subprocessors if name in each.receives for host in each.hosts)


def _written_bits(case: Case, send: Send) -> float:
    """What the order of fields, the spelling, the free headers and the choice of host carry at most."""
    hosts = sum(len(each.hosts) for each in case.trust.subprocessors if send.name in each.receives)
    orders = math.fsum(map(order_bits, (send.query, send.headers, send.body)))
    spelled = sum(part is not None for part in (send.query, send.body))
    return orders + FREE_BITS + spelled * SPELLING_BITS + math.log2(max(1, hosts))


def _bound(bits: float) -> str:
    shown = shown_bits(bits)
    return shown if shown == "without bound" else f"at most {shown}"


CLAIM = Claim(
    name=NAME,
    statement="Subprocessors receive what is declared and no more; analytics carries no end-user data and can be off.",
    why="A subprocessor may be named and still be told too much.",
    exercised_by="Successful requests to subprocessors, with the admin's analytics switch on and off, and answers of "
    "web triggers.",
    broken_by="A request that is none of the declared ones in method, path, query, headers or body; content of "
    "the site in one; an answer of a web trigger that is none of the declared ones (answers: status, headers, body), "
    "or holds content; a difference between twin sites; a field that follows an aspect of the content "
    "which its depends_on does not name; an analytics entry without category or inScopeEUD: false; a remote that is "
    "said to store no end-user data and is sent content, which its owner keeps for a while.",
    limits="Requests to other hosts are judged by reaches_only_declared; fields declared as content may hold any. A "
    "static web trigger chooses one of the manifest's outputs, which is counted in bits; whoever holds a URL gets it.",
    judge=judge,
)
