"""Reading Confluence as the user who asked: spaces, pages, account states. Nothing here can write."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from forgesim.sdk import api, route
from pulse.patience import Patience, RefusedError

__all__ = ["Confluence"]

SERVICE = "Confluence"
OK = 200
MOST = "250"
"""The largest page of a list that Confluence gives."""

AT_ONCE = 20
"""Pages asked for at the same time."""

Json = dict[str, Any]


class Confluence:
    """Every method raises RefusedError where Confluence gives no usable answer."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    async def space(self, space_id: str) -> Json:
        return await self._json("/wiki/api/v2/spaces/{id}", {"id": space_id})

    async def page(self, page_id: str) -> Json:
        """A page with its body and labels: lists give no labels, so this is one call a page, as few as there can be."""
        query = {"body-format": "storage", "include-labels": "true"}
        return await self._json("/wiki/api/v2/pages/{id}", {"id": page_id}, query)

    async def pages(self, page_ids: Iterable[str]) -> list[Json]:
        """Those pages, in that order; some at a time are asked for at once."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(page_id: str) -> Json:
            async with gate:
                return await self.page(page_id)

        tasks = [asyncio.create_task(one(page_id)) for page_id in page_ids]
        await asyncio.gather(*tasks, return_exceptions=True)
        return [task.result() for task in tasks]

    async def titles(self, space_id: str) -> dict[str, str]:
        """Page id → title, of all current pages of the space that the user may see."""
        titles: dict[str, str] = {}
        query = {"status": "current", "limit": MOST}
        while query:
            answer = await self._json("/wiki/api/v2/spaces/{id}/pages", {"id": space_id}, query)
            titles |= {page["id"]: page["title"] for page in answer["results"]}
            following = urlsplit(answer["_links"].get("next", ""))
            query = dict(parse_qsl(following.query))
        return titles

    async def account_states(self, accounts: Iterable[str | None]) -> dict[str | None, str]:
        """Account id → active, inactive, closed or unknown; nobody is ``none``."""
        ids = sorted(filter(None, set(accounts)))
        answer = await self._json("/wiki/api/v2/users-bulk", {}, method="POST", json={"accountIds": ids})
        return {None: "none"} | {user["accountId"]: user["accountStatus"] for user in answer["results"]}

    async def _json(
        self, path: str, ids: Mapping[str, str], query: Mapping[str, str] | None = None, **request: Any
    ) -> Json:
        async def send() -> Json:
            answer = await api.as_user().request_confluence(route(path, **ids, query=query), **request)
            if answer.status != OK:
                raise RefusedError(SERVICE, answer.status, str(answer.headers.get("retry-after")))
            return await answer.json()  # type: ignore[no-any-return]

        return await self._patience.ask(SERVICE, send)
