"""The command line. Exit codes, first that applies: 2 bad input · 4 cannot confine · 1 BROKEN · 3 UNPROVEN or ERROR ·
5 (``run``) the app failed · 0. A bug of forgesim's own ends with 70."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from forgesim.cli.options import JsonOption, SeedOption
from forgesim.cli.output import outlive_readers
from forgesim.cli.site_app import site_app
from forgesim.errors import ForgesimError, InternalError

__all__ = ["app", "main"]

EXIT_CODES = """\b
Exit codes, the first that applies:
  2   bad input or usage, told on stderr
  4   this machine cannot confine app code
  1   a claim is BROKEN; lint: an error; fuzz: something was found; conformance: a measured answer differs
  3   a claim is UNPROVEN or ERROR (prove, judge, trust)
  5   the app's function failed (run)
  0   none of these
  70  a bug of forgesim; 130  interrupted
"""

app = typer.Typer(
    name="forgesim",
    epilog=EXIT_CODES,
    rich_markup_mode=None,
    help="Run Atlassian Forge apps on an emulated platform and test every sentence of their privacy page.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(site_app, name="site")

AppArgument = Annotated[str, typer.Argument(metavar="APP", help="The app's folder: a path, else ./apps/APP.")]
SiteOption = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="SITE",
        help="demo, proof, a YAML file, a folder of Markdown, an export. By default the first scenario's; with a "
        "FUNCTION demo.",
    ),
]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", metavar="FILE", help="Keep the ledger in FILE, for judge.")
]
BodiesOption = Annotated[
    bool, typer.Option("--bodies", help="Keep content of imported sites in the ledger; without, digests stand for it.")
]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page to FILE, one for all apps.")
]
JunitOption = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write JUnit XML to FILE: a suite per app."),
]
AnywayOption = Annotated[
    bool,
    typer.Option(
        "--anyway", help="Use a manifest that Forge refuses today, as of an app deployed before; reports say so."
    ),
]
UnconfinedOption = Annotated[
    bool, typer.Option("--allow-unconfined", help="Run without kernel walls: no claim that rests on what ran can hold.")
]


def _version(asked: bool) -> None:
    if not asked:
        return
    from platform import python_implementation, python_version

    from forgesim import __version__
    from forgesim.claims.catalog import CATALOG_VERSION

    runs_on = f"{python_implementation()} {python_version()}"
    sys.stdout.write(f"forgesim {__version__} · catalog of claims {CATALOG_VERSION} · {runs_on}\n")
    raise typer.Exit


@app.callback()
def _all_commands(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options that stand before a command."""


@app.command(epilog=EXIT_CODES, short_help="Run a function, or the first scenario.")
def run(
    name: AppArgument,
    function: Annotated[
        str | None,
        typer.Argument(
            metavar="FUNCTION",
            help="A resolver or function key. Without it, the first scenario of trust.yml is played.",
        ),
    ] = None,
    user: Annotated[
        str | None, typer.Option("--as", metavar="USER", help="Who calls FUNCTION: alice (the default), bob, …")
    ] = None,
    payload: Annotated[
        str | None,
        typer.Option("--with", metavar="JSON", help="The payload; $space, $page, $space.id … stand for the site's."),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option("--context", metavar="JSON", help="Where FUNCTION is called from: extension, moduleKey, …"),
    ] = None,
    site: SiteOption = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Where the virtual clock starts: 2026-01-05T09:00:00Z.")
    ] = None,
    seed: SeedOption = 0,
    state: Annotated[
        Path | None, typer.Option("--state", metavar="DIR", help="Keep what the app stores in DIR between runs.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the result to FILE: a file's bytes, else JSON.")
    ] = None,
    ledger: LedgerOption = None,
    bodies: BodiesOption = False,
    unconfined: UnconfinedOption = False,
    anyway: AnywayOption = False,
    live: Annotated[
        list[str] | None,
        typer.Option(
            "--live-egress",
            metavar="HOST",
            help="Really send requests to this declared host; may be given again. All others stay simulated.",
        ),
    ] = None,
    loopback: Annotated[
        bool, typer.Option("--allow-loopback", help="Let live hosts lead to this machine's loopback addresses.")
    ] = False,
    authorities: Annotated[
        Path | None,
        typer.Option("--live-ca", metavar="FILE", help="PEM certificates that live hosts may be vouched for by."),
    ] = None,
    model: Annotated[
        str,
        typer.Option("--model", metavar="NAME", help="What answers for Forge LLM: extractive, echo or adversarial."),
    ] = "extractive",
    as_json: JsonOption = False,
) -> None:
    """Run a function of APP, or its first scenario, and say what crossed its boundary."""
    from forgesim.sandbox.open import opening

    with opening(unconfined=unconfined) as sandbox:
        from forgesim.cli import run as command

        code = command.run(
            name, function, user=user, payload=payload, context=context, site=site, at=at, seed=seed, state=state,
            out=out, ledger=ledger, bodies=bodies, sandbox=sandbox, live=live or (), loopback=loopback,
            authorities=authorities, model=model, anyway=anyway, as_json=as_json,
        )  # fmt: skip
    raise typer.Exit(code)


