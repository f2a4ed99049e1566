"""The page of ``prove --html`` and ``judge --html``: verdicts, their evidence, the privacy page, what flowed where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Claim, Evidence, Outcome, Verdict
from forgesim.counted import counted
from forgesim.report.flow import Flow
from forgesim.report.markup import Html, Part, join, tag
from forgesim.report.page import facts, framed, mark, named, table, tally
from forgesim.report.picture import CAPTION, drawings
from forgesim.report.proved import Proved, Said, Seen, sentence_outcome

__all__ = ["flow_section", "parties_table", "proof_page", "sentences", "verdicts"]

GROUPS = {
    "people": "who calls and is shown results",
    "site": "content of the site",
    "platform": "services of the platform",
    "outside": "anybody else",
}


WORST = (
    "A sentence has the worst verdict of the claims that test it, and every strength that they hold with. A claim may "
    "test less than the sentence says: what it does not cover stands with the claim."
)
PAIRS = (
    "Pairs of runs that differ only in what a claim says may not matter, most of them on twin sites whose every word "
    "differs. What a claim makes of them, bounds and bits, stands in its verdict."
)


def proof_page(proofs: Sequence[Proved]) -> str:
    """One document for all apps."""
    lead = "Each claim of each app's privacy page, judged from what crossed the app's boundary on an emulated platform."
    sections = [_section(proved, number) for number, proved in enumerate(proofs, 1)]
    return framed("forgesim: verdicts", lead, proofs, join(sections))


def _section(proved: Proved, number: int) -> Html:
    ident = f"app-{number}"
    about = f"{proved.purpose}. " if proved.purpose else ""
    return tag(
        "section",
        tag("h2", named(proved.app), id=ident),
        tag("p", tag("bdi", about), tally(proved)),
        facts(proved),
        *verdicts(proved),
        *sentences(proved),
        *flow_section(proved, ident),
        *parties_table(proved),
        *_trials(proved),
        *_coverage(proved),
        class_="app",
        aria_labelledby=ident,
    )


# --- verdicts ------------------------------------------------------------------------------------------------------


def verdicts(proved: Proved) -> Iterator[Html]:
    """Every claim of the catalog with its verdict; what it rests on is a click away."""
    yield tag("h3", "Verdicts")
    yield tag("p", "Open a claim for its evidence, what would break it, and what it does not cover.", class_="soft")
    yield tag("ol", *(tag("li", _verdict(proved, verdict)) for verdict in proved.verdicts), class_="verdicts")


def _verdict(proved: Proved, verdict: Verdict) -> Html:
    summary = tag(
        "summary",
        mark(verdict.outcome), " ",
        tag("span", verdict.claim, class_="name"),
        tag("span", f" · {verdict.strength.value}", class_="strength") if verdict.strength else None,
        tag("span", " · trust.yml does not make this claim", class_="strength") if not verdict.claimed else None,
        tag("span", verdict.says, class_="says"),
    )  # fmt: skip
    claim = next((claim for claim in CATALOG if claim.name == verdict.claim), None)
    inside = tag("div", *_evidence(proved, verdict), *_about(claim, verdict), class_="inside")
    is_open = verdict.claimed and verdict.outcome in (Outcome.BROKEN, Outcome.ERROR)
    return tag("details", summary, inside, open=is_open)


def _evidence(proved: Proved, verdict: Verdict) -> Iterator[Html]:
    if not verdict.evidence:
        return
    seen = {crossing.seq: crossing for crossing in proved.seen}
    yield tag("p", "Evidence", class_="soft")
    yield tag(
        "ol", *(tag("li", tag("bdi", item.why), _place(item, seen)) for item in verdict.evidence), class_="evidence"
    )


def _place(item: Evidence, seen: Mapping[int, Seen]) -> Html:
    """The app's line where it is known, and the crossing."""
    at = join((tag("code", item.at), " · ")) if item.at else None
    if not item.seq:
        return tag("p", at, "of the manifest, trust.yml or the run as a whole", class_="soft")
    crossing = seen.get(item.seq)
    return tag("p", at, f"#{item.seq}" if crossing is None else _crossing(crossing), class_="soft")


