"""``forgesim fuzz``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from forgesim.cli.progress import terminal_progress
from forgesim.errors import InputError, Problem
from forgesim.fuzz.run import CAMPAIGNS, fuzz as run_campaigns, open_corpus
from forgesim.manifest.load import find_app, load_app
from forgesim.manifest.model import App
from forgesim.report.fuzzing import fuzz_object, fuzz_report
from forgesim.runtime.fuzzing import Rig
from forgesim.sandbox.host import Sandbox

__all__ = ["fuzz"]

ALL = "all"
MOST_WORKERS = 64
INTERRUPTED = 130


def _campaigns(app: App, campaign: str) -> list[str]:
    """The campaigns that are meant. Raises InputError for one that calls functions, where the app has none."""
    idle = set() if app.manifest.functions else {"payloads"} if app.trust.scenarios else {"payloads", "content"}
    if campaign in idle:
        hint = f"there are for it: {', '.join(name for name in CAMPAIGNS if name not in idle)}"
        raise InputError(Problem(what=f"{app.name} has no function that {campaign} could call", hint=hint))
    return [name for name in CAMPAIGNS if name not in idle] if campaign == ALL else [campaign]


def fuzz(
    name: str,
    campaign: str,
    *,
    seconds: float,
    seed: int,
    workers: int,
    corpus: Path | None,
    anyway: bool = False,
    sandbox: Callable[[], Sandbox],
    as_json: bool,
    rig: Rig | None = None,
) -> int:
    """Run and report: 1 where something was found, else 130 where it was interrupted, else 0. Raises InputError.

    ``rig``: parts to attack in place of forgesim's own, in this process.
    """
    if campaign not in (*CAMPAIGNS, ALL):
        hint = f"there are: {', '.join((*CAMPAIGNS, ALL))}"
        raise InputError(Problem(what=f"there is no campaign {campaign!r}", hint=hint))
    if not 0 < seconds <= 7 * 86_400:
        raise InputError(
            Problem(what=f"--seconds {seconds:g} is no time to fuzz for", hint="at least one, at most a week")
        )
    if not 1 <= workers <= MOST_WORKERS:
        raise InputError(Problem(what=f"--workers {workers} cannot be", hint=f"1 to {MOST_WORKERS}"))
    app = load_app(find_app(name, Path()), anyway=anyway)
    folder = open_corpus(_cache() if corpus is None else corpus)
    names = _campaigns(app, campaign)
    walls = sandbox()
    with terminal_progress(app.name, as_json) as progress:
        tallies = run_campaigns(
            app,
            names,
            sandbox=lambda: walls,
            seed=seed,
            seconds=seconds,
            workers=workers,
            corpus=folder,
            watch=progress,
            rig=rig,
        )
    if as_json:
        found = fuzz_object(app, walls.tier, seed, workers, tallies)
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        fuzz_report(app, walls.tier, tallies)
    if any(tally.findings for tally in tallies):
        return 1
    return INTERRUPTED if any(tally.ended == "interrupted" for tally in tallies) else 0


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return folder / "forgesim" / "fuzz"
