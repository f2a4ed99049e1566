"""Sends an allowed request to the host that was decided on, and hands back one answer.

There is one mode, simulated: every request ends in a service of this process, and no request opens a socket
(urllib3, which requests imports, binds one loopback socket at import to see whether IPv6 is there).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from forgesim.decision import Decision
from forgesim.egress.policy import Target
from forgesim.egress.subprocessors.service import (
    Aftermath,
    ServiceRequest,
    SimulatedService,
    Unsupported,
    Watched,
    json_answer,
    not_emulated,
)
from forgesim.seam import MAX_BODY, Answer

if TYPE_CHECKING:
    from forgesim.egress.transport import SimulatedTransport

__all__ = ["Broker", "blocked_answer", "clean_headers"]

METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_NOT_THE_GUESTS: Final = frozenset({
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
"""Headers of the connection (RFC 9110, 7.6.1) and those that say where a request goes and how long it is."""


def blocked_answer(decision: Decision) -> Answer:  # noqa: ARG001
    """What the app gets where egress is refused: 403 with ``forge-proxy-error: BLOCKED_EGRESS`` and no
    body.

    Measured by a public project, 2026-10; the documentation does not say. The reason is in the ledger, not
    here.
    """
    return Answer(403, b"", (("forge-proxy-error", "BLOCKED_EGRESS"),))


def clean_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The guest's headers, names in lower case and repeated ones joined, without those that are not its to
    say.

    Raises ValueError where a name or value cannot stand in a request, line breaks above all.
    """
    given = [(name.lower(), value) for name, value in headers]
    for name, value in given:
        if _TOKEN.fullmatch(name) is None or _VALUE.fullmatch(value) is None:
            raise ValueError(f"the header {name[:80]!r} cannot be sent")
    named = {part.strip().lower() for name, value in given if name == "connection" for part in value.split(",")}
    clean: dict[str, str] = {}
    for name, value in given:
        if name not in _NOT_THE_GUESTS and name not in named:
            clean[name] = f"{clean[name]}, {value}" if name in clean else value
    return clean


class Broker:
    """Answers requests to declared hosts from ``services``: host as trust.yml has it (``*.x.com`` too) →
    service. ``transport`` carries them; made at the first request where none is given."""

    def __init__(self, services: Mapping[str, SimulatedService], transport: SimulatedTransport | None = None) -> None:
        self._services = services
        self._transport = transport

    def send(self, method: str, target: Target, headers: Iterable[tuple[str, str]], body: bytes, now_ms: int) -> Answer:
        """One hop to ``target``; a redirect is handed back as it is. ``now_ms`` is the virtual time.

        400 where the request cannot be put into HTTP; 501 by name where nothing simulated answers: a host
        without a service, another method, wss. 502 where the answer would not fit a frame of the seam.
        """
        method = method.upper()
        if method not in METHODS:
            if _TOKEN.fullmatch(method) is None:
                return json_answer(400, {"code": "INVALID_METHOD", "message": "a method is one word"})
            return not_emulated(f"method {method[:40]}")
        if target.scheme != "https":
            return not_emulated(f"{target.scheme}://{target.host}")
        try:
            clean = clean_headers(headers)
        except ValueError as error:
            return json_answer(400, {"code": "INVALID_HEADER", "message": str(error)})
        request = ServiceRequest(method, target.host, target.path, target.query, clean, body, now_ms)
        answer = self._transported().send(target.href, request, self._service(target.host))
        if len(answer.body) > MAX_BODY:
            return json_answer(502, {"code": "ANSWER_TOO_LARGE", "message": f"more than {MAX_BODY} bytes"})
        return answer

    def aftermath(self, target: Target) -> Aftermath:
        """What the last request to ``target`` brought about at the vendor's, handed out once."""
        service = self._service(target.host)
        return service.aftermath() if isinstance(service, Watched) else Aftermath()

    def _service(self, host: str) -> SimulatedService:
        found = self._services.get(host)
        below = host
        while found is None and "." in below:
            below = below.partition(".")[2]
            found = self._services.get("*." + below)
        return found or Unsupported(f"host {host}")

    def _transported(self) -> SimulatedTransport:
        if self._transport is None:
            from forgesim.egress.transport import SimulatedTransport

            self._transport = SimulatedTransport()
        return self._transport
