"""The objects that ``--json`` prints. Names and shapes are public: scripts rely on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from forgesim.claims.kit import Verdict
from forgesim.ledger.read import Ledger
from forgesim.report.carried import COVERS

if TYPE_CHECKING:
    from forgesim.runtime.running import Call, Ran

__all__ = ["coverage_object", "notes_object", "proof_object", "run_object", "verdict_object"]


def proof_object(ledger: Ledger, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What ``prove --json`` and ``judge --json`` print for one app."""
    header = ledger.header
    return {
        "app": header.app,
        "version": header.app_version,
        "catalog": header.catalog,
        "covers": COVERS,
        "confined": header.confined,
        "sandbox": header.sandbox,
        "coverage": coverage_object(ledger),
        "notes": notes_object(ledger),
        "verdicts": [verdict_object(verdict) for verdict in verdicts],
        **({"undeployable": list(header.undeployable)} if header.undeployable else {}),
    }


def notes_object(ledger: Ledger) -> list[dict[str, str]]:
    """What a look at the app's source found, by line: for readers, and no part of a verdict."""
    notes = ledger.coverage.notes if ledger.coverage is not None else ()
    return [{"at": line, "says": says} for line, says in notes]


def run_object(
    ran: Ran, counts: Mapping[str, int], broken: Sequence[Verdict], live: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """What ``run --json`` prints: the last call, what crossed in numbers, and the claims that broke; all calls where
    there were several.

    ``live``: host → requests that left the machine; named only where live egress was on.
    """
    return {
        "app": ran.app.name,
        **_call_object(ran.last),
        "crossings": dict(counts),
        "broken": [verdict_object(verdict) for verdict in broken],
        **({"undeployable": list(refused)} if (refused := ran.app.manifest.undeployable) else {}),
        **({"live": dict(live)} if live else {}),
        **({"calls": [_call_object(call) for call in ran.calls]} if len(ran.calls) > 1 else {}),
    }


def _call_object(call: Call) -> dict[str, Any]:
    outcome = call.outcome
    error = None if outcome.ok else {"type": outcome.type, "message": outcome.message, "at": outcome.at}
    return {"function": call.function, "user": call.user, "result": outcome.result, "error": error}


def coverage_object(ledger: Ledger) -> dict[str, Any]:
    """Units of app code, those that never ran (all of them where nobody recorded), and what is not counted."""
    hit = frozenset(ledger.coverage.hit if ledger.coverage is not None else ())
    units = ledger.header.units
    return {
        "units": len(units),
        "missed": [unit for number, unit in enumerate(units) if number not in hit],
        "excluded": list(ledger.header.excluded),
    }


def verdict_object(verdict: Verdict) -> dict[str, Any]:
    """One verdict; ``strength`` is null unless it HOLDS."""
    return {
        "claim": verdict.claim,
        "claimed": verdict.claimed,
        "outcome": verdict.outcome.value,
        "strength": verdict.strength.value if verdict.strength is not None else None,
        "crossings": verdict.crossings,
        "says": verdict.says,
        "evidence": [{"seq": item.seq, "why": item.why, "at": item.at} for item in verdict.evidence],
    }
