"""Live egress: requests to hosts that a person has named really leave the machine. Off unless asked for.

A host is looked up once a run, and every request of the run goes to what was found then, over a connection of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep as real_sleep
from typing import TYPE_CHECKING

from forgesim.egress.address import literal_address
from forgesim.egress.deadline import Deadline, Pace, real_now
from forgesim.egress.failures import LiveError, failed_answer
from forgesim.egress.live_limits import (
    ATTEMPT_S,
    BURST,
    CONNECT_S,
    LOOKUP_S,
    MAX_ADDRESSES,
    PER_SECOND,
    REQUEST_S,
    RUN_S,
)
from forgesim.egress.pinned import pinned
from forgesim.egress.policy import Target, parse_target
from forgesim.errors import InputError, InternalError, Problem
from forgesim.seam import Answer

if TYPE_CHECKING:
    from forgesim.egress.dial import Plain, Trust
    from forgesim.egress.exchange import Exchange

__all__ = ["Connector", "LiveEgress", "LookUp", "Sent", "host_name"]

LookUp = Callable[[str, float], Sequence[str]]
"""Host and seconds → its addresses as texts; raises LiveError."""


def host_name(text: str) -> str:
    """A host as the policy writes it. Raises InputError for anything but one public name: no wildcard, scheme, port,
    path or address."""
    target = parse_target(f"https://{text}/")
    plain = text.lower().removesuffix(".")
    if isinstance(target, Target) and target.host == plain and literal_address(plain) is None:
        return plain
    raise InputError(
        Problem(what=f"--live-egress {text!r} is no host name", hint="write one public name, as us.i.posthog.com")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEgress:
    """Which hosts are live, and what a person has opened for that.

    ``allow_loopback`` lets names lead to 127.0.0.0/8 and ::1; ``authorities`` is a PEM file of certificates to trust
    beside the system's. ``look_up``, ``request_s`` and ``run_s`` are the system's resolver and the documented limits.
    """

    hosts: frozenset[str]
    allow_loopback: bool = False
    authorities: Path | None = None
    look_up: LookUp | None = None
    request_s: float = REQUEST_S
    run_s: float = RUN_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of a live request: ``peer`` is the address that it was sent to (``203.0.113.7:443``, null where none
    was reached), ``tls`` the protocol, ``error`` why there is no answer of the host's own."""

    answer: Answer
    peer: str | None = None
    tls: str | None = None
    error: str | None = None


@dataclass(slots=True)
class _Way:
    """How far a request has come."""

    peer: str | None = None
    tls: str | None = None


@dataclass(slots=True, kw_only=True)
class Connector:
    """Sends the live requests of one run, one by one. ``now`` and ``sleep`` are real time's."""

    live: LiveEgress
    now: Callable[[], float] = real_now
    sleep: Callable[[float], None] = real_sleep
    _spent: float = 0.0
    _paces: dict[str, Pace] = field(default_factory=dict)
    _found: dict[str, tuple[str, ...] | LiveError] = field(default_factory=dict)
    _trust: Trust | None = None

    def send(self, method: str, target: Target, headers: dict[str, str], body: bytes) -> Sent:
        """One request to a live host, and its answer or what stands for it. ``headers`` are clean; nothing is followed,
        kept or read from the environment.

        Raises ValueError where the request cannot be put into HTTP, InternalError for a host that is not live: nothing
        leaves then.
        """
        if target.host not in self.live.hosts or target.scheme != "https":
            raise InternalError(f"a request to {target.host} was about to leave the machine")
        from forgesim.egress.exchange import Exchange

        exchange = Exchange(method, target, headers, body)
        way, begun = _Way(), self.now()
        try:
            answer = self._send(way, target, exchange)
        except LiveError as error:
            return Sent(answer=failed_answer(error), peer=way.peer, tls=way.tls, error=str(error))
        finally:
            self._spent += self.now() - begun
        return Sent(answer=answer, peer=way.peer, tls=way.tls)

    def _send(self, way: _Way, target: Target, exchange: Exchange) -> Answer:
        from forgesim.egress.dial import secure

        left = self.live.run_s - self._spent
        if left <= 0:
            raise LiveError("ERR_LIFETIME_EXP", f"live egress has taken its {self.live.run_s:g} real s of this run")
        deadline = Deadline(min(self.live.request_s, left), self.now)
        self._await_turn(target.host, deadline)
        addresses = self._addresses(target.host, deadline)
        connecting = Deadline(min(CONNECT_S, deadline.left()), self.now)
        plain, way.peer = self._connect(target, addresses, connecting)
        with plain:  # which holds nothing any more once TLS has taken it over
            line = secure(plain, target.host, self._trusted(), connecting.left())
        try:
            way.tls = line.tls
            return exchange.over(line, deadline)
        finally:
            line.close()

    def _await_turn(self, host: str, deadline: Deadline) -> None:
        """Wait as long as the host's pace asks, or give up at once where that is longer than there is time."""
        pace = self._paces.setdefault(host, Pace(BURST, PER_SECOND, self.now))
        wait = pace.take()
        if wait > deadline.left():
            raise LiveError("ERR_READ_TIMEOUT", f"too many requests to {host} are waiting for their turn")
        if wait > 0:
            self.sleep(wait)

    def _addresses(self, host: str, deadline: Deadline) -> tuple[str, ...]:
        """What one look-up found; a refusal stands for the run too, and only a look-up that failed is made again."""
        found = self._found.get(host)
        if found is None:
            seconds = min(LOOKUP_S, deadline.left())
            try:
                found = pinned(host, self._looked_up(host, seconds), allow_loopback=self.live.allow_loopback)
            except LiveError as error:
                if error.code != "BLOCKED_EGRESS":
                    raise
                found = error
            self._found[host] = found
        if isinstance(found, LiveError):
            raise LiveError(found.code, found.says)
        return found

    def _looked_up(self, host: str, seconds: float) -> Sequence[str]:
        if self.live.look_up is not None:
            return self.live.look_up(host, seconds)
        from forgesim.egress.dial import look_up

        return look_up(host, seconds)

    @staticmethod
    def _connect(target: Target, addresses: Sequence[str], connecting: Deadline) -> tuple[Plain, str]:
        """A connection to the first of the addresses that takes one, and to which."""
        from forgesim.egress.dial import connect

        why = "no answer in time"
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return connect(address, target.port, min(ATTEMPT_S, connecting.left()))
            except LiveError:
                break
            except OSError as error:
                why = error.strerror or "no answer in time"
        raise LiveError("ERR_CONNECT_FAIL", f"no connection to {target.host}: {why}")

    def _trusted(self) -> Trust:
        if self._trust is None:
            from forgesim.egress.dial import trusting

            self._trust = trusting(self.live.authorities)
        return self._trust
