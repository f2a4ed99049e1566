"""The campaign ``sandbox``: whatever a guest does to get out of its process, nothing comes of it.

Programs of escape primitives run behind the app's own walls, each in a fresh process. Witnesses: listeners, files and a
process of this machine that ask the program nothing, a secret that must cross nowhere, the ledger, and the next call.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from forgesim.errors import ForgesimError
from forgesim.fuzz.campaign import Case, Cut, Finding, pytest_text
from forgesim.fuzz.notebook import Notebook
from forgesim.fuzz.programs import programs
from forgesim.ids import derive
from forgesim.manifest.model import App
from forgesim.runtime.fuzzing import Range, program_in
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.lures import Lures
from forgesim.sandbox.strays import Strays
from forgesim.sandbox.syscalls import TABLES

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from forgesim.runtime.dispatch import Outcome

__all__ = ["SandboxCampaign"]

PATIENT_S = 60.0
"""Real seconds that the next call may take."""
_LOOKS, _LOOK_S = 5, 0.02


class SandboxCampaign:
    """Attacks the walls that one app gets. On a sandbox without walls it shows what its witnesses see.

    ``hang_s``: real seconds after which a program is ended; many a program waits for what never comes.
    """

    name = "sandbox"
    cuts: Mapping[str, Cut] = MappingProxyType({"steps": "text"})
    fixed = 0
    shrink_s = 10.0

    def __init__(self, app: App, *, sandbox: Sandbox, seed: int = 0, hang_s: float = 20.0) -> None:
        self.tried = 0
        self.allowed = 0
        self._app = app
        self._sandbox = sandbox
        self._seed = seed
        self._hang_s = hang_s
        self._numbers = dict(TABLES[os.uname().machine])
        self._ledger = Notebook()
        self._lures = Lures(f"forgesim-lure-{derive('lure', seed):016x}")
        self._strays = Strays()
        self._attack, self._next = self._open(self._hang_s), self._open(PATIENT_S)
        self._load()

    def _open(self, real_seconds: float) -> Range:
        source = Path(__file__).with_name("escaper.py").read_text("utf-8")
        return Range(
            program_in(self._app, source),
            sandbox=self._sandbox,
            ledger=self._ledger,
            seed=self._seed,
            warm=False,
            real_seconds=real_seconds,
        )

    def _load(self) -> None:
        """Start what stays, so that what comes later does not."""
        for each in (self._next, self._attack):
            each.call({"steps": [], "given": {}})

    def cases(self) -> SearchStrategy[Case]:
        return programs(self._numbers)

    def simpler(self, case: Case) -> Iterable[Case]:  # noqa: ARG002
        return ()

    def as_pytest(self, case: Case, finding: Finding) -> str:
        return pytest_text(self._app.path, self.name, case, finding)

    def close(self) -> None:
        self._attack.close()
        self._next.close()
        self._lures.close()
        self._strays.close()

    def attempt(self, case: Case) -> Finding | None:
        self._ledger.clear()
        self._strays.know()
        self._lures.begin()
        given = {**self._lures.given(), "numbers": self._numbers}
        try:
            outcome = self._attack.call({"steps": case, "given": given})
            found = self._judge(outcome)
            again = self._next.call({"steps": [], "given": {}})
        except Exception as error:  # noqa: BLE001 - a host that a guest can make fail is a finding
            self._restart()
            return Finding("the host goes on", f"{type(error).__name__}: {error}")
        if found is None and (not again.ok or again.result != []):
            found = Finding("the next call works", f"it ended with {again.type or again.result}: {again.message}")
        left = self._strays.take({self._lures.victim})
        if left:
            self._restart()
        if left and found is None:
            found = Finding("no process is left behind", f"{len(left)} went on after the program was ended")
        return found

    def _restart(self) -> None:
        """What the case broke is left behind: its processes, and those of a zygote that has ended."""
        for _ in range(_LOOKS):
            with suppress(ForgesimError):
                self._sandbox.wait(_LOOK_S)
        self._attack.close()
        self._next.close()
        self._attack, self._next = self._open(self._hang_s), self._open(PATIENT_S)
        self._load()

    def _judge(self, outcome: Outcome) -> Finding | None:
        if outcome.ok and isinstance(outcome.result, list):
            self.tried += len(outcome.result)
            self.allowed += sum(str(said).startswith("ok") for said in outcome.result)
        touched = self._lures.look()
        if touched is not None:
            return Finding(*touched)
        return self._secret() or self._forged()

    def _secret(self) -> Finding | None:
        secret = self._lures.secret.encode()
        for record, line in zip(self._ledger.records, self._ledger.lines, strict=True):
            if secret in line:
                return Finding(
                    "nothing of the host comes out", f"a secret came out in a {type(record).__name__} record"
                )
        return None

    def _forged(self) -> Finding | None:
        """A frame with another's id or token is refused; such frames carry a mark."""
        for record in self._ledger.decided():
            marked = "forged" in record.target or (record.body is not None and "forged" in (record.body.text or ""))
            if marked and record.decision.allow:
                return Finding("a forged frame is refused", f"{record.channel} {record.target!r} was let through")
        return None
