"""Which simulated service stands behind which host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from forgesim.egress.subprocessors.posthog import PostHog
from forgesim.egress.subprocessors.service import SimulatedService, Unsupported

if TYPE_CHECKING:
    from forgesim.manifest.model import Subprocessor

__all__ = ["build"]

_KINDS: Mapping[str, Callable[[], SimulatedService]] = {"posthog": PostHog}
"""``service.kind`` in trust.yml → its simulation. A new service is one module and one line here."""


def build(subprocessors: Iterable[Subprocessor]) -> dict[str, SimulatedService]:
    """Host → service, new ones each time; the hosts of one subprocessor share one service.

    A kind that forgesim does not emulate becomes a service that answers 501 with its name.
    """
    services: dict[str, SimulatedService] = {}
    for subprocessor in subprocessors:
        kind = str(subprocessor.service.get("kind"))
        make = _KINDS.get(kind)
        service = Unsupported(f"service kind {kind}") if make is None else make()
        services.update((host.lower(), service) for host in subprocessor.hosts)
    return services
