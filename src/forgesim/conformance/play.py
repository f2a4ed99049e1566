"""Plays cases through the real gateway, each on a stage of its own.

No guest process takes part: a case is what a client package puts on the wire, so it is sent as if it came in on the
invocation's own socket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

from forgesim.conformance.address import address
from forgesim.conformance.case import Case, Step
from forgesim.conformance.compare import Seen, differences
from forgesim.conformance.deploy import deploy
from forgesim.gateway.call import Invocation
from forgesim.ledger.records import Record
from forgesim.manifest.load import load_app
from forgesim.manifest.model import App
from forgesim.runtime.simulator import Simulator, Stage
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.seam import Fetch
from forgesim.site.generate import demo

__all__ = ["Bench", "Prepared", "Row", "invocation_of", "opened_bench", "take"]


class Prepared(NamedTuple):
    """A stage on which all that comes before a case has happened; what of that went astray; the last answer's JSON."""

    stage: Stage
    astray: list[str]
    answer: Any


@dataclass(frozen=True, slots=True)
class Row:
    """A case, what ours did, and how that differs."""

    case: Case
    seen: Seen
    unlike: list[str]

    @property
    def same(self) -> bool:
        return not self.unlike


class _Nothing:
    """A pen that keeps nothing: what is looked at here is the answers."""

    def write(self, record: Record) -> None:
        """Nothing to keep."""

    def flush(self) -> None:
        """Nothing to hand on."""


class Bench:
    """The app of the cases, installed anew for each of them on one generated site."""

    def __init__(self, app: App, sandbox: Sandbox) -> None:
        self.app = app
        image = build_image(app, coverage=False)
        self._simulator = Simulator(app=app, image=image, sandbox=sandbox, ledger=_Nothing())
        self._site = demo(1)

    @contextmanager
    def stage(self, case: Case) -> Iterator[Prepared]:
        """A stage of its own for the case. Where what comes before it goes another way than the case wants, nothing
        that follows says anything."""
        stage = self._simulator.stage(self._site, cause="control", label=case.id, ledger=_Nothing(), model="echo")
        astray: list[str] = []
        answer = None
        try:
            for step in case.before:
                seen = take(stage, step, answer)
                answer = seen.body if step.to else answer
                if odd := _astray(step, seen):
                    astray.append(odd)
            yield Prepared(stage, astray, answer)
        finally:
            stage.close()

    def play(self, case: Case) -> Row:
        """What ours answers, beside what is expected."""
        if case.deploy is not None:
            seen = deploy(self.app, case.deploy)
            return Row(case, seen, differences(case.expect, seen))
        assert case.ask is not None
        with self.stage(case) as before:
            seen = take(before.stage, case.ask, before.answer)
        return Row(case, seen, before.astray + differences(case.expect, seen))

    def play_all(self, cases: Sequence[Case]) -> list[Row]:
        return [self.play(case) for case in cases]

    def close(self) -> None:
        self._simulator.close()


def _astray(step: Step, seen: Seen) -> str | None:
    """What is wrong with how a step before a case went."""
    if seen.status is None or (400 <= seen.status < 500 if step.fails else 200 <= seen.status < 300):
        return None
    return f"before it, {step.to} was answered {seen.status}"


def invocation_of(stage: Stage, user: str) -> Invocation:
    """An invocation of the app's resolver for alice, or of a trigger for nobody."""
    if user == "nobody":
        return stage.invocation("trigger", None, None, "event")
    return stage.invocation("resolver", "call", stage.account(user), "user")


def take(stage: Stage, step: Step, answer: Any = None) -> Seen:
    """Do one step on a stage, after one that was answered that JSON; of requests at one instant, the last's answer."""
    if step.wait:
        stage.deliveries.wait(step.wait, exactly=True)
        return Seen()
    if step.analytics is not None:
        stage.switch_analytics(step.analytics)
        return Seen()
    invocation = invocation_of(stage, step.user)
    crossed, body = None, step.sent(answer)
    for number in range(step.times):
        crossed = stage.gateway.cross(invocation, _fetch(invocation, step, number), body)
    assert crossed is not None
    stage.clock.advance(crossed.delay_ms)
    headers = {name.lower(): value for name, value in crossed.answer.headers}
    return Seen(status=crossed.answer.status, headers=headers, raw=crossed.answer.body, allowed=crossed.decision.allow)


def _fetch(invocation: Invocation, step: Step, number: int) -> Fetch:
    where = address(step.to)
    headers: list[tuple[str, str]] = list(step.headers.items())
    if step.text is not None or where.method != "GET":
        headers.append(("content-type", "application/json"))
    return Fetch(
        id=number + 1,
        inv=invocation.id,
        token=invocation.token,
        descriptor=dict[str, Any](where.descriptor),
        path=where.path,
        method=where.method,
        headers=headers,
    )


@contextmanager
def opened_bench() -> Iterator[Bench]:
    """A bench with the app that ships with the cases. Its code is ours and runs on a machine without walls too."""
    with as_file(files("forgesim.conformance") / "app") as folder, Sandbox(allow_unconfined=True) as sandbox:
        bench = Bench(load_app(Path(folder)), sandbox)
        try:
            yield bench
        finally:
            bench.close()