def _crossing(seen: Seen) -> Html:
    target = tag("code", seen.target) if seen.target is not None else "(target not shown: an imported site)"
    decided = f"{'allowed' if seen.allowed else 'refused'} by the rule {seen.rule}"
    answer = "" if seen.status is None else f", answered {seen.status}"
    who = f" for {seen.principal}" if seen.principal else ""
    return join((
        f"#{seen.seq} {seen.channel} {seen.verb} ", target, f": {decided}{f' ({seen.reason})' if seen.reason else ''}"
        f"{answer}; {seen.function or 'no function'}{who} in {seen.run}",
    ))  # fmt: skip


def _about(claim: Claim | None, verdict: Verdict) -> Iterator[Html]:
    if claim is None:
        return
    rows = (
        ("Claim", claim.statement),
        ("Why it matters", claim.why),
        ("Exercised by", f"{claim.exercised_by} Here: {counted(verdict.crossings, 'crossing')}."),
        ("Broken by", claim.broken_by),
        ("Does not cover", claim.limits),
    )
    yield tag("dl", *(part for name, text in rows for part in (tag("dt", name), tag("dd", text))), class_="facts")


# --- the privacy page ----------------------------------------------------------------------------------------------


def sentences(proved: Proved) -> Iterator[Html]:
    """Every sentence of the page with the verdicts of its claims, or why nothing tests it."""
    yield tag("h3", "Sentences of the privacy page")
    if not proved.sentences:
        yield tag("p", "trust.yml lists no sentence.")
        return
    yield tag("p", WORST, class_="soft")
    shown = [
        tag("li", *_outcome(proved, each), " ", tag("bdi", each.says), _tested(proved, each))
        for each in proved.sentences
    ]
    yield tag("ol", *shown, class_="sentences")


def _outcome(proved: Proved, sentence: Said) -> Iterator[Part]:
    """The label of a sentence with the strengths that its claims hold with; what is inherited was not tested here."""
    yield mark(sentence_outcome(proved, sentence))
    found = [v.strength for name in sentence.claims if (v := proved.verdict(name)) and v.strength]
    if found:
        yield tag("span", f" {', '.join(strength.value for strength in dict.fromkeys(found))}: ", class_="strength")


def _tested(proved: Proved, sentence: Said) -> Html:
    if not sentence.claims:
        return tag("p", f"Cannot be tested here: {sentence.untestable or 'no reason is given'}.", class_="soft")
    lines = []
    for name in sentence.claims:
        verdict = proved.verdict(name)
        said = "not in this catalog" if verdict is None else verdict.outcome.value
        strength = f", {verdict.strength.value}" if verdict is not None and verdict.strength else ""
        unclaimed = "" if verdict is None or verdict.claimed else " (trust.yml does not make this claim)"
        says = "" if verdict is None else f": {verdict.says}"
        lines.append(tag("li", tag("code", name), f" {said}{strength}{unclaimed}{says}"))
    return tag("ul", *lines, class_="plain soft")


# --- flow ----------------------------------------------------------------------------------------------------------


def flow_section(proved: Proved, ident: str) -> Iterator[Html]:
    """The picture with its key, and the same numbers as a table."""
    flow = proved.flow
    yield tag("h3", "What flowed where")
    if not flow.streams:
        yield tag("p", "Nothing crossed the app's boundary.")
        return
    key = [tag("li", text, class_=group) for group, text in GROUPS.items()]
    yield tag(
        "figure",
        drawings(proved.app, flow, f"{ident}-flow"),
        tag("figcaption", tag("ul", *key, class_="key"), tag("p", CAPTION), tag("p", _probes(flow))),
    )
    rows = [
        (
            s.name,
            "into the app" if s.into else "out of the app",
            s.detail,
            *map(_count, (s.passed, s.refused, s.failed)),
        )
        for s in flow.streams
    ]
    heads = ("Party", "Way", "What", "Passed", "Refused", "Answered with an error")
    note = "Errors are of those that passed; a key that is not there, and a failure that forgesim put there, are such."
    made = table(f"Crossings of {proved.app} by party", heads, rows, numbers=(3, 4, 5))
    yield tag(
        "details",
        tag("summary", "The same in numbers"),
        tag("div", made, tag("p", note, class_="soft"), class_="inside"),
        class_="more",
    )


