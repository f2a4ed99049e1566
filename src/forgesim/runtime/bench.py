"""Putting an app's own requests to a vendor's service by itself, away from any installation."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from forgesim.decision import Decision
from forgesim.egress.policy import parse_target
from forgesim.egress.subprocessors.aws import AwsLambda
from forgesim.egress.subprocessors.service import ServiceRequest
from forgesim.ledger.records import Body, Decided, Record
from forgesim.manifest.model import Subprocessor
from forgesim.runtime.runner import ServiceRunner
from forgesim.seam import Answer

__all__ = ["Requests", "ServiceRequest", "serve_afresh"]


class Requests:
    """A pen that keeps the app's own requests to some hosts and drops the rest."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts
        self.found: list[ServiceRequest] = []

    def write(self, record: Record) -> None:
        if not isinstance(record, Decided) or record.channel != "egress" or not record.decision.allow:
            return
        if record.decision.rule == "remote":
            return  # the token that came with it is in no record, and a service asks for it
        target = parse_target(record.target)  # as the broker had it
        if isinstance(target, Decision) or target.host not in self._hosts:
            return
        headers = {name.lower(): value for name, value in record.headers}
        body = _bytes(record.body)
        self.found.append(ServiceRequest(record.verb, target.host, target.path, target.query, headers, body, record.at))

    def flush(self) -> None:
        """Nothing to hand on."""


def _bytes(body: Body | None) -> bytes:
    if body is None:
        return b""
    return body.text.encode() if body.text is not None else base64.b64decode(body.base64 or "")


def serve_afresh(
    runner: ServiceRunner, party: Subprocessor, requests: Sequence[ServiceRequest], *, at: int = 0
) -> list[Answer]:
    """The answers of a service whose process, where the runner keeps one, begins with the first of these requests.
    ``at``: how many requests other processes have served before, as their numbers tell."""
    runner.forget()
    service = party.service
    function = AwsLambda(
        runner,
        handler=str(service.get("handler", "")),
        region=str(service.get("region", "us-east-1")),
        served=at,
    )
    return [function.answer(request) for request in requests]
