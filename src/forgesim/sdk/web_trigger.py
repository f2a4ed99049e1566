"""``web_trigger``: the URLs of the app's own web triggers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from forgesim.sdk.fetch import Init, forge_fetch, raise_for_proxy, transport
from forgesim.sdk.wire import encode

__all__ = ["WebTrigger", "web_trigger"]

_DESCRIPTOR = {"type": "fpp", "provider": "app", "remote": "stargate"}
_HEADERS = [("content-type", "application/json")]
_ID = re.compile(r"/(?:x1|public)/([^/?#]+)")
_CREATE = (
    "mutation forge_app_createWebTriggerUrl($input: WebTriggerUrlInput!, $forceCreate: Boolean) "
    "{ createWebTriggerUrl(input: $input, forceCreate: $forceCreate) { url } }"
)
_LIST = (
    "query forge_app_webTriggerUrlsByAppContext($appId: ID!, $envId: ID!, $contextId: ID!) "
    "{ webTriggerUrlsByAppContext(appId: $appId, envId: $envId, contextId: $contextId) { triggerKey url } }"
)
_DELETE = "mutation forge_app_deleteWebTriggerUrl($id: ID!) { deleteWebTriggerUrl(id: $id) { success message } }"


class WebTrigger:
    """Whoever holds a URL may call it; nobody else is asked."""

    __slots__ = ()

    async def get_url(self, module_key: str, *, force_create: bool = False) -> str:
        """The URL of a web trigger on this site, the same each time unless a new one is forced. Raises RuntimeError."""
        variables = {"input": {"triggerKey": module_key, **_place()}, "forceCreate": force_create}
        found = (await _ask(_CREATE, variables, "get web trigger URL")).get("createWebTriggerUrl")
        if not isinstance(found, dict) or not found.get("url"):
            raise RuntimeError("failed to get web trigger URL")
        return str(found["url"])

    async def query_urls(self, module_key: str | None = None) -> list[dict[str, str]]:
        """``[{"moduleKey", "url"}]`` of the URLs that were made. Raises RuntimeError."""
        found = (await _ask(_LIST, _place(), "get web trigger URLs")).get("webTriggerUrlsByAppContext")
        if not isinstance(found, list):
            raise RuntimeError("failed to get web trigger URLs: no data")
        urls = [{"moduleKey": str(each["triggerKey"]), "url": str(each["url"])} for each in found]
        return [each for each in urls if module_key in (None, each["moduleKey"])]

    async def delete_url(self, url: str) -> None:
        """Nobody can call this URL any more. Raises ValueError where it is none, RuntimeError where it is not there."""
        found = _ID.search(url)
        if found is None:
            raise ValueError(f"{url!r} is no web trigger URL")
        done = (await _ask(_DELETE, {"id": found[1]}, "delete web trigger URL")).get("deleteWebTriggerUrl")
        if not isinstance(done, dict) or not done.get("success"):
            says = done.get("message") if isinstance(done, dict) else None
            raise RuntimeError(f"failed to delete web trigger URL: {says or 'unknown error'}")


def _place() -> dict[str, Any]:
    """App, environment and site, as the platform tells them; it looks them up for itself, too."""
    told = transport().app_context()
    return {"appId": told.get("appId"), "envId": told.get("environmentId"), "contextId": told.get("installContext")}


async def _ask(query: str, variables: Mapping[str, Any], doing: str) -> dict[str, Any]:
    body = encode({"query": query, "variables": variables})
    response = raise_for_proxy(await forge_fetch(_DESCRIPTOR, "/graphql", Init("POST", _HEADERS, body)))
    if not response.ok:
        raise RuntimeError(f"failed to {doing}: {response.status_text}")
    answer = await response.json()
    data = answer.get("data") if isinstance(answer, dict) else None
    return data if isinstance(data, dict) else {}


web_trigger = WebTrigger()
