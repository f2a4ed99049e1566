"""The campaign ``egress``: whatever a guest asks for, nothing leaves but to a place that the manifest declares.

A program of ours stands in the app's place, confined, and asks through the seam for URLs that come close to declared
ones; a service behind every host answers with redirects that do. Witnesses: what other HTTP clients make of each
address that was about to leave, the address rule written anew, the kernel, and the order of the ledger.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from forgesim.fuzz.asks import CREDENTIALS, asks
from forgesim.fuzz.campaign import Case, Cut, Finding, pytest_text
from forgesim.fuzz.declared import is_declared
from forgesim.fuzz.notebook import Notebook
from forgesim.ledger.records import Answered, Decided
from forgesim.manifest.model import App
from forgesim.runtime.fuzzing import Connection, Range, Rig, ServiceRequest, program_in
from forgesim.sandbox.host import Sandbox
from forgesim.seam import Answer

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["EgressCampaign"]

REAL_SECONDS = 60.0
_CREDENTIALS = frozenset(name.lower() for name, _ in CREDENTIALS)
_NEVER_SENT = frozenset({"connection", "content-length", "host", "proxy-authorization", "transfer-encoding"})


class EgressCampaign:
    """Attacks the egress of one app, in a process that serves all cases. ``rig``: parts under test."""

    name = "egress"
    cuts: Mapping[str, Cut] = MappingProxyType(dict.fromkeys(("body", "headers", "locations", "url"), "text"))
    fixed = 0
    shrink_s = 10.0

    def __init__(self, app: App, *, sandbox: Sandbox, seed: int = 0, rig: Rig | None = None) -> None:
        self.tried = 0
        self.allowed = 0
        self._app = app
        self._sandbox = sandbox
        self._seed = seed
        self._rig = rig
        self._declared = [entry.address for entry in app.manifest.backend_egress()]
        self._ledger = Notebook()
        self._plans: list[deque[Answer]] = []
        self._orders: list[Decided | None] = []
        self._range = self._open()

    def _open(self) -> Range:
        source = Path(__file__).with_name("asker.py").read_text("utf-8")
        return Range(
            program_in(self._app, source),
            sandbox=self._sandbox,
            ledger=self._ledger,
            seed=self._seed,
            warm=True,
            real_seconds=REAL_SECONDS,
            rig=self._rig,
            service=self._serve,
        )

    def cases(self) -> SearchStrategy[Case]:
        return asks(self._declared)

    def simpler(self, case: Case) -> Iterable[Case]:  # noqa: ARG002
        return ()

    def as_pytest(self, case: Case, finding: Finding) -> str:
        return pytest_text(self._app.path, self.name, case, finding)

    def close(self) -> None:
        self._range.close()

    def attempt(self, case: Case) -> Finding | None:
        self._ledger.clear()
        self._range.connections.clear()
        self._orders.clear()
        self._plans = [
            deque(Answer(ask["status"], b"", (("location", to),)) for to in ask["locations"]) for ask in case
        ]
        try:
            outcome = self._range.call({"asks": case})
        except Exception as error:  # noqa: BLE001 - a host that a guest can make fail is a finding
            self._range.close()
            self._range = self._open()
            return Finding("the host goes on", f"{type(error).__name__}: {error}")
        if not outcome.ok:
            return Finding("every request is answered", f"{outcome.type}: {outcome.message}")
        return self._judge(case, outcome.result)

    def _serve(self, request: ServiceRequest) -> Answer:
        """The service behind every host: the next redirect of the request's plan, else an empty 200."""
        last = self._ledger.records[-1]
        self._orders.append(last if isinstance(last, Decided) else None)
        number = request.headers.get("x-forgesim-ask", "")
        plan = self._plans[int(number)] if number.isdigit() and int(number) < len(self._plans) else None
        return plan.popleft() if plan else Answer(200)

    # --- witnesses ----------------------------------------------------------------------------------------------

    def _judge(self, case: Case, answers: list[list[Any]]) -> Finding | None:
        decided = [record for record in self._ledger.decided() if record.channel == "egress"]
        self.tried += len(decided)
        self.allowed += sum(record.decision.allow for record in decided)
        return (
            self._reached()
            or self._in_order()
            or self._kernel()
            or _on_record(case, answers, decided)
            or _answered(self._ledger)
        )

    def _reached(self) -> Finding | None:
        """What left, and where clients would have taken it."""
        before: Connection | None = None
        for connection in self._range.connections:
            if (finding := _place(connection, self._declared) or _request(connection)) is not None:
                return finding
            if before is not None and (finding := _credentials(before, connection)) is not None:
                return finding
            before = connection
        return None

    def _in_order(self) -> Finding | None:
        """Each request that was carried stands in the ledger, allowed, before it was carried, and was carried once."""
        seen: set[int] = set()
        for connection, last in zip(self._range.connections, self._orders, strict=False):
            if last is None or last.channel != "egress" or not last.decision.allow or last.seq in seen:
                return Finding("recorded before it is performed", f"{connection.href} left without a record of its own")
            seen.add(last.seq)
        return None

    def _kernel(self) -> Finding | None:
        for witness in self._ledger.witnesses():
            if witness.layer == "kernel":
                return Finding("no way but the seam", f"the guest made the call {witness.call} {witness.target or ''}")
        return None


