"""Reading Jira as the user who asked: a board's configuration, its sprints, the history of its issues. Nothing here
can write, and no text of an issue is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from forgesim.sdk import api, route
from syncup.patience import Patience, RefusedError
from syncup.timeline import DAY_MS, Board, read_board

__all__ = ["Jira"]

SERVICE = "Jira"
OK = 200
MOST = 100
"""The largest page asked for; Jira may give fewer."""

BEGUN = "active,closed"

Json = dict[str, Any]


class Jira:
    """Every method raises RefusedError where Jira gives no usable answer."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    async def sprint(self, sprint_id: str) -> Json:
        return await self._json("/rest/agile/1.0/sprint/{id}", sprint_id)

    async def sprints(self, board_id: int) -> list[Json]:
        """The sprints of a board that have begun, in the order of their start."""
        found: list[Json] = []
        last = False
        while not last:
            query = {"state": BEGUN, "startAt": len(found), "maxResults": MOST}
            page = await self._json("/rest/agile/1.0/board/{id}/sprint", board_id, query)
            found += page["values"]
            last = page["isLast"]
        return sorted(found, key=lambda sprint: (str(sprint["startDate"]), int(sprint["id"])))

    async def board(self, board_id: int | str) -> Board:
        """What the board counts as waiting and done, and how it estimates."""
        return read_board(await self._json("/rest/agile/1.0/board/{id}/configuration", board_id))

    async def issues(self, board_id: int, sprints: Iterable[int], since_ms: int, estimate: str) -> list[Json]:
        """The board's issues that are in one of the sprints or have changed since, with their changelog.

        An issue that was taken out of a sprint has changed since that began. A day is added, as Jira reads dates in the
        time zone of whoever asks. Sub-tasks follow their parent and are left out.
        """
        since = datetime.fromtimestamp((since_ms - DAY_MS) / 1000, UTC)
        wanted = [*(f"sprint = {sprint}" for sprint in sprints), f'updated >= "{since:%Y-%m-%d}"']
        query = {
            "jql": " OR ".join(wanted),
            "fields": f"created,status,issuetype,sprint,closedSprints,{estimate}",
            "expand": "changelog",
            "maxResults": MOST,
        }
        found: list[Json] = []
        page: Json = {"nextPageToken": None}
        while "nextPageToken" in page:
            query |= {"nextPageToken": page["nextPageToken"]}
            page = await self._json("/rest/software/1.0/board/{id}/issue", board_id, query)
            found += page["issues"]
        return [issue for issue in found if not issue["fields"]["issuetype"]["subtask"]]

    async def _json(self, path: str, id_: int | str, query: Mapping[str, Any] | None = None) -> Json:
        async def send() -> Json:
            answer = await api.as_user().request_jira(route(path, id=id_, query=query))
            if answer.status != OK:
                raise RefusedError(SERVICE, answer.status, str(answer.headers.get("retry-after")))
            return await answer.json()  # type: ignore[no-any-return]

        return await self._patience.ask(SERVICE, send)
