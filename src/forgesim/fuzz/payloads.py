"""The campaign ``payloads``: whoever calls whatever with whichever payload, no claim breaks in that run, and every call
ends as an app means it to.

Who judges are the claims, on the ledger of that attempt alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.claims.judge import broken
from forgesim.claims.kit import Verdict
from forgesim.errors import InputError
from forgesim.fuzz.asked import Asker, contexts
from forgesim.fuzz.campaign import Case, Cut, Finding, pytest_text
from forgesim.gateway.faults import FAILURES, Fault
from forgesim.ledger.records import Cause
from forgesim.manifest.model import App
from forgesim.runtime.attempt import MODEL_NAMES, Attempts
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.stage import Ask, Stage
from forgesim.sandbox.host import Sandbox
from forgesim.site.access import APP_ACCOUNT, readable_refs
from forgesim.site.drawn import build
from forgesim.site.drawn_drops import Only
from forgesim.site.facts import clone
from forgesim.site.model import Site
from forgesim.site.open import asks_for_jira, open_site

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["PayloadsCampaign"]

SITE_SEED = 1
MOST_STEPS = 50
"""How often the cursor of a result is followed."""
_KEPT = 8
"""Pages and issues of each kind on the site: open ones, and some that not everybody may see."""

UNMEANT = frozenset({
    "ArithmeticError", "AssertionError", "AttributeError", "BufferError", "EOFError", "ImportError", "IndexError",
    "InvalidOperation", "KeyError", "MemoryError", "ModuleNotFoundError", "NameError", "OverflowError",
    "RecursionError", "StopAsyncIteration", "StopIteration", "SystemError", "TypeError", "UnboundLocalError",
    "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError", "ZeroDivisionError",
})  # fmt: skip
"""Errors of a program that met what it was not ready for. What an app refuses in its own words is none of these."""

_CAUSES: Mapping[str, Cause] = {
    "trigger": "event", "scheduledTrigger": "schedule", "webtrigger": "webtrigger", "consumer": "queue",
    "preUninstall": "event",
}  # fmt: skip


class PayloadsCampaign:
    """Calls the functions and resolvers of one app on a small site. ``hang_s``: real seconds that a call may take."""

    name = "payloads"
    cuts: Mapping[str, Cut] = MappingProxyType({"with": "value", "hours": "number", "times": "number"})
    fixed = 0
    shrink_s = 30.0

    def __init__(self, app: App, *, sandbox: Sandbox, hang_s: float = 10.0) -> None:
        self.tried = 0
        self.allowed = 0
        self._app = app
        self._attempts = Attempts(
            app, sandbox=sandbox, catalog=CATALOG_VERSION, seed=0, real_seconds=hang_s, max_steps=MOST_STEPS
        )
        self._site = _small(open_site("proof", seed=SITE_SEED, base=app.path, jira=asks_for_jira(app.manifest.scopes)))
        self._contexts = contexts(app.trust.scenarios, self._site)
        self._causes = {
            module.function: cause
            for module in app.manifest.modules
            if (cause := _CAUSES.get(module.type)) and module.function is not None
        }

    @cached_property
    def _asker(self) -> Asker:
        names, _ = self._attempts.make(clone(self._site), lambda stage: stage.handlers().names())
        return Asker(self._app, self._site, names, self._attempts.trees)

    def cases(self) -> SearchStrategy[Case]:
        from hypothesis import strategies as st

        def drawn(rng: Random) -> Case:
            return self._asker.case(rng)

        return st.randoms(use_true_random=False).map(drawn)

    def simpler(self, case: Case) -> Iterable[Case]:
        """Alice in everybody's place, and no payload at all."""
        yield [{**step, "as": "alice", "with": {}} if step["do"] == "call" else step for step in case]
        yield [{**step, "as": "alice"} if step["do"] == "call" else step for step in case]

    def as_pytest(self, case: Case, finding: Finding) -> str:
        return pytest_text(self._app.path, self.name, case, finding)

    def close(self) -> None:
        """Nothing is held between two attempts."""

    # --- attempts --------------------------------------------------------------------------------------------------

    def attempt(self, case: Case) -> Finding | None:
        model = next((step["model"] for step in case if step["do"] == "model"), MODEL_NAMES[0])
        outcomes, ledger = self._attempts.make(clone(self._site), partial(self._make, case=case), model=model)
        self.tried += len(outcomes)
        self.allowed += sum(outcome.ok for outcome in outcomes)
        verdict = next(iter(broken(ledger, self._app.trust)), None)
        if verdict is not None:
            return _broken(verdict)
        waits = any(step["do"] == "fail" and step["with"] == "timeout" for step in case)
        return next(filter(None, (_ending(outcome, waits=waits) for outcome in outcomes)), None)

    def _make(self, stage: Stage, *, case: Case) -> list[Outcome]:
        """What came of the calls of a case, up to the first that forgesim itself could not go on from."""
        outcomes = []
        for step in case:
            match step["do"]:
                case "call":
                    outcomes.append(stage.call(self._ask(stage, step)))
                case "fail":
                    _fail(stage, step)
                case "wait":
                    stage.clock.advance(int(step["hours"]) * 3_600_000)
                case "admin":
                    stage.switch_analytics(bool(step["analytics"]))
                case "model":
                    pass  # the stage was made with it
                case other:
                    raise InputError(f"no step of a payloads case is called {other!r}")
        return outcomes

    def _ask(self, stage: Stage, step: Mapping[str, Any]) -> Ask:
        cause = self._causes.get(step["call"], "user")
        user = stage.account(str(step.get("as", "alice"))) if cause == "user" else None
        name = str(step["call"])
        return Ask(name=name, payload=step.get("with", {}), user=user, cause=cause, context=self._contexts.get(name))


def _small(site: Site) -> Site:
    """A few open pages and issues, and a few that the app or bob may not see, beside what variables name."""
    seen = readable_refs(site, APP_ACCOUNT)
    keep: list[str] = []
    for refs in ([f"page/{page}" for page in site.pages], [f"issue/{issue}" for issue in site.issues]):
        keep += [ref for ref in refs if ref in seen][:_KEPT]
        keep += [ref for ref in refs if ref not in seen][:_KEPT]
    return build(site, (Only(tuple(keep)),))


def _fail(stage: Stage, step: Mapping[str, Any]) -> None:
    if step["with"] not in FAILURES:
        raise InputError(f"{step['with']!r} is no failure (there are: {', '.join(FAILURES)})")
    stage.gateway.faults.add(Fault(service=step["fail"], failure=step["with"], times=int(step.get("times", 1))))


def _broken(verdict: Verdict) -> Finding:
    first = verdict.evidence[0]
    where = f" at {first.at}" if first.at else ""
    return Finding(verdict.claim, f"{first.why}{where}")


def _ending(outcome: Outcome, *, waits: bool) -> Finding | None:
    """What is wrong with how a call ended; ``waits``: a service was made to keep it waiting."""
    at = f" at {outcome.at}" if outcome.at else ""
    said = f"{outcome.type}: {outcome.message[:200]}{at}"
    if outcome.is_bug:
        return Finding("forgesim goes on", said)
    if outcome.ending in ("killed", "protocol"):
        return Finding("the app's process lives", f"it was ended: {said}")
    if outcome.type == "EndlessCursor" or (outcome.ending == "timeout" and not waits):
        return Finding("every call ends", said)
    if outcome.ending == "error" and outcome.type in UNMEANT:
        return Finding("errors are meant", said)
    return None
