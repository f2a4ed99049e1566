"""Reading Confluence as the user who asked: spaces, pages, labels, account states. Nothing here can write."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from forgesim.sdk import api, route
from pulse.patience import Patience, RefusedError

__all__ = ["Confluence"]

SERVICE = "Confluence"
OK = 200
MOST = "250"
"""The largest page of a list that Confluence gives."""

BODIES = "40"
"""Pages with their bodies that one step of a scan reads."""

AT_ONCE = 8
PAGES = "/wiki/api/v2/spaces/{id}/pages"
Json = dict[str, Any]


class Confluence:
    """Every method raises RefusedError where Confluence gives no usable answer."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    async def space(self, space_id: str) -> Json:
        return await self._json("/wiki/api/v2/spaces/{id}", {"id": space_id})

    async def page(self, page_id: str) -> Json:
        """A page with its body and labels."""
        query = {"body-format": "storage", "include-labels": "true"}
        return await self._json("/wiki/api/v2/pages/{id}", {"id": page_id}, query)

    async def titles(self, space_id: str) -> dict[str, str]:
        """Page id → title, of all current pages of the space that the user may see."""
        pages = await self._all(PAGES, {"id": space_id}, {"status": "current", "limit": MOST})
        return {page["id"]: page["title"] for page in pages}

    async def bodies(self, space_id: str, at: Mapping[str, str]) -> tuple[list[Json], dict[str, str]]:
        """Some pages with their bodies, and where the rest begins. Empty at both ends, as ``at`` is."""
        query = {"status": "current", "body-format": "storage", "limit": BODIES}
        answer = await self._json(PAGES, {"id": space_id}, {**query, **at})
        return answer["results"], _rest(answer)

    async def label_counts(self, space_id: str) -> dict[str, int]:
        """Page id → number of its labels: one call for the labels of the space, one per label."""
        counts: dict[str, int] = {}
        labels = await self._all("/wiki/api/v2/spaces/{id}/content/labels", {"id": space_id}, {"limit": MOST})
        query = {"space-id": space_id, "limit": MOST}
        gate = asyncio.Semaphore(AT_ONCE)

        async def count(label: Json) -> None:
            async with gate:
                pages = await self._all("/wiki/api/v2/labels/{id}/pages", {"id": label["id"]}, query)
            for page in pages:
                counts[page["id"]] = counts.get(page["id"], 0) + 1

        try:
            async with asyncio.TaskGroup() as group:
                for label in labels:
                    group.create_task(count(label))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return counts

    async def account_states(self, accounts: Iterable[str | None]) -> dict[str | None, str]:
        """Account id → active, inactive, closed or unknown; nobody is ``none``."""
        ids = sorted(filter(None, set(accounts)))
        answer = await self._json("/wiki/api/v2/users-bulk", {}, method="POST", json={"accountIds": ids})
        return {None: "none"} | {user["accountId"]: user["accountStatus"] for user in answer["results"]}

    async def _all(self, path: str, ids: Mapping[str, str], query: Mapping[str, str]) -> list[Json]:
        """The results of every page of a list."""
        found: list[Json] = []
        at: dict[str, str] = {}
        more = True
        while more:
            answer = await self._json(path, ids, {**query, **at})
            found += answer["results"]
            at = _rest(answer)
            more = len(at) > 0
        return found

    async def _json(
        self, path: str, ids: Mapping[str, str], query: Mapping[str, str] | None = None, **request: Any
    ) -> Json:
        async def send() -> Json:
            answer = await api.as_user().request_confluence(route(path, **ids, query=query), **request)
            if answer.status != OK:
                raise RefusedError(SERVICE, answer.status, str(answer.headers.get("retry-after")))
            return await answer.json()  # type: ignore[no-any-return]

        return await self._patience.ask(SERVICE, send)


def _rest(answer: Json) -> dict[str, str]:
    """The query parameter with which a list goes on, or nothing."""
    following = parse_qs(urlsplit(answer["_links"].get("next", "")).query)
    return dict(zip(("cursor",), following.get("cursor", []), strict=False))
