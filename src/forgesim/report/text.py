"""Reports for people. Colour is left out where there is no terminal or NO_COLOR is set; nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Evidence, Outcome, Verdict
from forgesim.counted import counted
from forgesim.ledger.read import Ledger
from forgesim.ledger.records import Header
from forgesim.report.carried import COVERS, DISCLAIMERS, OTHER_TRUST, TAKEN
from forgesim.report.json import coverage_object, notes_object
from forgesim.report.proved import outcomes_of
from forgesim.report.shape import clean, shaped

if TYPE_CHECKING:
    from forgesim.runtime.running import Call, Ran

__all__ = ["COLOURS", "carried_lines", "proof_report", "run_report", "screen", "site_report"]

PIPE_WIDTH = 120
"""Columns where there is no terminal; COLUMNS overrides it, as on a terminal."""

TABLE_WIDTH = 100
"""Columns from which verdicts are a table: in fewer, the words of a claim would stand in a column of a few letters."""

LIVE = "a run that cannot be repeated, and proves nothing"

UNCLAIMED = "in brackets: trust.yml does not make this claim"

COLOURS: Mapping[Outcome, str] = {
    Outcome.HOLDS: "green",
    Outcome.BROKEN: "bold red",
    Outcome.UNPROVEN: "yellow",
    Outcome.NOT_APPLICABLE: "dim",
    Outcome.ERROR: "bold magenta",
}
MISSED_SHOWN = 10
NOTES_SHOWN = 10


def proof_report(
    ledger: Ledger,
    verdicts: Sequence[Verdict],
    console: Console | None = None,
    *,
    again: bool = False,
    other_trust: bool = False,
) -> None:
    """Print the verdicts with their evidence, coverage, and what the report does not say. ``again``: by ``judge``,
    ``other_trust``: with another trust.yml."""
    out = console or screen()
    header = ledger.header
    out.print(Text(f"{clean(header.app)} {clean(header.app_version)}", style="bold"), end="")
    out.print(Text(f" · sandbox {header.sandbox}{'' if header.confined else ' (unconfined)'} · covers: {COVERS}"))
    out.print()
    out.print(_verdict_table(verdicts) if out.width >= TABLE_WIDTH else _verdict_list(verdicts))
    out.print()
    out.print(_tally(verdicts))
    _print_evidence(out, verdicts)
    out.print()
    for line in _coverage_lines(ledger):
        out.print(line)
    if again:
        out.print(Text(TAKEN, style="dim"))
    if other_trust:
        out.print(Text(OTHER_TRUST, style="dim"))
    _print_footer(out, header)


def run_report(
    ran: Ran,
    counts: Mapping[str, int],
    broken: Sequence[Verdict],
    written: Path | None,
    console: Console | None = None,
    *,
    live: Mapping[str, int] | None = None,
) -> None:
    """Print the result of each call by its shape, what crossed, and per claim whether these records break it.

    ``live``: host → requests that really left the machine.
    """
    out = console or screen()
    if ran.scenario is not None:
        out.print(Text(f"{clean(ran.scenario)} · {counted(len(ran.calls), 'call')}\n"))
    for number, call in enumerate(ran.calls):
        if number:
            out.print()
        _print_call(out, ran.app.name, call)
    if written is not None:
        out.print(Text(f"written to {clean(str(written))}"))
    out.print()
    out.print(Text(" · ".join(f"{word} {counts.get(name, 0):,}" for name, word in COUNTED)))
    if live:
        sent = " · ".join(f"{clean(host)} {number:,}" for host, number in live.items())
        out.print(Text(f"live, out of this machine: {sent} · {LIVE}", style="yellow"))
    _print_breaks(out, broken)
    _print_footer(out, ran.ledger.header)


def _print_call(out: Console, app: str, call: Call) -> None:
    who, outcome = f" as {clean(call.user)}" if call.user else "", call.outcome
    out.print(Text(f"{clean(app)} · {clean(call.function)}{who}", style="bold"))
    if outcome.ok:
        out.print(shaped(outcome.result))
        return
    where = f" at {clean(outcome.at)}" if outcome.at else ""
    told = Text(f"{clean(outcome.type)}: {clean(outcome.message)}{where}", style="red")
    out.print(told.append(" (as the scenario expects)", style="dim") if call.expected else told)


COUNTED = (("read", "reads"), ("write", "writes"), ("egress", "requests out"), ("refused", "refused"))
"""Counts in the order in which they are shown, each with its word."""


def site_report(found: Mapping[str, Any], console: Console | None = None) -> None:
    """Print a site's description (``forgesim.site.describe``) by its shape."""
    out = console or screen()
    out.print(shaped(_flattened(found)))


def screen() -> Console:
    """Standard output as a console of the terminal's width."""
    return Console(highlight=False, width=get_terminal_size((PIPE_WIDTH, 24)).columns)


