"""The battery: finds the attacks, runs each without walls and behind them, and keeps what was seen.

An attack is a file of ``attacks/GROUP/``: ``attack`` is the function that runs in the guest, ``WITNESS`` makes the one
who tells what came of it. It may also have: ``NEEDS``, which gives the reason why this machine or user cannot run the
control; ``SECONDS``, the deadline of the worker; ``CONTROL = "child"``, where the control is a plain child of the host;
``OPEN = (tiers, why)``, where the attack is known to succeed.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType, TracebackType
from typing import Any, Literal, Self

from tests.escape.arena import SECONDS, Arena, Attack, Outcome, make_image, run_in_child
from tests.escape.stage import Stage, make_app
from tests.escape.witnesses.base import Place, Witness
from tests.escape.witnesses.platform import PlatformWitness

from forgesim.errors import CannotConfineError
from forgesim.sandbox.host import Sandbox, Tier

ATTACKS = Path(__file__).parent / "attacks"
Stopper = Literal["explained", "kernel", "gateway", "limit", "absent"]


@dataclass(frozen=True, slots=True)
class Case:
    """One attack, from its file."""

    group: str
    name: str
    module: ModuleType = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        return f"{self.group}/{self.name}"

    @property
    def sentence(self) -> str:
        return self.name.replace("_", " ")

    @property
    def attack(self) -> Attack:
        attack: Attack = self.module.attack
        return attack

    @property
    def open_in(self) -> tuple[str, ...]:
        """The tiers in which it is known to succeed."""
        tiers: tuple[str, ...] = getattr(self.module, "OPEN", ((), ""))[0]
        return tiers

    @property
    def why_open(self) -> str:
        return str(getattr(self.module, "OPEN", ((), ""))[1])

    @property
    def seconds(self) -> float:
        return float(getattr(self.module, "SECONDS", SECONDS))

    def expects(self, seen: Seen, tier: str, *, explain: bool) -> bool:
        """Whether this may be seen behind walls: nothing gets out, but where the file itself says so."""
        if tier not in self.open_in:
            return seen.harm is None
        return seen.harm is not None or explain  # the hook may stop what the walls alone do not

    def unmet(self) -> str | None:
        """Why this machine or this user cannot run the control."""
        needs: Callable[[], str | None] = getattr(self.module, "NEEDS", lambda: None)
        return needs()


def cases() -> list[Case]:
    """Every attack there is, by group and name."""
    found = sorted(ATTACKS.glob("*/*.py"))
    return [Case(p.parent.name, p.stem, importlib.import_module(f"tests.escape.attacks.{p.parent.name}.{p.stem}"))
            for p in found]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one attempt."""

    harm: str | None
    outcome: Outcome

    @property
    def stoppers(self) -> set[Stopper]:
        """What stood in the attack's way, from what it left behind."""
        outcome, found = self.outcome, set[Stopper]()
        ended, error = outcome.ended or "", outcome.error or ""
        if outcome.explained:
            found.add("explained")
        if outcome.denied or (ended.startswith("protocol") and "more than" not in ended):
            found.add("gateway")
        if "overdue" in ended or "more than" in ended or "real s" in ended or any(w in error for w in LIMITED):
            found.add("limit")
        if any("more than" in (target or "") for _, target in outcome.refused):
            found.add("limit")
        elif outcome.refused or "SIGSYS" in ended:
            found.add("kernel")
        if not found and (error or outcome.result in REFUSED):
            found.add("kernel")
        return found or {"absent"}


LIMITED = ("MemoryError", "Errno 12]", "Errno 24]", "Errno 11]", "can't start new thread", "RecursionError")
REFUSED = ("refused",)
"""What an attack returns where an error of its own would hide that it was refused."""


