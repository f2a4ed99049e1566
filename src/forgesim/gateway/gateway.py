"""The gateway: identify → decide → record → perform → record. Every crossing of every app passes here, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from types import TracebackType

import msgspec

from forgesim.clock import VirtualClock
from forgesim.decision import Decision, allow, deny
from forgesim.egress.policy import Target, joined, parse_target
from forgesim.egress.subprocessors.service import ServiceEvent
from forgesim.errors import ForgesimError, InternalError
from forgesim.gateway.call import Call, Handler, Invocation, Kind, Performed, Services
from forgesim.gateway.external import External
from forgesim.gateway.faults import TIMEOUT_MS, FaultPlan, failure
from forgesim.gateway.fpp import Fpp
from forgesim.gateway.legacy import legacy
from forgesim.gateway.models import Models
from forgesim.gateway.output import Logs, Outcomes, Unknown
from forgesim.gateway.remotes import Remotes
from forgesim.gateway.storage import Storage
from forgesim.ledger.records import Answered, Decided, Witness
from forgesim.ledger.write import Pen, body_of
from forgesim.seam import Answer, Fetch

__all__ = ["LATENCY_MS", "MAX_REDIRECTS", "TABLE", "Crossed", "Gateway"]

LATENCY_MS: Mapping[str, int] = {
    "kvs": 10, "secret": 10, "entity": 10, "object": 20, "property": 80, "confluence": 80, "jira": 80, "egress": 150,
    "llm": 2000, "queue": 20, "platform": 20, "webtrigger": 20, "log": 0, "result": 0, "error": 0, "kernel": 0,
}  # fmt: skip
"""Virtual milliseconds that a crossing of each channel takes. Our choice: Forge publishes no latencies."""

MAX_REDIRECTS = 20
"""As the fetch standard has it."""

TABLE: Mapping[str, Handler] = {
    "fpp": Fpp(),
    "kvs": Storage(),
    "external": External(),
    "frc": Remotes(),
    "llm": Models(),
    "log": Logs(),
    "result": Outcomes("result"),
    "error": Outcomes("error"),
}
"""Descriptor type → what serves it. A new platform service is one folder and one line here."""

KEPT = allow("service-log")
UNKNOWN = Unknown()
FORGERY = deny("token", "the frame carries another invocation's id or token")
FORGED = Answer(401, b"", (("forge-proxy-error", "INVALID_TOKEN"),))
GONE = deny("uninstalled", "the app is not installed any more")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
OF_THE_BODY = frozenset({
    "content-encoding", "content-language", "content-length", "content-location", "content-type",
})  # fmt: skip


@dataclass(slots=True)
class Crossed:
    """What came of a crossing: its decision, its answer, and how many virtual ms later the answer arrives."""

    decision: Decision
    answer: Answer
    delay_ms: int
    kind: Kind


class Gateway:
    """Decides and records for one stage. Only it and the runtime write the ledger.

    ``sequence`` numbers crossings and witnesses alike, over the whole ledger.
    """

    def __init__(self, *, ledger: Pen, clock: VirtualClock, services: Services, sequence: Callable[[], int]) -> None:
        self.ledger = ledger
        self.clock = clock
        self.services = services
        self.faults = FaultPlan()
        self.next_seq = sequence

    def cross(self, invocation: Invocation, fetch: Fetch, body: bytes) -> Crossed:
        """Serve one request that came in on the socket of ``invocation``'s worker.

        Raises InternalError where a service fails; its crossing has been recorded by then.
        """
        if (before := legacy(fetch, body)) is not None:
            crossed = self.cross(invocation, before.fetch, before.body)
            crossed.answer = before.back(crossed.answer)
            return crossed
        call = Call(fetch, body, invocation, self.clock.now_ms)
        crossed = self._hop(call)
        hops = delay = 0
        while (location := _redirect(crossed, fetch)) is not None and hops < MAX_REDIRECTS:
            hops += 1
            delay += crossed.delay_ms
            call = _follow(call, location, crossed)
            crossed = self._hop(call)
        crossed.delay_ms += delay
        return crossed

    def _hop(self, call: Call) -> Crossed:
        fetch, invocation = call.fetch, call.invocation
        handler = TABLE.get(str(fetch.descriptor.get("type")), UNKNOWN)
        with _Ours("deciding on a crossing"):
            kind = handler.identify(call)
            forged = not _is_genuine(fetch, invocation)
            decision = FORGERY if forged else self._decide(call, kind, handler)
        fault = None
        if handler.answers and decision.allow:
            fault = self.faults.take(kind, fetch.line, invocation.resolver or invocation.function)
        seq = self._decided(call, kind, decision, live=kind.live and decision.allow and fault is None)
        if not handler.answers:
            return Crossed(decision, Answer(204), 0, kind)
        with _Ours(f"performing {kind.channel} {kind.verb}"):
            performed = self._perform(call, kind, decision, handler, fault, forged=forged)
        delay = TIMEOUT_MS if fault == "timeout" else LATENCY_MS[kind.channel]
        delay += performed.aftermath.took_ms
        for event in performed.aftermath.events:
            self._vendor(call, event)
        self._answered(call, seq, delay, performed, fault)
        return Crossed(decision, performed.answer, delay, kind)

    def _perform(
        self, call: Call, kind: Kind, decision: Decision, handler: Handler, fault: str | None, *, forged: bool
    ) -> Performed:
        if fault is not None:
            return Performed(failure(kind, fault))
        if decision.allow:
            return handler.perform(call, kind, self.services)
        if forged:
            return Performed(FORGED)
        answer = handler.refuse(call, kind, decision)
        return Performed(answer, unsupported=(kind.op or kind.target) if answer.status == 501 else None)

    @staticmethod
    def _decide(call: Call, kind: Kind, handler: Handler) -> Decision:
        if handler.answers and not call.invocation.installation.installed:
            return GONE
        return handler.decide(call, kind)

    def _decided(self, call: Call, kind: Kind, decision: Decision, *, live: bool = False) -> int:
        fetch, seq = call.fetch, self.next_seq()
        self.ledger.write(
            Decided(
                run=call.invocation.run,
                inv=call.invocation.id,
                seq=seq,
                at=call.now_ms,
                channel=kind.channel,
                verb=kind.verb,
                target=kind.target,
                op=kind.op,
                op_class=kind.op_class,
                writes=kind.writes,
                acts_as=kind.acts_as,
                account=kind.account,
                headers=tuple(fetch.headers),
                body=body_of(call.body),
                decision=decision,
                line=fetch.line,
                cause="probe" if call.invocation.cause == "probe" else "app",
                live=live,
            )
        )
        self.ledger.flush()
        return seq

    def _vendor(self, call: Call, event: ServiceEvent) -> None:
        """What a vendor's service did while it answered: a line in its log, or a wall met."""
        run, inv = call.invocation.run, call.invocation.id
        seq = self.next_seq()
        if event.kind != "log":
            self.ledger.write(
                Witness(
                    run=run,
                    inv=inv,
                    seq=seq,
                    at=call.now_ms,
                    layer=event.kind,
                    call=event.what,
                    target=event.target,
                    line=event.line,
                )
            )
            return
        self.ledger.write(
            Decided(
                run=run,
                inv=inv,
                seq=seq,
                at=call.now_ms,
                channel="log",
                verb="service",
                target=event.target or "",
                writes=True,
                body=body_of(event.what.encode("utf-8", "backslashreplace")),
                decision=KEPT,
                line=event.line,
            )
        )

    def _answered(self, call: Call, seq: int, delay_ms: int, performed: Performed, fault: str | None) -> None:
        answer = performed.answer
        self.ledger.write(
            Answered(
                run=call.invocation.run,
                inv=call.invocation.id,
                seq=seq,
                at=call.now_ms + delay_ms,
                status=answer.status,
                headers=answer.headers,
                body=body_of(answer.body),
                reads=performed.reads,
                fault=fault,
                unsupported=performed.unsupported,
                live=performed.live,
            )
        )

    def probe(self, invocation: Invocation, fetch: Fetch) -> Decision:
        """Ask what would be decided, record it as forgesim's own probe, and perform nothing."""
        call = Call(fetch, b"", invocation, self.clock.now_ms)
        handler = TABLE.get(str(fetch.descriptor.get("type")), UNKNOWN)
        kind = handler.identify(call)
        decision = handler.decide(call, kind)
        self._decided(call, kind, decision)
        return decision