def _verdict_table(verdicts: Sequence[Verdict]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("strength", no_wrap=True)
    table.add_column("says", overflow="fold", ratio=1)
    for verdict in verdicts:
        table.add_row(
            _name(verdict),
            Text(verdict.outcome.value, style=COLOURS[verdict.outcome]),
            Text(verdict.strength.value if verdict.strength else "–"),
            Text(clean(verdict.says)),
        )
    if any(not verdict.claimed for verdict in verdicts):
        table.caption = UNCLAIMED
    return table


def _verdict_list(verdicts: Sequence[Verdict]) -> Group:
    """The same for a narrow screen: what is said of a claim stands below it."""
    lines: list[RenderableType] = []
    for verdict in verdicts:
        strength = f" · {verdict.strength.value}" if verdict.strength else ""
        lines.append(
            _name(verdict).append("  ").append(verdict.outcome.value, COLOURS[verdict.outcome]).append(strength)
        )
        lines.append(Padding(Text(clean(verdict.says)), (0, 0, 0, 2)))
    if any(not verdict.claimed for verdict in verdicts):
        lines.append(Text(UNCLAIMED, style="dim"))
    return Group(*lines)


def _name(verdict: Verdict) -> Text:
    return Text(verdict.claim) if verdict.claimed else Text(f"({verdict.claim})", style="dim")


def _tally(verdicts: Sequence[Verdict]) -> Text:
    counts = outcomes_of(verdicts).items()
    return Text(" · ").join(Text(f"{count} {outcome.value}", style=COLOURS[outcome]) for outcome, count in counts)


def _print_evidence(out: Console, verdicts: Sequence[Verdict]) -> None:
    """The evidence of each claim. What leaves several open, as code that never ran does, is said once."""
    said: set[Evidence] = set()
    for verdict in verdicts:
        if not verdict.evidence:
            continue
        out.print()
        out.print(Text(verdict.claim, style=COLOURS[verdict.outcome]))
        fresh = [item for item in verdict.evidence if item not in said]
        said.update(fresh)
        for item in fresh:
            place = clean(item.at) if item.at else "–"
            number = f" #{item.seq}" if item.seq else ""
            out.print(Text(f"  {place}{number}  {clean(item.why)}"), soft_wrap=True)
        if again := len(verdict.evidence) - len(fresh):
            out.print(
                Text(
                    f"  {counted(again, 'line')} above {'is' if again == 1 else 'are'} of this claim, too", style="dim"
                )
            )


def _print_breaks(out: Console, broken: Sequence[Verdict]) -> None:
    by_name = {verdict.claim: verdict for verdict in broken}
    width = max(len(claim.name) for claim in CATALOG)
    for claim in CATALOG:
        verdict, name = by_name.get(claim.name), Text(f"{claim.name:{width}}  ")
        if verdict is None:
            out.print(name.append("not broken in this run", style="dim"))
        else:
            out.print(name.append("BROKEN", style="bold red").append(f"  {clean(verdict.says)}"))
    _print_evidence(out, broken)


def _coverage_lines(ledger: Ledger) -> Iterator[Text]:
    if ledger.coverage is None:
        yield Text("app code: which of it ran was not recorded")
        return
    coverage = coverage_object(ledger)
    missed = coverage["missed"]
    yield Text(f"app code: {counted(coverage['units'], 'unit')}, {len(missed):,} never ran")
    for unit in missed[:MISSED_SHOWN]:
        yield Text(f"  {clean(unit)}", style="yellow")
    if len(missed) > MISSED_SHOWN:
        yield Text(f"  … and {len(missed) - MISSED_SHOWN:,} more", style="yellow")
    if coverage["excluded"]:
        yield Text(f"not counted: {clean(', '.join(coverage['excluded']))}", style="dim")
    notes = notes_object(ledger)
    if notes:
        yield Text("for readers of the source (no verdict rests on these notes):")
    for note in notes[:NOTES_SHOWN]:
        yield Text(f"  {clean(note['at'])}  {clean(note['says'])}", style="dim")
    if len(notes) > NOTES_SHOWN:
        yield Text(f"  … and {len(notes) - NOTES_SHOWN:,} more", style="dim")


def _print_footer(out: Console, header: Header) -> None:
    out.print()
    for line in refused_lines(header.undeployable):
        out.print(line)
    for line in carried_lines(header.app, header.app_version, header.app_digest, header.created):
        out.print(line)


def refused_lines(reasons: Iterable[str]) -> Iterator[Text]:
    """Why Forge refuses a manifest today that was used all the same."""
    for why in reasons:
        yield Text(f"Forge refuses this manifest today, and it was run anyway: {clean(why)}", style="yellow")


def carried_lines(app: str, version: str, digest: str, date: str) -> Iterator[Text]:
    """What every report ends with: what was run, when, and what the report does not say."""
    yield Text(f"{clean(app)} {clean(version)} · digest {digest[:16]} · {date}", style="dim")
    for line in DISCLAIMERS:
        yield Text(line, style="dim")


def _flattened(found: Mapping[str, Any]) -> dict[str, Any]:
    """Maps and lists inside the rows of lists become text, so that the rows show as a table."""
    return {name: _rows(value) if isinstance(value, list) else value for name, value in found.items()}


def _rows(values: list[Any]) -> list[Any]:
    return [
        {name: _brief(part) for name, part in value.items()} if isinstance(value, dict) else value for value in values
    ]


def _brief(value: Any) -> Any:
    match value:
        case dict():
            return ", ".join(f"{name} {part}" for name, part in value.items())
        case list() if all(isinstance(part, str) for part in value):
            return ", ".join(value)
        case list():
            return len(value)
        case _:
            return value
