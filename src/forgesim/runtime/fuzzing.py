"""A program of forgesim's own in an app's place: the same walls, gateway, policy, broker and transport, and a service
behind every host that answers as a campaign says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from forgesim.egress.broker import Broker
from forgesim.egress.policy import Policy
from forgesim.egress.recorder import Connection, RecordingTransport
from forgesim.egress.subprocessors.service import ServiceRequest
from forgesim.errors import InternalError
from forgesim.ledger.write import Pen
from forgesim.manifest.model import App, Function
from forgesim.runtime.dispatch import Outcome
from forgesim.runtime.simulator import Simulator
from forgesim.runtime.stage import Ask
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import build_image
from forgesim.seam import Answer
from forgesim.site.generate import demo

__all__ = ["FUNCTION", "Connection", "Range", "Rig", "ServiceRequest", "program_in"]

FUNCTION = "fuzz"
MODULE = "forgesim_fuzz"
TIMEOUT_S = 900
"""Virtual seconds of an invocation: what Forge gives at most, for redirects add up."""

Service = Callable[[ServiceRequest], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """Which parts stand in the path of a request. A campaign is tried on parts with a hole, which it must find."""

    policy: type[Policy] = Policy
    transport: type[RecordingTransport] = RecordingTransport


@dataclass(frozen=True, slots=True)
class _Answering:
    """A service that answers as a function says."""

    answer: Service


class _Everywhere(Mapping[str, _Answering]):
    """The same service at every host there is."""

    def __init__(self, service: Service) -> None:
        self._service = _Answering(service)

    def __getitem__(self, host: str) -> _Answering:
        return self._service

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def program_in(app: App, source: str) -> App:
    """The app with its code replaced by one module, and its functions by that module's ``handler``; walls, manifest and
    installation are as the app has them."""
    function = Function(key=FUNCTION, handler=f"{MODULE}.handler", timeout_s=TIMEOUT_S)
    return replace(
        app,
        sources={f"src/{MODULE}.py": source},
        digest=hashlib.sha256(f"{app.digest} {source}".encode()).hexdigest(),
        manifest=replace(app.manifest, functions={FUNCTION: function}),
    )


class Range:
    """The program on a stage of its own. Every call is forgesim's: its crossings carry the cause ``probe``.

    ``warm``: one process for all calls, else a fresh one each. ``service`` answers requests that were let through;
    where there is none they get an empty 200. No request leaves this process: there is no live egress here.
    """

    def __init__(
        self,
        app: App,
        *,
        sandbox: Sandbox,
        ledger: Pen,
        seed: int,
        warm: bool,
        real_seconds: float,
        rig: Rig | None = None,
        service: Service | None = None,
    ) -> None:
        rig = rig or Rig()
        self._simulator = Simulator(
            app=app,
            image=build_image(app, coverage=False),
            sandbox=sandbox,
            ledger=ledger,
            seed=seed,
            warm=warm,
            real_seconds=real_seconds,
            quotas=False,
        )
        self._transport = rig.transport()
        self._stage = self._simulator.stage(demo(1), cause="probe", label="fuzz")
        self._stage.services.broker = Broker(_Everywhere(service or _empty), transport=self._transport)
        installation = self._stage.installation
        installation.policy = rig.policy(installation.egress, installation.analytics)
        self._user = self._stage.account("alice")

    def call(self, payload: Mapping[str, Any]) -> Outcome:
        """Run the program on a payload. Raises InternalError where forgesim fails."""
        outcome = self._stage.invoke(Ask(name=FUNCTION, payload=payload, user=self._user, cause="probe"))
        if outcome.is_bug:
            raise InternalError(outcome.message)
        return outcome

    @property
    def connections(self) -> list[Connection]:
        """What was about to leave, in order; the caller may clear it."""
        return self._transport.connections

    def close(self) -> None:
        """Stop the program's processes and let its storage go."""
        self._simulator.close()
        self._stage.close()


def _empty(_: ServiceRequest) -> Answer:
    return Answer(200)
