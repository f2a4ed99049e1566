"""Endpoints: the platform itself calls the vendor's back end, where no function runs.

What a front end, an event or a schedule sends is recorded and judged as any egress. The token tells more than that of a
function's call: where a front end asks, who asks, and what of the site is on the screen (Forge documentation, "Forge
Remote essentials"). That is content and a person too, so the record has it among the headers, as ``fit.principal`` and
``fit.context.extension.…``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from forgesim.gateway.call import Call, Kind, Performed, Relayed, Services
from forgesim.gateway.remotes import Remotes, written
from forgesim.manifest.remotes import remotes_of

__all__ = ["ENDPOINT", "Endpoints"]

ENDPOINT: Final = "endpoint"
"""Descriptor type of these calls. Ours; a guest that uses it is not understood."""


class Endpoints(Remotes):
    """One call of an endpoint. No operation of the remote's is asked for: ``compute`` is for functions."""

    def identify(self, call: Call) -> Kind:
        relayed = _relayed(call)
        key = relayed.endpoint.remote
        remote = remotes_of(call.invocation.installation.app.manifest.data).get(key)
        kind = self.kind(call, key, remote, lacks=None)
        kind.told = tuple(_told(relayed.claims))
        return kind

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        adds = _relayed(call).adds
        if adds:
            said = msgspec.json.decode(call.body)
            body = msgspec.json.encode({**said, "payload": {**said["payload"], **adds}})
            call = Call(call.fetch, body, call.invocation, call.now_ms)
        return super().perform(call, kind, services)

    def added(self, call: Call, services: Services) -> dict[str, str]:
        relayed = _relayed(call)
        return written(call, services, relayed.endpoint, relayed.module, relayed.claims)


def _relayed(call: Call) -> Relayed:
    assert call.invocation.relayed is not None, "the gateway hands on no other"
    return call.invocation.relayed


def _told(claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Who asks, and what the browser says of where; not which site and module that is, which say nothing of either."""
    if "principal" in claims:
        yield "fit.principal", str(claims["principal"])
    extension = claims.get("context", {}).get("extension", {})
    yield from _leaves("fit.context.extension", {name: said for name, said in extension.items() if name != "type"})


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """``("fit.context.extension.content.id", "41")`` for each leaf."""
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _leaves(f"{name}.{part}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(f"{name}.{number}", inner)
    elif value is not None:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)
