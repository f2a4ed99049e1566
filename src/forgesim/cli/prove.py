"""``forgesim prove`` and ``forgesim judge``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from forgesim.claims.judge import judge as judge_ledger
from forgesim.claims.kit import Outcome, Verdict
from forgesim.cli.progress import terminal_progress
from forgesim.errors import InputError, Problem
from forgesim.ledger.read import Ledger, read
from forgesim.manifest.load import find_app, load_app, load_trust
from forgesim.proof.prove import prove as prove_app
from forgesim.report.json import proof_object
from forgesim.report.text import proof_report
from forgesim.sandbox.host import Sandbox

__all__ = ["judge", "prove"]


def prove(
    names: Sequence[str],
    *,
    trials: int,
    seed: int,
    as_json: bool,
    ledger: Path | None,
    bodies: bool,
    sandbox: Callable[[], Sandbox],
) -> int:
    """Prove each app and print one report, or one JSON object a line."""
    if ledger is not None and len(names) > 1 and "{app}" not in ledger.name:
        raise InputError(Problem(what="several apps need several ledgers", hint="put {app} in the name of --ledger"))
    apps = [load_app(find_app(name, Path())) for name in names]
    paths = [ledger.with_name(ledger.name.replace("{app}", app.name)) if ledger else None for app in apps]
    if ledger is not None and len(set(paths)) < len(paths):
        raise InputError(Problem(what="two apps of one name have the same ledger", hint="prove them one by one"))
    codes = []
    for app, path in zip(apps, paths, strict=True):
        with terminal_progress(app.name, as_json) as progress:
            proof = prove_app(
                app, sandbox=sandbox, ledger=path, bodies=bodies, trials=trials, seed=seed, progress=progress
            )
        _print(proof.ledger, proof.verdicts, as_json=as_json)
        codes.append(_code(proof.verdicts))
    return next((code for code in (1, 3) if code in codes), 0)


def judge(path: Path, trust: Path, *, as_json: bool) -> int:
    """Judge a ledger file again by a trust.yml."""
    found = read(path)
    verdicts = judge_ledger(found, load_trust(trust))
    _print(found, verdicts, as_json=as_json, again=True)
    return _code(verdicts)


def _print(ledger: Ledger, verdicts: Sequence[Verdict], *, as_json: bool, again: bool = False) -> None:
    if as_json:
        sys.stdout.write(json.dumps(proof_object(ledger, verdicts), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        proof_report(ledger, verdicts, again=again)


def _code(verdicts: Sequence[Verdict]) -> int:
    outcomes = {verdict.outcome for verdict in verdicts if verdict.claimed}
    if Outcome.BROKEN in outcomes:
        return 1
    return 3 if outcomes & {Outcome.UNPROVEN, Outcome.ERROR} else 0