def _place(connection: Connection, declared: list[str]) -> Finding | None:
    places = {name: place for name, place in connection.places.items() if not isinstance(place, str)}
    for client, (host, port) in places.items():
        if not is_declared(host.strip("[]"), port, declared):
            return Finding("only declared places", f"{client} takes {connection.href} to {host}:{port}")
    if len({(host.strip("[]"), port) for host, port in places.values()}) > 1:
        return Finding("one meaning", f"clients take {connection.href} to different places: {places}")
    return None


def _request(connection: Connection) -> Finding | None:
    """An address or header that could become a second request, or say another host."""
    href = connection.href
    if not href.isascii() or any(ord(char) <= 0x20 or char == "\x7f" for char in href) or "\\" in href.split("?")[0]:
        return Finding("one request", f"the address {connection.href!r} does not fit one line")
    for name, value in connection.headers:
        if name.lower() in _NEVER_SENT or any(char in "\r\n\0" for char in name + value):
            return Finding("one request", f"the header {name!r}: {value!r} was about to leave")
    return None


def _credentials(before: Connection, connection: Connection) -> Finding | None:
    """A redirect to another origin carries no credentials. The same request is known by its number."""
    was, now = dict(before.headers), dict(connection.headers)
    number = now.get("x-forgesim-ask")
    if number is None or was.get("x-forgesim-ask") != number or before.places["urllib"] == connection.places["urllib"]:
        return None
    kept = _CREDENTIALS & now.keys()
    return Finding("credentials stay", f"{sorted(kept)} went on to {connection.href}") if kept else None


def _on_record(case: Case, answers: list[list[Any]], decided: list[Decided]) -> Finding | None:
    """Every request that was answered is in the ledger, as asked and in order, as forgesim's own; a refused one was
    told so."""
    if (other := next((record for record in decided if record.cause != "probe"), None)) is not None:
        return Finding("never the app's", f"{other.target} is counted as the app's")
    records = iter(decided)
    for ask, (status, said) in zip(case, answers, strict=True):
        if not isinstance(status, int):
            continue  # it did not fit a frame, and the guest did not send it
        first = next((record for record in records if record.target == ask["url"]), None)
        if first is None:
            return Finding("everything is recorded", f"{ask['url']!r} was answered {status} and is not in the ledger")
        if not first.decision.allow and (status, said) != (403, "BLOCKED_EGRESS"):
            return Finding("refused is refused", f"{ask['url']!r} was refused and answered {status} {said}")
    return None


def _answered(ledger: Notebook) -> Finding | None:
    waiting: dict[int, Decided] = {}
    for record in ledger.records:
        if isinstance(record, Decided) and record.channel == "egress":
            waiting[record.seq] = record
        elif isinstance(record, Answered) and (asked := waiting.pop(record.seq, None)) is not None:
            blocked = record.status == 403 and ("forge-proxy-error", "BLOCKED_EGRESS") in record.headers
            if not asked.decision.allow and not blocked:
                return Finding("refused is refused", f"{asked.target!r} was refused and answered {record.status}")
    left = next(iter(waiting.values()), None)
    return Finding("everything is recorded", f"{left.target!r} has no answer in the ledger") if left else None
