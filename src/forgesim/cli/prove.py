"""``forgesim prove`` and ``forgesim judge``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from forgesim.claims.judge import judge as judge_ledger
from forgesim.claims.kit import Outcome, Verdict
from forgesim.cli.progress import Screen, terminal_screen
from forgesim.errors import InputError, Problem
from forgesim.ledger.read import Ledger, read
from forgesim.manifest.load import find_app, load_app, load_trust
from forgesim.manifest.model import App, Trust
from forgesim.proof.prove import Proof, prove as prove_app
from forgesim.report.files import check_apart, write_whole
from forgesim.report.json import proof_object
from forgesim.report.proved import Proved, proved_of
from forgesim.report.text import proof_report
from forgesim.sandbox.crew import processors
from forgesim.sandbox.host import Sandbox

__all__ = ["Asked", "exit_code", "judge", "ledgers_of", "prove"]

YIELDS, MOST_YIELDS = 2, 4
"""What comes later in a list lets those before it go first: they end in turn, not all at once, and the part of a proof
that one process does alone, at its end, is done while others go on. Units of ``nice``."""


class Asked(NamedTuple):
    """How to prove."""

    trials: int
    seed: int
    bodies: bool
    anyway: bool


def prove(
    names: Sequence[str],
    asked: Asked,
    *,
    as_json: bool,
    html: Path | None,
    junit: Path | None,
    ledger: Path | None,
    sandbox: Callable[[], Sandbox],
) -> int:
    """Prove each app and print one report, or one JSON object a line; then write the files, each for all apps."""
    apps = [load_app(find_app(name, Path()), anyway=asked.anyway) for name in names]
    paths = ledgers_of(apps, ledger)
    check_apart(html=html, junit=junit)
    for path in paths:
        check_apart(html=html, junit=junit, ledger=path)
    proofs, codes = [], []
    with terminal_screen(quiet=as_json) as screen:
        for proved in _proofs(apps, asked, paths, sandbox, screen, wanted=bool(html or junit)):
            with screen.away() if screen is not None else nullcontext():
                _print(proved.ledger, proved.verdicts, as_json=as_json)
            codes.append(exit_code(proved.verdicts))
            if proved.proved is not None:
                proofs.append(proved.proved)
    _write(proofs, html, junit)
    return next((code for code in (1, 3) if code in codes), 0)


class _Proof(NamedTuple):
    """What is reported of one app; its ledger need have no more than header and coverage."""

    ledger: Ledger
    verdicts: Sequence[Verdict]
    proved: Proved | None


def _proofs(
    apps: Sequence[App],
    asked: Asked,
    paths: Sequence[Path],
    sandbox: Callable[[], Sandbox],
    screen: Screen | None,
    *,
    wanted: bool,
) -> Iterator[_Proof]:
    """The proofs in order: that of a single app is made here, those of several in processes of their own."""
    if len(apps) == 1:
        proof = prove_app(
            apps[0],
            sandbox=sandbox,
            ledger=paths[0] if paths else None,
            bodies=asked.bodies,
            trials=asked.trials,
            seed=asked.seed,
            progress=screen.bar(apps[0].name) if screen is not None else None,
            hands=processors,
        )
        yield _Proof(proof.ledger, proof.verdicts, _proved(proof, apps[0]) if wanted else None)
        return
    from forgesim.cli.beside import prove_beside
    from forgesim.cli.proving import Task

    unconfined = sandbox().tier == "none"
    tasks = [
        Task(
            folder=str(app.path),
            trials=asked.trials,
            seed=asked.seed,
            ledger=str(paths[number]) if paths else None,
            bodies=asked.bodies,
            unconfined=unconfined,
            anyway=asked.anyway,
            proved=wanted,
            yields=min(number * YIELDS, MOST_YIELDS),
        )
        for number, app in enumerate(apps)
    ]
    for told in prove_beside(tasks, [app.name for app in apps], hands=processors(), screen=screen):
        yield _Proof(Ledger(told.header, coverage=told.coverage), told.verdicts, told.proved)


def _proved(proof: Proof, app: App) -> Proved:
    return proved_of(proof.ledger, proof.verdicts, app.trust)


def judge(path: Path, trust: Path, *, as_json: bool, html: Path | None, junit: Path | None) -> int:
    """Judge a ledger file again by a trust.yml."""
    _check_inputs({path, trust}, html, junit)
    found, declared = read(path), load_trust(trust)
    verdicts = judge_ledger(found, declared)
    _print(found, verdicts, as_json=as_json, by=declared)
    if html or junit:
        _write([proved_of(found, verdicts, declared, again=True)], html, junit)
    return exit_code(verdicts)


def ledgers_of(apps: Sequence[App], ledger: Path | None) -> list[Path]:
    """A ledger for each app, ``{app}`` replaced; none without ``ledger``. Raises InputError where two share one."""
    if ledger is None:
        return []
    if len(apps) > 1 and "{app}" not in ledger.name:
        raise InputError(Problem(what="several apps need several ledgers", hint="put {app} in the name of --ledger"))
    paths = [ledger.with_name(ledger.name.replace("{app}", app.name)) for app in apps]
    if len(set(paths)) < len(paths):
        raise InputError(Problem(what="two apps of one name have the same ledger", hint="prove them one by one"))
    return paths


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """1 where a claim that is made is BROKEN, 3 where one is UNPROVEN or ERROR, else 0."""
    outcomes = {verdict.outcome for verdict in verdicts if verdict.claimed}
    if Outcome.BROKEN in outcomes:
        return 1
    return 3 if outcomes & {Outcome.UNPROVEN, Outcome.ERROR} else 0


def _check_inputs(inputs: set[Path], html: Path | None, junit: Path | None) -> None:
    check_apart(html=html, junit=junit)
    for name, path in (("html", html), ("junit", junit)):
        if path is not None and path.resolve() in {each.resolve() for each in inputs}:
            raise InputError(Problem(what=f"--{name} would overwrite what is judged", file=str(path)))


def _print(ledger: Ledger, verdicts: Sequence[Verdict], *, as_json: bool, by: Trust | None = None) -> None:
    """``by``: the trust.yml of ``judge``."""
    if as_json:
        sys.stdout.write(json.dumps(proof_object(ledger, verdicts), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        other = by is not None and by.digest != ledger.header.trust_digest
        proof_report(ledger, verdicts, again=by is not None, other_trust=other)


def _write(proofs: Sequence[Proved], html: Path | None, junit: Path | None) -> None:
    """The page and the JUnit file, each for all apps; for their owner alone where they may quote real content."""
    private = any(proved.imported for proved in proofs)
    if html is not None:
        from forgesim.report.proof_page import proof_page

        write_whole(html, proof_page(proofs).encode(), private=private)
    if junit is not None:
        from forgesim.report.junit import junit_xml

        write_whole(junit, junit_xml(proofs), private=private)
