"""The one function through which an app affects anything: ``forge_fetch``, Forge's ``__forge_fetch__``.

It holds no authority: it hands a descriptor to the transport that the guest has set, and the platform decides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from forgesim.sdk.errors import NeedsAuthenticationError, NotRunningError, ProxyRequestError
from forgesim.sdk.response import Response
from forgesim.sdk.wire import encode

__all__ = [
    "HeadersInit",
    "Init",
    "Transport",
    "forge_fetch",
    "make_init",
    "raise_for_proxy",
    "send_log",
    "set_transport",
]

HeadersInit = Mapping[str, str] | Iterable[tuple[str, str]]


class Init(msgspec.Struct, frozen=True):
    """The second half of a request: method, headers as pairs, body as bytes."""

    method: str = "GET"
    headers: list[tuple[str, str]] = []
    body: bytes = b""


_GET = Init()


class Transport(Protocol):
    """What carries a request to the platform; the guest has the only one."""

    def fetch(self, descriptor: dict[str, Any], path: str, init: Init) -> Awaitable[Response]:
        """Queue a request now; what it returns resolves to the response."""

    def log(self, level: str, text: str) -> None:
        """Queue one log line; nothing answers it."""

    def app_context(self) -> Mapping[str, Any]:
        """What the platform tells of the running invocation."""


_transport: Transport | None = None


def set_transport(transport: Transport) -> None:
    """Connect the SDK to the platform. Raises RuntimeError the second time: an app cannot replace it."""
    global _transport  # noqa: PLW0603 -- set once by the guest, before any app code
    if _transport is not None:
        raise RuntimeError("the transport is set already")
    _transport = transport


def transport() -> Transport:
    """The transport of this process. Raises NotRunningError outside a guest."""
    if _transport is None:
        raise NotRunningError
    return _transport


def forge_fetch(descriptor: dict[str, Any], path: str, init: Init = _GET) -> Awaitable[Response]:
    """Ask the platform for something. Errors of the platform are responses, never exceptions, on this level.

    Raises NotRunningError outside a guest, ValueError where the request is over the size of a frame.
    """
    if _transport is None:
        raise NotRunningError
    return _transport.fetch(descriptor, path, init)


def send_log(level: str, text: str) -> bool:
    """Write one log line; False where no platform listens."""
    if _transport is None:
        return False
    _transport.log(level, text)
    return True


def make_init(method: str, headers: HeadersInit | None, json: Any, body: str | bytes | None) -> Init:
    """An Init from the keywords that all request functions share. ``json`` sets ``content-type``.

    Raises TypeError where both ``json`` and ``body`` are given, ValueError for a header with a line break.
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers) if headers else []
    for name, value in pairs:
        if any(char in "\r\n\0" for char in f"{name}{value}"):
            raise ValueError(f"header {name!r} holds a line break")
    if json is not None:
        if body is not None:
            raise TypeError("give json= or body=, not both")
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.append(("content-type", "application/json"))
        return Init(method, pairs, encode(json))
    return Init(method, pairs, body.encode() if isinstance(body, str) else bytes(body or b""))


def raise_for_proxy(response: Response) -> Response:
    """The response, unless the platform marked it ``forge-proxy-error``, whatever its status."""
    code = response.headers.get("forge-proxy-error")
    if code is None:
        return response
    if code == "NEEDS_AUTHENTICATION_ERR":
        raise NeedsAuthenticationError("Authentication Required", "atlassian-token-service-key")
    raise ProxyRequestError(response.status, code)
