"""``forgesim run``."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.claims.judge import broken
from forgesim.cli.sites import open_named
from forgesim.clock import parse_time
from forgesim.errors import InputError, Problem
from forgesim.manifest.invoked import unemulated
from forgesim.manifest.load import find_app, load_app
from forgesim.proof.opened import contexts_of
from forgesim.report.files import check_writable, write_whole
from forgesim.report.json import run_object
from forgesim.report.shape import clean
from forgesim.report.text import run_report
from forgesim.runtime.live import announcement, open_live
from forgesim.runtime.running import Ran, counts, live_counts, run as run_app
from forgesim.sandbox.host import Sandbox
from forgesim.site.model import Site
from forgesim.site.open import asks_for_jira

__all__ = ["run"]

WITH = '{"spaceId": "$space.id"}'
CONTEXT = '{"extension": {"issue": {"key": "$issue"}}}'
MOST_PLACES = 3
"""Places where people open an app that a failed call is told of."""
MAX_DEPTH = 200
"""Levels that a payload may have."""
LAST_MS = parse_time("2200-01-01T00:00:00Z")


def run(
    name: str,
    function: str | None,
    *,
    user: str | None,
    payload: str | None,
    context: str | None,
    site: str | None,
    at: str | None,
    seed: int,
    state: Path | None,
    out: Path | None,
    ledger: Path | None,
    bodies: bool,
    sandbox: Callable[[], Sandbox],
    live: Sequence[str],
    loopback: bool,
    authorities: Path | None,
    model: str,
    anyway: bool,
    as_json: bool,
) -> int:
    """Run and report; the exit code. ``sandbox`` raises CannotConfineError where it cannot be had."""
    app = load_app(find_app(name, Path()), anyway=anyway)
    if function is not None and (kinds := unemulated(app.manifest, function.partition("/")[0])):
        hint = "resolvers, triggers, schedules, queues, web triggers, actions and exports of macros are"
        raise InputError(Problem(what=f"not emulated: {', '.join(kinds)}, which alone runs {function!r}", hint=hint))
    if function is None and (user is not None or payload is not None):
        raise InputError(Problem(what="--as and --with belong to a FUNCTION", hint="name one, or leave both away"))
    if function is None and context is not None:
        raise InputError(Problem(what="--context belongs to a FUNCTION", hint="name one, or write it into a step"))
    value, where = _json("--with", payload, WITH), _json("--context", context, CONTEXT)
    if where is not None and not isinstance(where, dict):
        raise _no_json("--context", "is no object", CONTEXT)
    opened = open_live(app, live, allow_loopback=loopback, authorities=authorities)
    if out is not None:
        check_writable(out)
    scenarios = app.trust.scenarios
    by_scenario = site is None and function is None and scenarios
    chosen = scenarios[0].site if by_scenario else "demo" if site is None else site
    base = app.path if by_scenario else Path.cwd()
    world = open_named(chosen, seed=seed, base=base, jira=asks_for_jira(app.manifest.scopes))
    if opened is not None:
        sys.stderr.write("".join(f"forgesim: {clean(line)}\n" for line in announcement(opened, world)))
        sys.stderr.flush()
    ran = run_app(
        app,
        site=world,
        function=function,
        user="alice" if user is None else user,
        payload=value,
        context=where,
        clock_ms=_instant(at),
        sandbox=sandbox,
        seed=seed,
        state=state,
        ledger=ledger,
        bodies=bodies,
        catalog=CATALOG_VERSION,
        live=opened,
        model=model,
    )
    found, sent = broken(ran.ledger, app.trust), live_counts(ran.ledger)
    written = _write_out(out, ran.last.outcome.result) if out is not None and ran.last.outcome.ok else None
    if as_json:
        sys.stdout.write(json.dumps(run_object(ran, counts(ran.ledger), found, sent), ensure_ascii=False) + "\n")
    else:
        run_report(ran, counts(ran.ledger), found, written, live=sent)
    if function is not None and where is None and not ran.ok and not as_json:
        _tell_of_places(ran, world)
    if found:
        return 1
    return 0 if ran.ok else 5


def _tell_of_places(ran: Ran, site: Site) -> None:
    """A call that failed was made from nowhere: where people open what it belongs to, if they do."""
    called = [own.open.function for own in ran.ledger.invocations.values() if own.open.cause == "user"]
    for said in [said for name in called[:1] for said in contexts_of(ran.app, name, site)][:MOST_PLACES]:
        hint = f"as if opened on {said['moduleKey']}: --context '{json.dumps(said)}'"
        sys.stdout.write(f"it was called from nowhere; {clean(hint)}\n")


def _json(option: str, text: str | None, example: str) -> Any:
    if text is None:
        return None
    try:
        value = msgspec.json.decode(text.encode())
    except UnicodeEncodeError:
        raise _no_json(option, "is not UTF-8", example) from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise _no_json(option, f"is not JSON: {error}", example) from None
    if _depth(value) > MAX_DEPTH:
        raise _no_json(option, f"is more than {MAX_DEPTH} levels deep", example)
    return value


def _no_json(option: str, why: str, example: str) -> InputError:
    return InputError(Problem(what=f"{option} {why}", hint=f"write {option} '{example}'"))


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            part
            for whole in level
            if isinstance(whole, dict | list)
            for part in (whole.values() if isinstance(whole, dict) else whole)
        ]
    return depth


def _instant(text: str | None) -> int | None:
    if text is None:
        return None
    hint = "write it as 2026-01-05T09:00:00Z"
    try:
        at_ms = parse_time(text)
    except (ValueError, OverflowError):
        raise InputError(Problem(what=f"--at {text!r} is no time", hint=hint)) from None
    if not 0 <= at_ms < LAST_MS:
        raise InputError(Problem(what=f"--at {text!r} is not between 1970 and 2200", hint=hint))
    return at_ms


def _write_out(path: Path, result: Any) -> Path:
    """A file in the result as its bytes, anything else as JSON; written whole or not at all."""
    data = json.dumps(result, ensure_ascii=False, indent=2).encode() + b"\n"
    if isinstance(result, dict) and isinstance(result.get("data"), str) and "fileName" in result:
        try:
            data = base64.b64decode(result["data"], validate=True)
        except binascii.Error:
            raise InputError(Problem(what="the result's file is not base64", file=str(path))) from None
    write_whole(path, data)
    return path
