"""``remotes`` and ``endpoint`` of manifest.yml as the platform needs them: when a function calls a remote, and when one
answers in a function's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from forgesim.manifest.model import Module

__all__ = ["COMPUTE", "Endpoint", "Remote", "acting", "endpoint_of", "endpoints_of", "relayed", "remotes_of"]

COMPUTE: Final = "compute"
"""The operation that a function's call needs (Forge documentation, "Invoke Remote API")."""
_BY_ITSELF: Final = frozenset({"trigger", "scheduledTrigger"})
"""Modules whose requests to an endpoint are documented, besides those of a front end (Forge documentation, "Forge
Remote essentials"): what a consumer, a web trigger, an action or a removal would send is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """``urls``: ``default``, and realms with an address of their own; none where the customer configures it.
    ``app_token`` and ``user_token``: whether calls carry one, by which the remote acts at Atlassian itself."""

    key: str
    urls: Mapping[str, str]
    operations: frozenset[str]
    app_token: bool
    user_token: bool

    def url(self, realm: str) -> str | None:
        """The base URL for an installation whose data is in ``realm``."""
        return self.urls.get(realm, self.urls.get("default"))


def remotes_of(data: Mapping[str, Any]) -> dict[str, Remote]:
    """Key → remote, of a manifest as JSON values. What is no remote is left out: reading the file has told of it."""
    listed = data.get("remotes")
    found = (_remote(each) for each in listed if isinstance(each, Mapping)) if isinstance(listed, list) else ()
    return {remote.key: remote for remote in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What a remote answers. ``path``: its route, which events and schedules go to and front ends do not need.
    ``app_token`` and ``user_token``: whether a request carries one, by which the remote acts at Atlassian itself."""

    key: str
    remote: str
    path: str
    app_token: bool
    user_token: bool


def endpoints_of(data: Mapping[str, Any]) -> dict[str, Endpoint]:
    """Key → endpoint that a remote answers, of a manifest as JSON values; those of containers are none."""
    modules = data.get("modules")
    listed = modules.get("endpoint") if isinstance(modules, Mapping) else None
    found = (each for each in listed if isinstance(each, Mapping)) if isinstance(listed, list) else ()
    return {str(each.get("key")): _endpoint(each) for each in found if isinstance(each.get("remote"), str)}


def endpoint_of(module: Module) -> str | None:
    """The endpoint that answers in a function's place: the module's own, or that of its resolver."""
    resolver = module.data.get("resolver")
    found = module.data.get("endpoint") or (resolver.get("endpoint") if isinstance(resolver, Mapping) else None)
    return found if isinstance(found, str) else None


def relayed(module: Module, endpoints: Mapping[str, Endpoint]) -> str | None:
    """The endpoint of a module whose requests to it are emulated, those of its front end included; null for others."""
    endpoint = endpoints.get(endpoint_of(module) or "")
    if endpoint is None:
        return None
    emulated = endpoint.path if module.type in _BY_ITSELF else "endpoint" not in module.data
    return endpoint.key if emulated else None


def acting(data: Mapping[str, Any]) -> list[str]:
    """Keys of the remotes that get tokens, by which they act at Atlassian out of this platform's sight."""
    holders = {remote.key: remote for remote in remotes_of(data).values() if remote.app_token or remote.user_token}
    told = [each.remote for each in endpoints_of(data).values() if each.app_token or each.user_token]
    return list(dict.fromkeys([*holders, *told]))


def _endpoint(data: Mapping[str, Any]) -> Endpoint:
    route = data.get("route")
    return Endpoint(
        key=str(data.get("key")),
        remote=str(data["remote"]),
        path=str(route.get("path", "")) if isinstance(route, Mapping) else "",
        app_token=_is_enabled(data, "appSystemToken"),
        user_token=_is_enabled(data, "appUserToken"),
    )


def _remote(data: Mapping[str, Any]) -> Remote:
    base, operations = data.get("baseUrl"), data.get("operations")
    urls = base if isinstance(base, Mapping) else {} if base is None else {"default": base}
    return Remote(
        key=str(data.get("key", "")),
        urls={} if "configurable" in data else {str(realm): str(url) for realm, url in urls.items()},
        operations=frozenset(map(str, operations)) if isinstance(operations, list) else frozenset(),
        app_token=_is_enabled(data, "appSystemToken"),
        user_token=_is_enabled(data, "appUserToken"),
    )


def _is_enabled(data: Mapping[str, Any], token: str) -> bool:
    auth = data.get("auth")
    found = auth.get(token) if isinstance(auth, Mapping) else None
    return isinstance(found, Mapping) and found.get("enabled") is True
