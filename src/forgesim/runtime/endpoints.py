"""Calls of endpoints: what the platform sends to a remote in the place of running a function, and on whose behalf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forgesim.gateway.call import Installation, Invocation, Relayed
from forgesim.manifest.model import Manifest, Module
from forgesim.manifest.remotes import Endpoint, endpoint_of, endpoints_of, relayed
from forgesim.platform.remote.limits import EVENT_S, FRONT_END_S
from forgesim.runtime.ask import Ask
from forgesim.runtime.context import arguments, seen
from forgesim.runtime.relay import Relay, event_request, front_end_request
from forgesim.runtime.task import Task

__all__ = ["called", "relay_task", "runs"]

_OF_THE_TOKEN = ("localId", "cloudId", "moduleKey", "siteUrl", "extension")
"""Members of a front end's context that the token has (Forge documentation, "Forge Remote essentials")."""

_OF_THE_PLATFORM = ("context", "contextToken", "retryContext")
"""Members of events and schedules that are about none: site and module, and how sending them went before."""


def called(manifest: Manifest) -> frozenset[str]:
    """Keys of the endpoints that calls are made of."""
    endpoints = endpoints_of(manifest.data)
    return frozenset(key for module in manifest.modules if (key := relayed(module, endpoints)) is not None)


def runs(module: Module, manifest: Manifest) -> str | None:
    """What an event or a schedule runs of a module: its function, or the endpoint that is called in its place."""
    return module.function if module.function is not None else relayed(module, endpoints_of(manifest.data))


def relay_task(installation: Installation, invocation: Invocation, ask: Ask, said: Mapping[str, Any]) -> Task:
    """The call of an endpoint, for the dispatcher. ``said``: what the browser says of where a front end calls from.
    Raises InputError where a front end's call is none."""
    endpoint = endpoints_of(installation.app.manifest.data)[ask.name]
    if ask.cause == "user":
        request, seconds = front_end_request(endpoint.key, ask.payload), FRONT_END_S
        invocation.relayed = _of_front_end(installation, endpoint, ask, said)
    else:
        event, *_ = arguments(
            installation, function=ask.name, resolver=None, payload=ask.payload, user=None, module=ask.module
        )
        adds = {name: event.pop(name) for name in _OF_THE_PLATFORM if name in event}
        request, seconds = event_request(endpoint.path, event), EVENT_S
        invocation.relayed = Relayed(endpoint=endpoint, module=("core:endpoint", endpoint.key), adds=adds)
    invocation.deadline_ms = invocation.opened_ms + seconds * 1000
    return Task(
        invocation=invocation,
        worker=Relay(request),
        arguments=[],
        input=ask.payload,
        seed=0,
        context=ask.context,
        step=ask.step,
        sent=ask.sent,
        ready=True,
    )


def _of_front_end(installation: Installation, endpoint: Endpoint, ask: Ask, said: Mapping[str, Any]) -> Relayed:
    """The module of the key that the browser says, else the first whose resolver the endpoint is."""
    found = [each for each in installation.app.manifest.modules if endpoint_of(each) == endpoint.key]
    named = [each for each in found if each.key == said.get("moduleKey")]
    module = (named or found)[0]
    told = seen(installation, module.type, module.key, ask.user, said)
    claims: dict[str, Any] = {"context": {name: told[name] for name in _OF_THE_TOKEN}}
    if ask.user is not None:
        claims["principal"] = ask.user
    kind = "xen:macro" if module.type == "macro" else module.type
    return Relayed(endpoint=endpoint, module=(kind, module.key), claims=claims)