def _probes(flow: Flow) -> str:
    if not flow.probes:
        return "forgesim itself probed nothing."
    allowed = flow.probes - flow.probes_refused
    refused = counted(flow.probes_refused, "was refused", "were refused")
    rest = f", {counted(allowed, 'was not', 'were not')}" if allowed else ""
    return (
        f"Not drawn: {counted(flow.probes, 'probe')} by forgesim itself (writes and addresses that the app did not "
        f"ask for), of which {refused}{rest}."
    )


def parties_table(proved: Proved) -> Iterator[Html]:
    """The subprocessors that trust.yml declares, with the requests that this proof saw."""
    yield tag("h3", "Subprocessors")
    if not proved.parties:
        yield tag("p", "trust.yml declares none besides Atlassian, whose platform hosts the app.")
        return
    sent = {stream.name: stream for stream in proved.flow.streams if stream.kind == "declared"}
    rows = []
    for party in proved.parties:
        stream = sent.get(party.name)
        counts = (stream.passed, stream.refused) if stream else (0, 0)
        hosts = tag("ul", *(tag("li", tag("code", host)) for host in party.hosts), class_="plain")
        rows.append((
            tag("bdi", party.name), hosts, party.purpose, party.location, party.retention, ", ".join(party.receives),
            *map(_count, counts),
        ))  # fmt: skip
    heads = ("Party", "Hosts", "Purpose", "Location", "Retention", "Receives", "Requests passed", "Refused")
    caption = f"Subprocessors of {proved.app}: declared in trust.yml, but for the counts"
    yield table(caption, heads, rows, numbers=(6, 7))


# --- how far it was looked -----------------------------------------------------------------------------------------


def _trials(proved: Proved) -> Iterator[Html]:
    yield tag("h3", "Trials")
    if not proved.trials:
        yield tag("p", "No twin trials were made: claims that need them are UNPROVEN.")
        return
    yield tag("p", PAIRS, class_="soft")
    rows = [(t.channel, *map(_count, (t.pairs, t.compared, t.differed, t.unrepeated))) for t in proved.trials]
    heads = ("Channel", "Pairs", "Comparisons", "Differed", "Did not repeat")
    yield table(f"Twin trials of {proved.app}", heads, rows, numbers=(1, 2, 3, 4))


NOTES = "Found by reading the source; no verdict rests on these notes."


def _coverage(proved: Proved) -> Iterator[Html]:
    yield tag("h3", "App code that ran")
    if not proved.covered:
        yield tag("p", "Which of the app's code ran was not recorded.")
        return
    yield tag(
        "p", f"{counted(proved.units, 'unit')}, {len(proved.missed):,} never ran. Units are statements and branches."
    )
    if proved.missed:
        units = tag("ul", *(tag("li", tag("code", unit)) for unit in proved.missed), class_="plain")
        yield tag("details", tag("summary", "Units that never ran"), tag("div", units, class_="inside"), class_="more")
    if proved.excluded:
        yield tag("p", f"Not counted: {', '.join(proved.excluded)}.")
    if proved.notes:
        yield tag("h3", "For readers of the source")
        yield tag("p", NOTES, class_="soft")
        yield tag("ul", *(tag("li", tag("code", line), f" {says}") for line, says in proved.notes), class_="plain")


def _count(number: int) -> str:
    return f"{number:,}"
