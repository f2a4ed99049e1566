"""``remotes`` of manifest.yml as the platform needs them when a function calls one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["COMPUTE", "Remote", "acting", "remotes_of"]

COMPUTE: Final = "compute"
"""The operation that a function's call needs (Forge documentation, "Invoke Remote API")."""


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


def acting(data: Mapping[str, Any]) -> list[str]:
    """Keys of the remotes that get tokens, by which they act at Atlassian out of this platform's sight."""
    return [remote.key for remote in remotes_of(data).values() if remote.app_token or remote.user_token]


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
