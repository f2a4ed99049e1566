"""What the ``forge`` fixture gives: sites, installed apps, calls, ledgers and proofs, all synchronous."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from forgesim.claims.catalog import CATALOG_VERSION
from forgesim.claims.kit import Verdict
from forgesim.errors import AppError, InputError, InternalError, Problem
from forgesim.ledger.pens import Pens
from forgesim.ledger.read import Ledger, LedgerReader
from forgesim.ledger.write import LedgerWriter
from forgesim.manifest.load import find_app, load_app
from forgesim.manifest.model import App
from forgesim.proof.prove import Proof, prove
from forgesim.proof.search import MOST_PLAYS
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.header import header
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Ask
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.sandbox.open import open_sandbox
from forgesim.site.model import Site
from forgesim.site.open import open_site
from forgesim.site.variables import expand
from forgesim.strict import strict

if TYPE_CHECKING:
    from forgesim.fuzz.campaign import Case, Finding
    from forgesim.runtime.fuzzing import Rig

__all__ = ["Forge", "InstalledApp"]

Speaks: TypeAlias = str | Sequence[str | Mapping[str, Any]]
"""What answers for Forge LLM: the name of a model, or replies in turn."""


class InstalledApp:
    """An app installed on a site."""

    def __init__(
        self, app: App, site: Site, sandbox: Sandbox, *, seed: int, warm: bool, model: Speaks = "extractive"
    ) -> None:
        self.app = app
        self.site = site
        image = build_image(app, coverage=False)
        self._reader = LedgerReader()
        self._pens = Pens(LedgerWriter())
        try:
            self._pens.write(header(app, image, sandbox, catalog=CATALOG_VERSION, bodies=True))
            self._simulator = Simulator(app=app, image=image, sandbox=sandbox, ledger=self._pens, seed=seed, warm=warm)
            self._stage = self._simulator.stage(site, cause="run", label="pytest", model=model)
        except BaseException:
            self._pens.close()
            raise

    def invoke(
        self, name: str, payload: Any = None, *, user: str | None = None, context: Mapping[str, Any] | None = None
    ) -> Any:
        """Call a resolver or function once and return its result, wire JSON.

        ``user`` is a handle (alice by default) or an account id. ``context``: where the call is made from, as a browser
        says it: ``{"moduleKey": "panel", "extension": {"issue": {"key": "$issue"}}}``. ``$page``, ``$space.id`` … in
        payload and context are replaced. Raises AppError when the function raises, times out or is killed, InputError
        for unknown names and for a payload that is no JSON.
        """
        self._stage.deliveries.drain()
        outcome = self._stage.invoke(self._ask(name, payload, user or "alice", context))
        self._stage.deliveries.drain()
        if not outcome.ok:
            raise _failed(outcome)
        return outcome.result

    def together(self, *calls: tuple[str, Any, str]) -> list[Any]:
        """Make ``(name, payload, user)`` calls at the same virtual time; an AppError stands for a call that failed."""
        self._stage.deliveries.drain()
        outcomes = self._stage.together([self._ask(*call) for call in calls])
        self._stage.deliveries.drain()
        return [outcome.result if outcome.ok else _failed(outcome) for outcome in outcomes]

    def wait(self, ms: int) -> None:
        """Let virtual time pass, in milliseconds; schedules run when they are due."""
        self._stage.wait(ms)

    def switch_analytics(self, on: bool) -> None:
        """The admin's analytics switch."""
        self._stage.switch_analytics(on)

    def upgrade(self, app: str | Path, *, consent: bool = False) -> tuple[str, ...]:
        """Deploy another version of the app from a folder; what makes it a major version, nothing where it is minor.

        A minor version is used from now on. So is a major one to which the administrator gives ``consent``; without,
        the installation stays on the version that it has, with its scopes and its egress. What is stored stays.
        """
        from forgesim.lint.major import major
        from forgesim.lint.subject import Subject

        newer = load_app(Path(app))
        reasons = major(self.app.manifest, Subject.of(newer), str(self.app.path)).changes
        if consent or not reasons:
            image = build_image(newer, coverage=False)
            self._simulator.upgrade(self._stage, newer, image, major=bool(reasons))
            self.app = newer
        return tuple(change.what for change in reasons)

    def move(self, region: str) -> None:
        """Move the site to another region (``EU``, ``AU``, …) and all that the app stored with it."""
        self._stage.move(region)

    @property
    def jwks(self) -> dict[str, Any]:
        """The key set by which a remote verifies the tokens of this installation. Needs the extra ``[remote]``."""
        return self._simulator.jwks()

    @property
    def ledger(self) -> Ledger:
        """Everything that crossed the app's boundary so far; what comes later is in the next one."""
        for line in self._pens.stream(self._reader.size):
            self._reader.take(line)
        return self._reader.so_far().copy()

    def close(self) -> None:
        """Stop the app's workers, drop its rows and its ledger."""
        self._simulator.close()
        self._stage.close()
        self._pens.close()

    def _ask(self, name: str, payload: Any, user: str, context: Mapping[str, Any] | None = None) -> Ask:
        self._stage.installation.look_again()  # a test may edit its site between two calls
        given = expand(_on_the_wire({} if payload is None else payload), self.site)
        where = None if context is None else expand(_on_the_wire(context), self.site)
        return Ask(name=name, payload=given, user=self._stage.account(user), context=where)