@app.command(epilog=EXIT_CODES, short_help="Write a draft of trust.yml from what the app does.")
def init(
    name: AppArgument,
    site: Annotated[
        str, typer.Option("--site", metavar="SITE", help="demo, a YAML file, a folder of Markdown, an export.")
    ] = "demo",
    seed: SeedOption = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to FILE instead of trust.yml in the app's folder."),
    ] = None,
    unconfined: UnconfinedOption = False,
    anyway: AnywayOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a first trust.yml for APP, which needs none yet: from its manifest, and from a rehearsal in which every
    function is called. Every line that a human has to confirm is marked; an existing file is never touched."""
    from forgesim.sandbox.open import opening

    with opening(unconfined=unconfined) as sandbox:
        from forgesim.cli import init as command

        code = command.init(name, site=site, seed=seed, out=out, anyway=anyway, sandbox=sandbox, as_json=as_json)
    raise typer.Exit(code)


@app.command(epilog=EXIT_CODES, short_help="Judge every claim after scenarios, failures, probes and trials.")
def prove(
    names: Annotated[list[str], typer.Argument(metavar="APP", help="The apps' folders: paths, else ./apps/APP.")],
    trials: Annotated[
        int,
        typer.Option(
            "--trials", metavar="N", min=0, help="Twin pairs per app; 0 leaves claims that need them UNPROVEN."
        ),
    ] = 20,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
    html: HtmlOption = None,
    junit: JunitOption = None,
    ledger: LedgerOption = None,
    bodies: BodiesOption = False,
    unconfined: UnconfinedOption = False,
    anyway: AnywayOption = False,
) -> None:
    """Prove each APP: scenarios, failures, probes, twin trials; then one verdict per claim."""
    from forgesim.sandbox.open import opening

    with opening(unconfined=unconfined) as sandbox:
        from forgesim.cli import prove as command

        code = command.prove(
            names, command.Asked(trials, seed, bodies, anyway), as_json=as_json, html=html, junit=junit, ledger=ledger,
            sandbox=sandbox,
        )  # fmt: skip
    raise typer.Exit(code)


@app.command(epilog=EXIT_CODES, short_help="Judge a ledger again, offline.")
def judge(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="A file that --ledger wrote.")],
    trust: Annotated[Path, typer.Option("--trust", metavar="FILE", help="The trust.yml to judge by.")],
    as_json: JsonOption = False,
    html: HtmlOption = None,
    junit: JunitOption = None,
) -> None:
    """Judge a ledger again, offline: the file and trust.yml are all it needs."""
    from forgesim.cli import prove as command

    raise typer.Exit(command.judge(ledger, trust, as_json=as_json, html=html, junit=junit))


@app.command(epilog=EXIT_CODES, short_help="The trust centre: each sentence of the privacy page with its verdict.")
def trust(
    names: Annotated[list[str], typer.Argument(metavar="APP", help="The apps' folders: paths, else ./apps/APP.")],
    html: HtmlOption = None,
    ledger: Annotated[
        Path | None,
        typer.Option(
            "--ledger", metavar="FILE", help="Judge a ledger that prove wrote instead of proving; {app} in the name."
        ),
    ] = None,
    trials: Annotated[int, typer.Option("--trials", metavar="N", min=0, help="Twin pairs per app.")] = 20,
    seed: SeedOption = 0,
    unconfined: UnconfinedOption = False,
    anyway: AnywayOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a proof makes of the privacy page of each APP, and of what a privacy tab asks."""
    from contextlib import nullcontext

    from forgesim.sandbox.open import opening

    with opening(unconfined=unconfined) if ledger is None else nullcontext() as sandbox:
        from forgesim.cli import trust as command

        code = command.trust(
            names, html=html, ledger=ledger, trials=trials, seed=seed, anyway=anyway, as_json=as_json, sandbox=sandbox
        )
    raise typer.Exit(code)


