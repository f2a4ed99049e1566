"""Which simulated service stands behind which host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from forgesim.egress.subprocessors.aws import AwsLambda, Runner
from forgesim.egress.subprocessors.posthog import PostHog
from forgesim.egress.subprocessors.service import SimulatedService, Unsupported

if TYPE_CHECKING:
    from forgesim.manifest.model import Subprocessor

__all__ = ["build"]

Make = Callable[[Mapping[str, Any], Runner | None], SimulatedService]


def _aws_lambda(service: Mapping[str, Any], runner: Runner | None) -> SimulatedService:
    if runner is None:
        return Unsupported("service kind aws-lambda without a runner")
    handler, region = str(service.get("handler", "")), str(service.get("region", "us-east-1"))
    return AwsLambda(runner, handler=handler, region=region)


_KINDS: Mapping[str, Make] = {"posthog": lambda *_: PostHog(), "aws-lambda": _aws_lambda}
"""``service.kind`` in trust.yml → its simulation. A new service is one module and one line here."""


def _unsaid(subprocessor: Subprocessor) -> str:
    hosts = ", ".join(subprocessor.hosts)
    return f"what answers at {hosts}: trust.yml names no service there (kind: {' or '.join(_KINDS)})"


def build(subprocessors: Iterable[Subprocessor], runner: Runner | None = None) -> dict[str, SimulatedService]:
    """Host → service, new ones each time; the hosts of one subprocessor share one service. ``runner`` runs the code of
    vendors whose service is their own.

    A subprocessor without a service, or with a kind that forgesim does not emulate, becomes a service that answers 501
    and says so.
    """
    services: dict[str, SimulatedService] = {}
    for subprocessor in subprocessors:
        kind = subprocessor.service.get("kind")
        make = _KINDS.get(str(kind))
        unknown = f"service kind {kind}" if kind is not None else _unsaid(subprocessor)
        service = Unsupported(unknown) if make is None else make(subprocessor.service, runner)
        services.update((host.lower(), service) for host in subprocessor.hosts)
    return services
