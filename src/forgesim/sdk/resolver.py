"""``Resolver``: functions of the app that its front end calls by key."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from forgesim.sdk.wire import decode, encode

__all__ = ["Context", "Request", "Resolver"]

_Handler = TypeVar("_Handler", bound=Callable[..., Any])
_SCALARS = (str, int, float, bool, type(None))


class Context(dict[str, Any]):
    """Who calls and from where: the wire JSON, whose members are also attributes in snake_case, None where absent.

    Only account, licence and install context come from the platform; ``extension`` comes from the browser.
    """

    __slots__ = ()

    @property
    def account_id(self) -> str | None:
        account = self.get("accountId")
        if account is None:
            principal = self.get("principal")
            account = principal.get("accountId") if isinstance(principal, dict) else None
        return account

    @property
    def principal(self) -> dict[str, Any] | None:
        return self.get("principal")

    @property
    def account_type(self) -> str | None:
        return self.get("accountType")

    @property
    def cloud_id(self) -> str | None:
        return self.get("cloudId")

    @property
    def workspace_id(self) -> str | None:
        return self.get("workspaceId")

    @property
    def local_id(self) -> str | None:
        return self.get("localId")

    @property
    def environment_id(self) -> str | None:
        return self.get("environmentId")

    @property
    def environment_type(self) -> str | None:
        return self.get("environmentType")

    @property
    def module_key(self) -> str | None:
        return self.get("moduleKey")

    @property
    def site_url(self) -> str | None:
        return self.get("siteUrl")

    @property
    def extension(self) -> dict[str, Any]:
        extension = self.get("extension")
        return extension if isinstance(extension, dict) else {}

    @property
    def license(self) -> dict[str, Any] | None:
        return self.get("license")

    @property
    def install_context(self) -> str | None:
        return self.get("installContext")

    @property
    def installation(self) -> dict[str, Any] | None:
        return self.get("installation")

    @property
    def user_access(self) -> dict[str, Any] | None:
        return self.get("userAccess")

    @property
    def job_id(self) -> str | None:
        return self.get("jobId")


class Request(msgspec.Struct, frozen=True):
    """What a resolver function gets: the caller's ``payload`` as wire JSON, and the ``context``."""

    payload: Any
    context: Context


class Resolver:
    """Keys and their functions. ``handler`` is what the manifest names."""

    def __init__(self) -> None:
        self._definitions: dict[str, Callable[..., Any]] = {}

    def define(self, key: str) -> Callable[[_Handler], _Handler]:
        """Decorate the function that answers ``key``; it gets a Request and may be sync or async.

        Raises ValueError where the key is taken.
        """

        def register(function: _Handler) -> _Handler:
            if key in self._definitions:
                raise ValueError(f"Resolver definition '{key}' already exists.")
            self._definitions[key] = function
            return function

        return register

    @property
    def keys(self) -> tuple[str, ...]:
        """The defined keys, in the order of their definition."""
        return tuple(self._definitions)

    async def handler(self, body: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Any:
        """Answer one call. What the platform knows of the caller overrides what the browser said.

        Raises LookupError for an unknown key, TypeError where the result is no JSON, and what the function raises.
        """
        call = body["call"]
        function = self._definitions.get(call["functionKey"])
        if function is None:
            raise LookupError(f"Resolver has no definition for '{call['functionKey']}'.")
        result = function(Request(call.get("payload") or {}, _merged(body, call, context or {})))
        if inspect.isawaitable(result):
            result = await result
        return result if isinstance(result, _SCALARS) else decode(encode(result))


def _merged(body: Mapping[str, Any], call: Mapping[str, Any], context: Mapping[str, Any]) -> Context:
    principal = context.get("principal")
    merged = Context(body.get("context") or {})
    merged["installContext"] = context.get("installContext")
    merged["accountId"] = principal.get("accountId") if principal else None
    merged["license"] = context.get("license")
    merged["jobId"] = call.get("jobId")
    merged["installation"] = context.get("installation")
    return merged
