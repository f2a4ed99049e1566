"""``invoke_remote``: the vendor's own back end, which the manifest names under ``remotes``."""

from __future__ import annotations

from typing import Any

from forgesim.sdk.errors import InvalidRemoteError
from forgesim.sdk.fetch import HeadersInit, forge_fetch, make_init, raise_for_proxy
from forgesim.sdk.response import Response

__all__ = ["invoke_remote"]


async def invoke_remote(
    key: str,
    /,
    *,
    path: str,
    method: str = "GET",
    headers: HeadersInit | None = None,
    json: Any = None,
    body: str | bytes | None = None,
) -> Response:
    """Call a remote; the platform adds a token by which it knows the app. A failed call is a response.

    Raises ValueError without a key or a path, InvalidRemoteError where the manifest has no such remote,
    ProxyRequestError where the platform does not pass the request on: a remote needs the operation ``compute``.
    """
    if not key or not path:
        raise ValueError(f"invoke_remote needs a {'path' if key else 'remote key'}")
    response = await forge_fetch({"type": "frc", "remote": key}, path, make_init(method, headers, json, body))
    if response.headers.get("forge-proxy-error") == "INVALID_REMOTE":
        raise InvalidRemoteError(f'Invalid remote key provided: "{key}"', key)
    return raise_for_proxy(response)