class Battery:
    """Sandboxes of every kind, opened when first used."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._base = Path(self._stack.enter_context(TemporaryDirectory(prefix="escape-")))
        self._base.chmod(0o755)
        self._count = 0
        self._arenas: dict[tuple[Tier, bool], Arena | str] = {}

    @cached_property
    def app(self) -> Path:
        return make_app(self._base / "stage")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def arena(self, tier: Tier, *, explain: bool) -> Arena | str:
        """The arena of a tier, or why this machine has none."""
        key = (tier, explain)
        if key not in self._arenas:
            try:
                sandbox = Sandbox(tier=tier, explain=explain, allow_unconfined=tier == "none")
            except CannotConfineError as error:
                self._arenas[key] = str(error)
            else:
                self._stack.enter_context(sandbox)
                self._arenas[key] = Arena(sandbox, make_image(self._base / f"{tier}-{explain}"))
        return self._arenas[key]

    def control(self, case: Case) -> Seen:
        """The attempt without the wall that it is about."""
        return self._attempt(case, "none", explain=False)

    def confined(self, case: Case, tier: Tier, *, explain: bool) -> Seen | str:
        """The attempt behind the walls of a tier, or why this machine has none. The next invocation works."""
        arena = self.arena(tier, explain=explain)
        if isinstance(arena, str):
            return arena
        before = _zygotes(arena)
        seen = self._attempt(case, tier, explain=explain)
        arena.greet()
        assert before <= _zygotes(arena), "the zygote did not live through it"
        return seen

    def _attempt(self, case: Case, tier: Tier, *, explain: bool) -> Seen:
        self._count += 1
        folder = self._base / f"t{self._count}"
        folder.mkdir()
        folder.chmod(0o755)
        make: Any = case.module.WITNESS
        control = tier == "none"
        stage = isinstance(make, type) and issubclass(make, PlatformWitness)
        arena = self.arena("full" if control and stage else tier, explain=explain)
        assert isinstance(arena, Arena), arena
        witness: Witness = make(Place(folder, arena.image.root, not control))
        try:
            if isinstance(witness, PlatformWitness):
                outcome = witness.run(Stage(self.app, arena.sandbox), case.attack)
            elif control and getattr(case.module, "CONTROL", None) == "child":
                outcome = run_in_child(case.attack, *witness.given, secret=getattr(witness, "secret", ""))
            else:
                given = witness.given
                outcome = arena.run(case.attack, *given, look=witness.look, deadline=case.seconds)
            return Seen(harm=witness.harm(outcome), outcome=outcome)
        finally:
            witness.close()


def _zygotes(arena: Arena) -> set[int]:
    return {nursery.zygote._process.pid for nursery in arena.sandbox._nurseries.values()}


CONFINED: tuple[tuple[Tier, bool], ...] = (("full", True), ("full+ns", False), ("full", False))
"""Tier, and whether the audit hook explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was seen of one attack in all its attempts. ``skipped`` says why there were none."""

    id: str
    skipped: str | None = None
    control: str | None = None
    stopped_by: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    words: str | None = None
    ended: str | None = None
    got_out: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()


def report(battery: Battery, case: Case, configurations: tuple[tuple[Tier, bool], ...] = CONFINED) -> Report:
    """Run one attack in every configuration and say what stopped it."""
    if (why := case.unmet()) is not None:
        return Report(id=case.id, skipped=why)
    control = battery.control(case)
    stoppers, calls, got_out, unexpected = set[Stopper](), set[str](), [], []
    words = ended = None
    for tier, explain in configurations:
        if isinstance(seen := battery.confined(case, tier, explain=explain), str):
            continue
        stoppers |= seen.stoppers if seen.harm is None else set()
        words = words or next(iter(seen.outcome.explained), None)
        if not explain:
            calls |= {call for call, _ in seen.outcome.refused}
            ended = ended or seen.outcome.ended or seen.outcome.error
        if seen.harm is not None:
            got_out.append(tier)
        if not case.expects(seen, tier, explain=explain):
            unexpected.append(f"{tier}, {'explained' if explain else 'walls alone'}: {seen.harm}")
    return Report(id=case.id, control=control.harm, stopped_by=tuple(s for s in ORDER if s in stoppers),
                  calls=tuple(sorted(calls)), words=words, ended=ended, got_out=tuple(dict.fromkeys(got_out)),
                  unexpected=tuple(unexpected))  # fmt: skip


ORDER: tuple[Stopper, ...] = ("explained", "kernel", "gateway", "limit", "absent")


def main(chosen: str) -> None:
    """Print a report a line, as JSON: of ``all`` configurations, or of the strongest tier without the hook."""
    with Battery() as battery:
        tier: Tier = "full+ns" if isinstance(battery.arena("full+ns", explain=False), Arena) else "full"
        configurations = CONFINED if chosen == "all" else ((tier, False),)
        sys.stdout.write(json.dumps({"uid": os.geteuid(), "tier": tier}) + "\n")
        for case in cases():
            sys.stdout.write(json.dumps(asdict(report(battery, case, configurations))) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
