"""``forgesim trust``: the trust centre of one or more apps."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from forgesim.claims.judge import judge
from forgesim.cli.progress import terminal_progress
from forgesim.cli.prove import exit_code, ledgers_of
from forgesim.errors import InputError, Problem
from forgesim.ledger.read import read
from forgesim.manifest.load import find_app, load_app
from forgesim.manifest.model import App
from forgesim.proof.prove import prove
from forgesim.report.centre import Centre, answers_of
from forgesim.report.centre_json import centre_object
from forgesim.report.files import check_apart, write_whole
from forgesim.report.proved import Proved, proved_of
from forgesim.report.trust_text import trust_report
from forgesim.sandbox.crew import processors
from forgesim.sandbox.host import Sandbox

__all__ = ["trust"]


def trust(
    names: Sequence[str],
    *,
    html: Path | None,
    ledger: Path | None,
    trials: int,
    seed: int,
    anyway: bool = False,
    as_json: bool,
    sandbox: Callable[[], Sandbox] | None,
) -> int:
    """Prove each app, or judge the ledger that it has, and say what that makes of its privacy page.

    Without ``sandbox`` there are ledgers. With ``html`` the page is written, and only its name is printed.
    """
    apps = [load_app(find_app(name, Path()), anyway=anyway) for name in names]
    paths = ledgers_of(apps, ledger)
    check_apart(html=html)
    if html is not None and html.resolve() in {path.resolve() for path in paths}:
        raise InputError(Problem(what="--html would overwrite what is judged", file=str(html)))
    centres = []
    for number, app in enumerate(apps):
        if sandbox is None:
            proved = _judged(app, paths[number])
        else:
            with terminal_progress(app.name, as_json) as progress:
                proof = prove(app, sandbox=sandbox, trials=trials, seed=seed, progress=progress, hands=processors)
            proved = proved_of(proof.ledger, proof.verdicts, app.trust)
        centres.append(Centre(proved=proved, answers=answers_of(proved, app.manifest, app.trust)))
    _tell(centres, html, as_json=as_json)
    codes = {exit_code(centre.proved.verdicts) for centre in centres}
    return next((code for code in (1, 3) if code in codes), 0)


def _judged(app: App, path: Path) -> Proved:
    """An app judged from a ledger of these very files. Raises InputError where it is of others."""
    found = read(path)
    header = found.header
    if header.app_digest != app.digest:
        made = f"{header.app} {header.app_version}, digest {header.app_digest[:16]}"
        what = f"this is a ledger of {made}; {app.name} is {app.digest[:16]} now"
        hint = "prove it again with --ledger"
        raise InputError(Problem(what=what, file=str(path), hint=hint))
    return proved_of(found, judge(found, app.trust), app.trust, again=True)


def _tell(centres: Sequence[Centre], html: Path | None, *, as_json: bool) -> None:
    if html is not None:
        from forgesim.report.trust_page import trust_page

        private = any(centre.proved.imported for centre in centres)
        write_whole(html, trust_page(centres).encode(), private=private)
    for centre in centres:
        if as_json:
            sys.stdout.write(json.dumps(centre_object(centre), ensure_ascii=False) + "\n")
        elif html is None:
            trust_report(centre)
    if html is not None and not as_json:
        sys.stdout.write(f"written to {html}\n")
