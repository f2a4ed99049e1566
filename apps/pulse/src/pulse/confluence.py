"""Reading Confluence as the user who asked: spaces, pages, what lies beside them, account states. Nothing here can
write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from forgesim.sdk import api, route
from pulse.beside import Beside, beside_of
from pulse.patience import ANSWER_S, NO_ANSWER, PASSING, Patience, RefusedError

__all__ = ["Confluence"]

SERVICE = "Confluence"
OK = 200
MOST = 250
"""The largest part of a list that Confluence gives."""

STEPS = (50, 1, 1)
"""Pages that are asked for with their bodies, try by try: after too slow or too large an answer, one."""

TOO_MUCH = PASSING | {413, 501, NO_ANSWER}
"""Answers that may be another one for fewer pages."""

PAGES_S, BESIDE_S = 5.0, 4.0
"""Seconds that an answer with many pages may take, and one about what lies beside a page."""

MOST_ANSWERS = 20
"""Answers of one search that are read."""

NOTHING: Mapping[str, str] = {}
Json = dict[str, Any]


class Confluence:
    """Every method raises RefusedError where Confluence gives no usable answer."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    async def space(self, space_id: str) -> Json:
        """Its key, name and the site's address."""
        return await self._json("/wiki/api/v2/spaces/{id}", {"id": space_id})

    async def page(self, page_id: str) -> Json:
        """A page with its body and labels."""
        query = {"body-format": "storage", "include-labels": "true"}
        return await self._json("/wiki/api/v2/pages/{id}", {"id": page_id}, query)

    async def require(self, page_id: str) -> None:
        """Nothing, if the user may see the page."""
        await self._json("/wiki/api/v2/pages/{id}", {"id": page_id})

    async def views(self, page_id: str) -> int:
        """How often the page was viewed. Asked once, however it ends."""
        answer = await api.as_user().request_confluence(
            route("/wiki/rest/api/analytics/content/{id}/views", id=page_id)
        )
        return int((await answer.json())["count"])

    async def titles(self, space_id: str) -> dict[str, str]:
        """Page id → title, of all current pages of the space that the user may see."""
        titles: dict[str, str] = {}
        cursor, more = "", True
        while more:
            query = {"status": "current", "sort": "id", "limit": str(MOST), "cursor": cursor}
            answer = await self._json("/wiki/api/v2/spaces/{id}/pages", {"id": space_id}, query)
            titles |= {page["id"]: page["title"] for page in answer["results"]}
            cursor = _cursor(answer)
            more = bool(cursor)
        return titles

    async def pages(self, space_id: str, cursor: str) -> tuple[list[Json], str]:
        """The next pages of the space with their bodies, oldest first, and the cursor of those after them, or ``""``:
        50 or, where these are too much for one answer, one."""
        query = {"space-id": space_id, "status": "current", "sort": "id", "cursor": cursor, "body-format": "storage"}
        steps = map(str, STEPS)

        async def send() -> Json:
            return await self._send("/wiki/api/v2/pages", {}, query | {"limit": next(steps)})

        answer = await self._patience.ask(SERVICE, send, PAGES_S, TOO_MUCH)
        return answer["results"], _cursor(answer)

    async def labels(self, page_ids: Sequence[str]) -> dict[str, list[str]]:
        """Page id → names of its labels. Lists of pages give none, so it is a search, which may be a minute behind."""
        query = {"cql": f"id in ({','.join(page_ids)})", "expand": "metadata.labels"}
        found = await self._found("/wiki/rest/api/content/search", page_ids, query)
        return {page["id"]: [label["name"] for label in page["metadata"]["labels"]["results"]] for page in found}

    async def beside(self, page_ids: Sequence[str]) -> dict[str, Beside]:
        """Page id → its files and open comments, without any text of these, as the search knows them."""
        expand = "content.container,content.extensions.resolution,content.ancestors"
        query = {"cql": f"container in ({','.join(page_ids)})", "excerpt": "none", "expand": expand}
        return beside_of(page_ids, await self._found("/wiki/rest/api/search", page_ids, query))

    async def _found(self, path: str, page_ids: Sequence[str], query: Mapping[str, str]) -> list[Json]:
        """What a search for something of these pages finds: nothing without pages, 5,000 results at most."""
        found: list[Json] = []
        cursor, left = "", MOST_ANSWERS * bool(page_ids)
        while left:
            answer = await self._json(path, {}, {**query, "limit": str(MOST), "cursor": cursor}, answer_s=BESIDE_S)
            found += answer["results"]
            cursor = _cursor(answer)
            left = (left - 1) * bool(cursor)
        return found

    async def account_states(self, accounts: Iterable[str | None]) -> dict[str | None, str]:
        """Account id → active, inactive, closed or unknown; nobody is ``none``."""
        ids = sorted(filter(None, set(accounts)))

        async def send() -> Json:
            return await self._send("/wiki/api/v2/users-bulk", {}, NOTHING, method="POST", json={"accountIds": ids})

        answer = await self._patience.ask(SERVICE, send)
        return {None: "none"} | {user["accountId"]: user["accountStatus"] for user in answer["results"]}

    async def _json(
        self, path: str, ids: Mapping[str, str], query: Mapping[str, str] = NOTHING, *, answer_s: float = ANSWER_S
    ) -> Json:
        return await self._patience.ask(SERVICE, lambda: self._send(path, ids, query), answer_s)

    async def _send(self, path: str, ids: Mapping[str, str], query: Mapping[str, str], **request: Any) -> Json:
        given = {name: value for name, value in query.items() if value}
        answer = await api.as_user().request_confluence(route(path, **ids, query=given), **request)
        if answer.status != OK:
            raise RefusedError(SERVICE, answer.status, str(answer.headers.get("retry-after")))
        return await answer.json()  # type: ignore[no-any-return]


def _cursor(answer: Json) -> str:
    """Of what follows an answer; empty where nothing does."""
    following = str(answer["_links"].get("next", ""))
    return dict(parse_qsl(urlsplit(following).query)).get("cursor", "")
