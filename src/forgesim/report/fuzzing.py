"""What ``forgesim fuzz`` prints: for people, and as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from forgesim.counted import counted
from forgesim.fuzz.drive import Found, Tally
from forgesim.manifest.model import App
from forgesim.report.shape import clean
from forgesim.report.text import refused_lines

__all__ = ["fuzz_object", "fuzz_report"]

UNITS = {
    "egress": ("request", "let through"),
    "sandbox": ("primitive", "did something"),
    "payloads": ("call", "answered"),
    "content": ("pair", "with something that left the app"),
}
"""Campaign → what ``tried`` counts, and what it means where it is ``allowed``."""

ENDINGS = {"time": "", "cases": "", "interrupted": ", interrupted"}
NOTE = "a fuzzer that found nothing has proved nothing: it tried this much and no more"


def fuzz_object(app: App, tier: str, seed: int, workers: int, tallies: Sequence[Tally]) -> dict[str, Any]:
    """What ``fuzz --json`` prints."""
    return {
        "app": app.name,
        "version": app.version,
        "sandbox": tier,
        "seed": seed,
        "workers": workers,
        "campaigns": [_campaign(tally) for tally in tallies],
        **({"undeployable": list(app.manifest.undeployable)} if app.manifest.undeployable else {}),
    }


def _campaign(tally: Tally) -> dict[str, Any]:
    return {
        "campaign": tally.campaign,
        "cases": tally.cases,
        "tried": tally.tried,
        "allowed": tally.allowed,
        "allowed_share": _share(tally),
        "seconds": tally.seconds,
        "cases_per_second": round(tally.cases / tally.seconds, 1) if tally.seconds else 0.0,
        "tried_per_second": round(tally.tried / tally.seconds, 1) if tally.seconds else 0.0,
        "ended": tally.ended,
        "findings": [
            {"kind": f.kind, "says": f.says, "reproduced": f.reproduced, "case": f.case, "pytest": f.pytest}
            for f in tally.findings
        ],
    }


def _share(tally: Tally) -> float | None:
    return round(tally.allowed / tally.tried, 4) if tally.tried else None


def fuzz_report(app: App, tier: str, tallies: Sequence[Tally], console: Console | None = None) -> None:
    """Print a line for each campaign, then each finding with the test that shows it, ready to paste."""
    out = console or Console(soft_wrap=True)
    out.print(Text(f"{clean(app.name)} {clean(app.version)}", style="bold"), end="")
    out.print(Text(f" · sandbox {tier}"))
    for tally in tallies:
        out.print(_line(tally))
    for tally in tallies:
        for found in tally.findings:
            _print_finding(out, found)
    for line in refused_lines(app.manifest.undeployable):
        out.print(line)
    if not any(tally.findings for tally in tallies):
        out.print(Text(NOTE, style="dim"))


def _line(tally: Tally) -> Text:
    unit, done = UNITS.get(tally.campaign, ("step", "allowed"))
    share = _share(tally)
    rate = tally.tried / tally.seconds if tally.seconds else 0.0
    text = f"{tally.campaign:<8} {counted(tally.cases, 'case')}, {counted(tally.tried, unit)}"
    text += f" ({share:.0%} {done})" if share is not None else ""
    text += f", {rate:,.0f}/s in {tally.seconds:.1f} s{ENDINGS[tally.ended]}: "
    style = "bold red" if tally.findings else "green"
    return Text(text).append(counted(len(tally.findings), "finding"), style=style)


def _print_finding(out: Console, found: Found) -> None:
    out.print()
    out.print(Text("BROKEN  ", style="bold red").append(clean(found.kind), style="bold"))
    out.print(Text(f"  {clean(found.says)}"))
    if not found.reproduced:
        out.print(Text("  seen once: tried again, it did not come again", style="yellow"))
    out.print()
    out.print(Text(found.pytest))
