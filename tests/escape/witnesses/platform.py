"""The platform itself: what is stored, recorded and allowed after an attack on frames, tokens or tenants."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any, ClassVar

from tests.escape.arena import Attack, Outcome
from tests.escape.stage import Stage, asked, outcome_of
from tests.escape.witnesses.base import Place, Witness
from tests.runtime.conftest import House

from forgesim.decision import Decision
from forgesim.gateway import gateway
from forgesim.platform.log.limits import MAX_BYTES
from forgesim.platform.log.service import LogBudget
from forgesim.runtime import intake
from forgesim.sandbox import handle


@contextmanager
def believing() -> Iterator[None]:
    """The control's gateway: it believes what frames say about who sends them."""
    kept = gateway._is_genuine
    gateway._is_genuine = lambda fetch, invocation: True
    try:
        yield
    finally:
        gateway._is_genuine = kept


class PlatformWitness(Witness):
    """Runs its attack as an app's function. Base of those that look at a stage."""

    warm = False
    coverage = False

    def run(self, stage: Stage, attack: Attack) -> Outcome:
        """One invocation, and what the ledger tells of it; then the next one works."""
        with stage.open(warm=self.warm, coverage=self.coverage) as house:
            self.prepare(house)
            if self.place.confined:
                outcome = self.play(house, attack)
            else:
                with believing():
                    outcome = self.play(house, attack)
            self.inspect(house)
            assert house.call().result == "well"
            return outcome

    def prepare(self, house: House) -> None:
        """Set the scene before the attack."""

    def play(self, house: House, attack: Attack) -> Outcome:
        return outcome_of(house, house.call(payload=asked(attack, *self.given)))

    def inspect(self, house: House) -> None:
        """Look at what the attack left on the platform."""


class Row(PlatformWitness):
    """Nothing is stored under a key. Gives the key."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.given: tuple[Any, ...] = ("stolen",)
        self._stored = False

    def inspect(self, house: House) -> None:
        installation = house.stage.installation
        rows = house.stage.services.kvs.rows(installation.id, installation.region)
        self._stored = any(key == "stolen" for _, key, _ in rows)

    def harm(self, outcome: Outcome) -> str | None:
        return "the row was stored" if self._stored else None


class ReplayedRow(Row):
    """The same in a process that is kept from one invocation to the next: the attack runs twice."""

    warm = True

    def play(self, house: House, attack: Attack) -> Outcome:
        house.call(payload=asked(attack, *self.given))
        return super().play(house, attack)


class RowOfTwo(Row):
    """The same with two invocations at one time, of two people."""

    def play(self, house: House, attack: Attack) -> Outcome:
        teller, thief = (house.ask(payload=asked(attack, *self.given, role), user=who)
                         for role, who in (("teller", "alice"), ("thief", "bob")))  # fmt: skip
        return outcome_of(house, house.stage.together([teller, thief])[1])


class LateRow(Row):
    """Nothing is stored once the invocation is over. In the control it waits. Gives the key, and whether to wait."""

    warm = True

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.given = ("stolen", not place.confined)

    def play(self, house: House, attack: Attack) -> Outcome:
        outcome = super().play(house, attack)
        sleep(0.1)
        house.call()
        late = outcome_of(house, house.call())
        outcome.denied = late.denied
        return outcome


class OtherTenant(PlatformWitness):
    """A secret that another installation of the same app has stored. Gives the id of that installation.

    In the control the attack runs in the installation that owns the secret.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.secret = secrets.token_hex(12)

    def run(self, stage: Stage, attack: Attack) -> Outcome:
        with stage.open(state=self.place.host / "state") as owner:
            theirs = owner.stage.installation
            outcome = outcome_of(owner, owner.call(payload=asked(store, self.secret)))
            assert outcome.result == "stored", outcome
            if not self.place.confined:
                return outcome_of(owner, owner.call(payload=asked(attack, theirs.id)))
        with stage.open(state=self.place.host / "state", seed=2) as house:
            assert house.stage.installation.id != theirs.id
            outcome = outcome_of(house, house.call(payload=asked(attack, theirs.id)))
            assert house.call().result == "well"
            return outcome

    def harm(self, outcome: Outcome) -> str | None:
        return "the other tenant's secret came out" if self.secret in str(outcome.result) else None


async def store(secret: str) -> str:
    from forgesim.sdk import kvs

    await kvs.set("secret", secret)
    return "stored"


# --- floods ----------------------------------------------------------------------------------------------------


@contextmanager
def limited(owner: Any, **limits: Any) -> Iterator[None]:
    """A host with other limits."""
    kept = {name: getattr(owner, name) for name in limits}
    for name, value in limits.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(owner, name, value)


