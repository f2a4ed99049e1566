"""``forgesim init``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from forgesim.cli.progress import terminal_progress
from forgesim.counted import counted
from forgesim.draft.page import MARK, Draft, draft
from forgesim.errors import InputError, Problem
from forgesim.manifest.load import TRUST, find_app, load_undeclared
from forgesim.manifest.model import App
from forgesim.proof.rehearsal import rehearse
from forgesim.report.files import check_writable, write_whole
from forgesim.report.shape import clean
from forgesim.sandbox.host import Sandbox

__all__ = ["init"]


def init(
    name: str,
    *,
    site: str,
    seed: int,
    out: Path | None,
    anyway: bool,
    sandbox: Callable[[], Sandbox],
    as_json: bool,
) -> int:
    """Write a draft of the app's trust.yml; 0 once it is written. Raises InputError where one is there already."""
    folder = find_app(name, Path())
    file = folder / TRUST if out is None else out
    if file.is_file():
        hint = "give --out another file, or move this one away: a draft takes nobody's words' place"
        raise InputError(Problem(what="there is a trust.yml already", file=str(file), hint=hint))
    check_writable(file)
    app = load_undeclared(folder, anyway=anyway)
    with terminal_progress(app.name, quiet=as_json) as bar:
        if bar is not None:
            bar.phase("rehearsal", 0)
        grow, step = (bar.grow, bar.step) if bar is not None else (lambda _: None, lambda: None)
        rehearsed = rehearse(app, sandbox=sandbox, site=site, seed=seed, total=grow, done=step)
    found = draft(app, rehearsed, site=site)
    write_whole(file, found.text.encode())
    if as_json:
        sys.stdout.write(json.dumps(_object(file, app, found), ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{clean(line)}\n" for line in _lines(file, app, found))
    return 0


def _object(file: Path, app: App, found: Draft) -> dict[str, object]:
    return {
        "file": str(file),
        "marks": found.marks,
        "calls": [{"name": each.scenario.name, "ok": each.ok} for each in found.tried],
        "undeclared": [{"what": each.what, "why": each.why} for each in found.untold],
        "broken": [{"claim": verdict.claim, "says": verdict.says} for verdict in found.broken],
        **({"undeployable": list(app.manifest.undeployable)} if app.manifest.undeployable else {}),
    }


def _lines(file: Path, app: App, found: Draft) -> list[str]:
    failed = sum(not each.ok for each in found.tried)
    lines = [
        f"wrote {file}, a draft: {counted(found.marks, 'line')} marked “{MARK}” want{'s' * (found.marks == 1)} a human"
    ]
    lines.append(
        f"it comes from {counted(len(found.tried), 'call')} on a made-up site"
        + (f", {failed} of which failed" if failed else "")
    )
    if found.untold:
        lines.append("not declared, for no type fits:")
        lines += [f"  {each.what}: {each.why}" for each in found.untold]
    if found.broken:
        lines.append("judged by the draft as it stands, what the app did breaks:")
        lines += [f"  {verdict.claim}: {verdict.says}" for verdict in found.broken]
    refused = app.manifest.undeployable
    lines += [f"Forge refuses this manifest today, and it was rehearsed anyway: {why}" for why in refused]
    lines.append(f"next: read it line by line, then: forgesim prove {app.path}{' --anyway' if refused else ''}")
    return lines