def _on_the_wire(payload: Any) -> Any:
    """The payload as an app gets it. Raises InputError for what cannot be written as JSON."""
    try:
        return strict(msgspec.json.encode(payload))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InputError(Problem(what=f"the payload is no JSON: {error}", hint="give what json.dumps takes")) from None


def _failed(outcome: Outcome) -> AppError:
    """What went wrong in the app. Raises InternalError where it went wrong in forgesim."""
    if outcome.is_bug:
        raise InternalError(outcome.message)
    return AppError(outcome.type, outcome.message, outcome.at)


class Forge:
    """An emulated Forge platform for one test. ``close`` is called by the fixture.

    ``rig``: parts that ``attempt`` attacks in place of forgesim's own.
    """

    def __init__(
        self,
        *,
        base: Path,
        seed: int = 0,
        allow_unconfined: bool = False,
        trials: int = 20,
        on_proof: Callable[[Proof], None] | None = None,
        rig: Rig | None = None,
    ) -> None:
        self._base = base
        self._on_proof = on_proof
        self._rig = rig
        self._seed = seed
        self._trials = trials
        self._allow_unconfined = allow_unconfined
        self._sandbox: Sandbox | None = None
        self._installed: list[InstalledApp] = []

    def site(self, spec: str = "demo", *, seed: int = 1) -> Site:
        """A site: ``demo``, ``proof``, a site file, a folder of Markdown, or an export. Raises InputError."""
        return open_site(spec, seed=seed, base=self._base)

    def install(
        self,
        app: str | Path,
        site: Site | None = None,
        *,
        warm: bool = False,
        model: Speaks = "extractive",
    ) -> InstalledApp:
        """Install an app folder (or a name under ``apps/``) on a site, ``demo`` by default.

        ``warm`` keeps one process for all invocations, as Forge often does; else each gets a fresh one. ``model``
        answers for Forge LLM: ``extractive``, ``echo``, ``adversarial``, or replies, which are said in turn: texts, or
        messages such as ``{"tool_calls": [{"function": {"name": "rate", "arguments": {"score": 3}}}]}``.
        """
        path = find_app(str(app), self._base)
        installed = InstalledApp(
            load_app(path), site or self.site(), self._open_sandbox(), seed=self._seed, warm=warm, model=model
        )
        self._installed.append(installed)
        return installed

    @property
    def ledger(self) -> Ledger:
        """The ledger of the app installed last. Raises InputError where none is."""
        if not self._installed:
            raise InputError("no app is installed yet: call forge.install(path, site) first")
        return self._installed[-1].ledger

    def prove(
        self,
        app: InstalledApp | str | Path,
        *,
        trials: int | None = None,
        seed: int | None = None,
        plays: int | None = None,
    ) -> tuple[Verdict, ...]:
        """Prove an app as ``forgesim prove`` does; one verdict per claim of the catalog.

        ``trials`` and ``seed`` are by default those of the test run's options. ``plays``: how many ways exploration
        tries at most (null: as many as ``forgesim prove``); code that it does not get to leaves claims UNPROVEN.
        """
        loaded = app.app if isinstance(app, InstalledApp) else load_app(find_app(str(app), self._base))
        proof = prove(
            loaded,
            sandbox=self._open_sandbox,
            trials=self._trials if trials is None else trials,
            seed=self._seed if seed is None else seed,
            plays=MOST_PLAYS if plays is None else plays,
        )
        if self._on_proof is not None:
            self._on_proof(proof)
        return proof.verdicts

    def attempt(self, app: str | Path, campaign: str, case: Case) -> Finding | None:
        """Try a case that ``forgesim fuzz`` printed on the app, its walls or its egress; what it broke, or nothing."""
        from forgesim.fuzz.run import attempt

        loaded = load_app(find_app(str(app), self._base))
        return attempt(loaded, campaign, case, sandbox=self._open_sandbox(), rig=self._rig)

    def _open_sandbox(self) -> Sandbox:
        if self._sandbox is None:
            self._sandbox = open_sandbox(unconfined=self._allow_unconfined)
        return self._sandbox

    def close(self) -> None:
        """Stop every process that the test started."""
        for installed in self._installed:
            installed.close()
        self._installed = []
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