class LogFlood(PlatformWitness):
    """The log that the platform keeps stays under its limit."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._kept = 0

    def play(self, house: House, attack: Attack) -> Outcome:
        if self.place.confined:
            return super().play(house, attack)
        with limited(LogBudget, take=lambda *_: Decision(True, "log", "no limit")):
            return super().play(house, attack)

    def inspect(self, house: House) -> None:
        kept = [c.decided for c in house.ledger.crossings if c.decided.channel == "log" and c.decided.decision.allow]
        self._kept = sum(each.body.size for each in kept if each.body)

    def harm(self, outcome: Outcome) -> str | None:
        return "the log is over its limit" if self._kept > MAX_BYTES else None


class Flood(PlatformWitness):
    """An invocation that sends too much is ended. Gives how often to send."""

    count = 1
    limits: ClassVar[dict[str, int]] = {}
    """The limit, as small as a test can afford; in the control it is out of reach."""
    owner: Any = intake

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.given = (self.count,)

    def play(self, house: House, attack: Attack) -> Outcome:
        limits = self.limits if self.place.confined else dict.fromkeys(self.limits, 1 << 60)
        with limited(self.owner, **limits):
            return super().play(house, attack)

    def harm(self, outcome: Outcome) -> str | None:
        return "the host took all of it" if outcome.ended is None and outcome.error is None else None


class ReportFlood(Flood):
    """Words of the audit hook."""

    count = 1_500
    limits: ClassVar = {"MAX_REPORTS": intake.MAX_REPORTS}


class FrameFlood(Flood):
    """Frames without a body."""

    count = 1_500
    limits: ClassVar = {"MAX_WAITING": 1 << 20}


class WaitingFlood(Flood):
    """Large requests that wait for their turn."""

    count = 6
    limits: ClassVar = {"MAX_WAITING": 1 << 20}


class RefusalFlood(Flood):
    """Calls that the kernel refuses."""

    count = 400
    limits: ClassVar = {"MAX_REFUSALS": 300}
    owner: Any = handle


# --- the record -------------------------------------------------------------------------------------------------


class UnrecordedRow(Row):
    """No row is stored that the ledger does not tell of. In the control nobody writes the ledger."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._told = False

    def play(self, house: House, attack: Attack) -> Outcome:
        if self.place.confined:
            return super().play(house, attack)
        house.stage.handlers()  # loading the app is recorded
        with limited(gateway.Gateway, _decided=lambda *_, **__: 1, _answered=lambda *_, **__: None):
            return super().play(house, attack)

    def inspect(self, house: House) -> None:
        super().inspect(house)
        self._told = any(
            crossing.decided.channel == "kvs" and crossing.decided.target == "stolen"
            for crossing in house.ledger.crossings
        )

    def harm(self, outcome: Outcome) -> str | None:
        return "a row was stored without a record" if self._stored and not self._told else None


class ForgedWitness(PlatformWitness):
    """Whatever the guest says, no kernel witness comes of it. In the control the kernel itself says it."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._forged = False

    def play(self, house: House, attack: Attack) -> Outcome:
        return super().play(house, attack if self.place.confined else connect)

    def inspect(self, house: House) -> None:
        self._forged = any(each.layer == "kernel" and each.call == "connect" for each in house.ledger.witnesses)

    def harm(self, outcome: Outcome) -> str | None:
        return "the ledger has a kernel witness of it" if self._forged else None


def connect() -> None:
    import contextlib
    import socket

    with contextlib.suppress(OSError):
        socket.socket().connect(("192.0.2.1", 80))


class Covered(PlatformWitness):
    """An app with coverage units. Base of those that look at which of them count as run."""

    coverage = True

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._hit: set[int] = set()
        self._units = 0

    def inspect(self, house: House) -> None:
        self._hit = set(house.simulator.hit)
        self._units = len(house.simulator.workers.image.units)


class StrangeUnits(Covered):
    """Only units that the app has are counted. In the control a host believes it has as many as the guest says."""

    def play(self, house: House, attack: Attack) -> Outcome:
        if not self.place.confined:
            house.stage._dispatcher._units = 1 << 40
        return super().play(house, attack)

    def harm(self, outcome: Outcome) -> str | None:
        return "units were counted that there are not" if self._hit - set(range(self._units)) else None


class ClaimedUnits(Covered):
    """Code that never ran is not counted as run."""

    def harm(self, outcome: Outcome) -> str | None:
        return "code that never ran counts as run" if len(self._hit) == self._units else None


class ClaimedLine(PlatformWitness):
    """No crossing names a line that is none of the app's."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._lines: set[str | None] = set()

    def inspect(self, house: House) -> None:
        self._lines = {crossing.decided.line for crossing in house.ledger.crossings}

    def harm(self, outcome: Outcome) -> str | None:
        return "the record names another line" if "src/innocent.py:1" in self._lines else None
