"""Sends an allowed request to the host that was decided on, and hands back one answer.

Simulated, which is all that happens unless a person asks for more: a request ends in a service of this process and
opens no socket (urllib3, which requests imports, binds one loopback socket at import to see whether IPv6 is there).
Live, for hosts that a person has named: a request really leaves the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from forgesim.egress.failures import blocked_answer
from forgesim.egress.headers import clean_headers, is_token
from forgesim.egress.live import Connector, Sent
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
from forgesim.errors import InternalError
from forgesim.seam import MAX_BODY, Answer

if TYPE_CHECKING:
    from forgesim.egress.transport import SimulatedTransport

__all__ = ["Broker", "blocked_answer", "clean_headers"]

METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Broker:
    """Answers requests to declared hosts from ``services``: host as trust.yml has it (``*.x.com`` too) →
    service; ``live``, where there is one, takes requests out of the machine. ``transport`` carries simulated ones;
    it is made at the first of them where none is given."""

    def __init__(
        self,
        services: Mapping[str, SimulatedService],
        live: Connector | None = None,
        transport: SimulatedTransport | None = None,
    ) -> None:
        self._services = services
        self._live = live
        self._transport = transport

    def send(self, method: str, target: Target, headers: Iterable[tuple[str, str]], body: bytes, now_ms: int) -> Answer:
        """One hop to ``target``; a redirect is handed back as it is. ``now_ms`` is the virtual time.

        400 where the request cannot be put into HTTP; 501 by name where nothing simulated answers: a host
        without a service, another method, wss. 502 where the answer would not fit a frame of the seam.
        """
        method = method.upper()
        clean = _sendable(method, target, headers)
        if isinstance(clean, Answer):
            return clean
        request = ServiceRequest(method, target.host, target.path, target.query, clean, body, now_ms)
        answer = self._transported().send(target.href, request, self._service(target.host))
        if len(answer.body) > MAX_BODY:
            return json_answer(502, {"code": "ANSWER_TOO_LARGE", "message": f"more than {MAX_BODY} bytes"})
        return answer

    def send_live(self, method: str, target: Target, headers: Iterable[tuple[str, str]], body: bytes) -> Sent:
        """One hop out of the machine; a redirect is handed back as it is. 400 and 501 as simulated requests have them.

        Raises InternalError where live egress is off, or not for this host.
        """
        if self._live is None:
            raise InternalError(f"a request to {target.host} was to leave the machine, and live egress is off")
        method = method.upper()
        clean = _sendable(method, target, headers)
        if isinstance(clean, Answer):
            return Sent(answer=clean)
        try:
            return self._live.send(method, target, clean, body)
        except ValueError as error:
            return Sent(answer=_bad_header(error))

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


def _sendable(method: str, target: Target, headers: Iterable[tuple[str, str]]) -> dict[str, str] | Answer:
    """The clean headers of a request, or the answer to one that is sent nowhere."""
    if method not in METHODS:
        if not is_token(method):
            return json_answer(400, {"code": "INVALID_METHOD", "message": "a method is one word"})
        return not_emulated(f"method {method[:40]}")
    if target.scheme != "https":
        return not_emulated(f"{target.scheme}://{target.host}")
    try:
        return clean_headers(headers)
    except ValueError as error:
        return _bad_header(error)


def _bad_header(error: ValueError) -> Answer:
    return json_answer(400, {"code": "INVALID_HEADER", "message": str(error)})
