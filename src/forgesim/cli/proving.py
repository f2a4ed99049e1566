"""One of several processes of ``prove``, each of which proves an app: what it is told, and what it tells."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from forgesim.claims.kit import Verdict
from forgesim.errors import ForgesimError, InternalError
from forgesim.ledger.records import Coverage, Header
from forgesim.manifest.load import load_app
from forgesim.proof.prove import Proof, prove
from forgesim.report.proved import Proved, proved_of
from forgesim.sandbox.crew import Caller
from forgesim.sandbox.niceness import be_nicer
from forgesim.sandbox.open import opening

__all__ = ["Failed", "Grow", "News", "Phase", "Step", "Task", "Told", "main"]

INTERRUPTED = 130


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """An app to prove; ``folder`` and ``ledger`` are paths. ``proved``: what a page or a JUnit file needs is wanted.
    ``yields``: by how much it is nicer than the caller to other processes."""

    folder: str
    trials: int
    seed: int
    ledger: str | None
    bodies: bool
    unconfined: bool
    anyway: bool
    proved: bool
    yields: int = 0


class Phase(msgspec.Struct, frozen=True, tag=True):
    """A phase begins."""

    name: str
    total: int


class Grow(msgspec.Struct, frozen=True, tag=True):
    """The phase has so many more steps."""

    by: int


class Step(msgspec.Struct, frozen=True, tag=True):
    """A step of it is done."""


class Told(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a report is made of."""

    header: Header
    coverage: Coverage | None
    verdicts: tuple[Verdict, ...]
    proved: Proved | None


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why there is none: in words, and the exit code of such an error."""

    error: str
    code: int


News = Phase | Grow | Step | Told | Failed


class _Reporter:
    """Tells the caller how far a proof is, and hears from it how many hands there are."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._hands = 1

    def phase(self, name: str, total: int) -> None:
        self.say(Phase(name, total))

    def grow(self, by: int) -> None:
        self.say(Grow(by))

    def step(self) -> None:
        self.say(Step())

    def say(self, news: News) -> None:
        self._caller.say(msgspec.json.encode(news))

    def hands(self) -> int:
        """One, and one more for each message since the first."""
        while self._caller.is_waiting():
            if self._caller.read() is None:
                sys.exit(INTERRUPTED)  # who wanted to know is gone
            self._hands += 1
        return self._hands


def main() -> int:
    """Do a task: its app, and its end, are the caller's to report."""
    caller = Caller()
    try:
        if (asked := caller.read()) is not None:
            reporter = _Reporter(caller)
            reporter.say(_told(msgspec.json.decode(asked, type=Task), reporter))
    except (KeyboardInterrupt, BrokenPipeError):
        return INTERRUPTED
    return 0


def _told(task: Task, reporter: _Reporter) -> Told | Failed:
    try:
        return _proof(task, reporter)
    except ForgesimError as error:
        return Failed(error=str(error), code=error.exit_code)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug of ours is told as such, by the process that was called
        bug = InternalError.of(error, "forgesim failed")
        return Failed(error=str(bug), code=bug.exit_code)


def _proof(task: Task, reporter: _Reporter) -> Told:
    be_nicer(task.yields)
    with opening(unconfined=task.unconfined) as sandbox:
        app = load_app(Path(task.folder), anyway=task.anyway)
        proof: Proof = prove(
            app,
            sandbox=sandbox,
            ledger=None if task.ledger is None else Path(task.ledger),
            bodies=task.bodies,
            trials=task.trials,
            seed=task.seed,
            progress=reporter,
            hands=reporter.hands,
        )
    ledger = proof.ledger
    return Told(
        header=ledger.header,
        coverage=ledger.coverage,
        verdicts=proof.verdicts,
        proved=proved_of(ledger, proof.verdicts, app.trust) if task.proved else None,
    )


if __name__ == "__main__":
    sys.exit(main())