@app.command(epilog=EXIT_CODES, short_help="Attack an app, its egress and its walls, and shrink what gets through.")
def fuzz(
    name: AppArgument,
    campaign: Annotated[
        str, typer.Argument(metavar="[egress|sandbox|payloads|content|all]", help="What to attack.")
    ] = "all",
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", help="Real seconds, all campaigns together.")
    ] = 30.0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the cases.")] = 0,
    workers: Annotated[int, typer.Option("--workers", metavar="N", help="Processes side by side.")] = 1,
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", metavar="DIR", help="Keep cases that broke something in DIR; they are tried first."),
    ] = None,
    anyway: AnywayOption = False,
    as_json: JsonOption = False,
) -> None:
    """Attack APP, and what stands between it and the world; never live.

    egress: requests and redirects to URLs near the declared ones. sandbox: programs of ways out of a process; both with
    a program of forgesim's own in the app's place. payloads: calls of its functions by anybody with anything, judged by
    the claims. content: its scenarios on drawn sites and their twins, which may not differ in what leaves the app.
    """
    from forgesim.sandbox.open import opening

    with opening() as sandbox:
        from forgesim.cli import fuzz as command

        code = command.fuzz(
            name, campaign, seconds=seconds, seed=seed, workers=workers, corpus=corpus, anyway=anyway, sandbox=sandbox,
            as_json=as_json,
        )  # fmt: skip
    raise typer.Exit(code)


@app.command(epilog=EXIT_CODES, short_help="Check the files of APP without running it.")
def lint(
    name: AppArgument,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", metavar="PATH", help="An older manifest.yml or app folder: say what forces a major version."
        ),
    ] = None,
    csp: Annotated[bool, typer.Option("--csp", help="Print the policy that each page gets.")] = False,
    anyway: AnywayOption = False,
    as_json: JsonOption = False,
) -> None:
    """Check manifest.yml, trust.yml, source and pages of APP without running it; docs/lint.md has every rule."""
    from forgesim.cli import check as command

    raise typer.Exit(command.lint(name, against=against, csp=csp, anyway=anyway, as_json=as_json))


@app.command(epilog=EXIT_CODES, short_help="Say what this machine can enforce.")
def doctor(as_json: JsonOption = False) -> None:
    """Say what this machine can enforce, and what of Forge is emulated."""
    from forgesim.cli import doctor as command

    raise typer.Exit(command.doctor(as_json=as_json))


@app.command(epilog=EXIT_CODES, short_help="Play a table of what Forge answers, and say where ours differs.")
def conformance(
    only: Annotated[str | None, typer.Option("--only", metavar="AREA", help="kvs, queue, llm, …: one area.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Play each case of what Forge was measured or is documented to answer through the gateway, and say whether ours is
    the same. Ends with 1 where a measured one is not; docs/conformance.md has every case with its source."""
    from forgesim.cli import conformance as command

    raise typer.Exit(command.conformance(only=only, as_json=as_json))


def main() -> None:
    """Entry point: errors become one clear message on stderr and a documented exit code; bugs of ours too (70)."""
    outlive_readers()
    gc.set_threshold(100_000, 20, 20)  # sites are made, copied and dropped by the thousand things, and have no cycles
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what is half written is removed
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except ForgesimError as error:
        _give_up(error)
    except Exception as error:  # noqa: BLE001 - a traceback would end with 1, which says that a claim is broken
        _give_up(InternalError.of(error, "forgesim failed"))


def _give_up(error: ForgesimError) -> NoReturn:
    from forgesim.report.shape import clean

    sys.stderr.write(f"forgesim: {clean(str(error))}\n")
    sys.exit(error.exit_code)