class _Ours:
    """What breaks in here is a bug of forgesim, not of the app: the caller gets it as one."""

    __slots__ = ("_doing",)

    def __init__(self, doing: str) -> None:
        self._doing = doing

    def __enter__(self) -> None:
        """Nothing to begin: each crossing comes through here twice, so this is no generator."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, ForgesimError):
            raise InternalError.of(error, self._doing) from error


def _is_genuine(fetch: Fetch, invocation: Invocation) -> bool:
    return fetch.inv == invocation.id and compare_digest(fetch.token.encode(), invocation.token.encode())


def _redirect(crossed: Crossed, fetch: Fetch) -> str | None:
    if crossed.kind.channel != "egress" or crossed.answer.status not in REDIRECTS or not crossed.decision.allow:
        return None
    if fetch.descriptor.get("type") != "external" or fetch.descriptor.get("redirect", "follow") != "follow":
        return None
    return next((value for name, value in crossed.answer.headers if name.lower() == "location"), None)


def _follow(call: Call, location: str, crossed: Crossed) -> Call:
    """The next hop, as the fetch standard has it: when the method becomes GET, the body and its headers go; and
    credentials stay with the origin that they were meant for."""
    asked, status = call.fetch.method.upper(), crossed.answer.status
    url = joined(call.fetch.path, location)
    becomes_get = (status == 303 and asked not in ("GET", "HEAD")) or (status in (301, 302) and asked == "POST")
    method, body = ("GET", b"") if becomes_get else (call.fetch.method, call.body)
    drop = (OF_THE_BODY if becomes_get else frozenset()) | (
        frozenset() if _origin(url) == _origin(call.fetch.path) else CREDENTIALS
    )
    headers = [(name, value) for name, value in call.fetch.headers if name.lower() not in drop]
    fetch = msgspec.structs.replace(call.fetch, path=url, method=method, headers=headers)
    return Call(fetch, body, call.invocation, call.now_ms + crossed.delay_ms)


def _origin(url: str) -> tuple[str, str, int] | None:
    target = parse_target(url)
    return (target.scheme, target.host, target.port) if isinstance(target, Target) else None
