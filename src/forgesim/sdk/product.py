"""``api``: product requests as the user or as the app, and external fetch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forgesim.sdk.fetch import HeadersInit, forge_fetch, make_init, raise_for_proxy, transport
from forgesim.sdk.response import Response
from forgesim.sdk.routes import Route

__all__ = ["Api", "ProductApi", "api"]


class ProductApi:
    """Requests with one identity. ``provider`` is user, app or none; ``account_id`` impersonates a user offline."""

    __slots__ = ("_account_id", "_provider")

    def __init__(self, provider: str, account_id: str | None = None) -> None:
        self._provider = provider
        self._account_id = account_id

    async def request_confluence(
        self,
        path: Route,
        /,
        *,
        method: str = "GET",
        headers: HeadersInit | None = None,
        json: Any = None,
        body: str | bytes | None = None,
    ) -> Response:
        """Call Confluence's REST API, ``/wiki/…``. A failed call is a response; see ``ok`` and ``status``.

        Raises TypeError where ``path`` is no Route, ProxyRequestError or NeedsAuthenticationError where the platform
        does not pass the request on.
        """
        return await self._request("confluence", path, method, headers, json, body)

    async def request_jira(
        self,
        path: Route,
        /,
        *,
        method: str = "GET",
        headers: HeadersInit | None = None,
        json: Any = None,
        body: str | bytes | None = None,
    ) -> Response:
        """Call Jira's REST API, ``/rest/…``; otherwise as ``request_confluence``."""
        return await self._request("jira", path, method, headers, json, body)

    async def request_graph(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        headers: HeadersInit | None = None,
    ) -> Response:
        """Call the platform's GraphQL gateway."""
        body = {"query": query} if variables is None else {"query": query, "variables": variables}
        return raise_for_proxy(
            await forge_fetch(self._descriptor("stargate"), "/graphql", make_init("POST", headers, body, None))
        )

    async def _request(
        self,
        remote: str,
        path: Route,
        method: str,
        headers: HeadersInit | None,
        json: Any,
        body: str | bytes | None,
    ) -> Response:
        if not isinstance(path, Route):
            raise TypeError(f'a product path must be a route: route("…"), not {type(path).__name__}')
        descriptor = self._descriptor(remote)
        return raise_for_proxy(await forge_fetch(descriptor, path.value, make_init(method, headers, json, body)))

    def _descriptor(self, remote: str) -> dict[str, Any]:
        descriptor = {"type": "fpp", "provider": self._provider, "remote": remote}
        if self._account_id is not None:
            descriptor["accountId"] = self._account_id
        return descriptor


class Api(ProductApi):
    """What ``@forge/api`` offers: ``as_user()``, ``as_app()``, and requests that name no identity."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("none")

    def as_user(self, account_id: str | None = None) -> ProductApi:
        """Requests as the user of this invocation, or as ``account_id`` where the manifest allows impersonation."""
        return ProductApi("user", account_id)

    def as_app(self) -> ProductApi:
        """Requests as the app's own account."""
        return ProductApi("app")

    async def fetch(
        self,
        url: str,
        /,
        *,
        method: str = "GET",
        headers: HeadersInit | None = None,
        json: Any = None,
        body: str | bytes | None = None,
    ) -> Response:
        """Call a host outside Atlassian, which the manifest has to declare.

        An undeclared one *resolves*, with the header ``forge-proxy-error: BLOCKED_EGRESS``, as on Forge.
        """
        return await forge_fetch({"type": "external"}, str(url), make_init(method, headers, json, body))

    def get_app_context(self) -> Mapping[str, Any]:
        """What the platform tells of this invocation, as wire JSON: ``appAri``, ``appVersion``, ``environmentAri``,
        ``environmentType``, ``installationAri``, ``invocationId``, ``moduleKey``, ``permissions`` and, in virtual
        milliseconds, ``invocationRemainingTimeInMillis``. ARIs are texts. (Forge documentation, "App context API",
        August 2026.)"""
        return transport().app_context()


api = Api()
