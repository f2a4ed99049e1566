"""Where attacks on frames, tokens and tenants run: an app on a real stage, behind the real gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.escape.arena import Attack, Outcome, source_of
from tests.runtime.conftest import House

from forgesim.runtime.dispatch import Outcome as Ended
from forgesim.sandbox.host import Sandbox
from forgesim.site.generate import demo
from forgesim.site.model import Site
from tests.conftest import HEAD, MANIFEST, TRUST

BODY = """
@resolver.define("call")
async def call(request):
    asked = request.payload
    if "code" not in asked:
        return "well"
    names = {"kvs": kvs, "log": log}
    exec(compile(asked["code"], "src/attack.py", "exec"), names)
    result = names[asked["name"]](*asked["given"])
    return await result if hasattr(result, "__await__") else result
"""
REAL_SECONDS = 0.6


def make_app(folder: Path) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "static").mkdir()
    (folder / "static" / "index.html").write_text("<!doctype html><title>bare</title>")
    (folder / "manifest.yml").write_text(MANIFEST)
    (folder / "trust.yml").write_text(TRUST)
    (folder / "src" / "index.py").write_text(HEAD + BODY)
    return folder


@cache
def _people(seed: int) -> Site:
    """A site with people and no content, which none of these attacks needs."""
    return replace(demo(seed, jira=False), spaces={}, pages={}, variables={})


class Stage:
    """An app on a stage of its own, in a sandbox that is shared."""

    def __init__(self, app: Path, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox

    @contextmanager
    def open(
        self, *, warm: bool = False, state: Path | None = None, coverage: bool = False, seed: int = 1
    ) -> Iterator[House]:
        with ExitStack() as stack:
            yield House(
                self._app,
                self._sandbox,
                state,
                stack,
                site=_people(seed),
                warm=warm,
                real_seconds=REAL_SECONDS,
                coverage=coverage,
            )


def asked(attack: Attack, *given: Any) -> dict[str, Any]:
    """The payload that has the app run the attack."""
    return {"code": source_of(attack), "name": attack.__name__, "given": list(given)}


def outcome_of(house: House, ended: Ended) -> Outcome:
    """What the ledger of ``house`` tells."""
    ledger = house.ledger
    said = repr([crossing.decided.body for crossing in ledger.crossings]).encode()
    outcome = Outcome(result=ended.result, said=said)
    if ended.ending == "error":
        outcome.error = f"{ended.type}: {ended.message}"
    elif ended.ending != "ok":
        outcome.ended = f"{ended.ending}: {ended.message}"
    refused = [crossing.decided for crossing in ledger.crossings if not crossing.decided.decision.allow]
    outcome.denied = [f"{each.channel} {each.verb}: {each.decision.rule}" for each in refused]
    for witness in ledger.witnesses:
        if witness.layer == "kernel":
            outcome.refused.append((witness.call, witness.target))
        elif witness.refused and witness.layer == "audit":
            outcome.explained.append(witness.target or witness.call)
        elif witness.call == "late":
            outcome.denied.append("late")
    return outcome


MakeStage = Callable[..., Stage]
