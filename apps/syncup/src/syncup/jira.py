"""Reading Jira as the user who asked: boards of a project, a board's configuration, its sprints, the history of its
issues. Nothing here can write, and no text of an issue is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from forgesim.sdk import api, route
from syncup.patience import OK, Patience, RefusedError
from syncup.timeline import ALL, DAY_MS, Board, read_board

__all__ = ["Jira"]

SERVICE = "Jira"
MOST = 100
"""The largest page asked for; Jira may give fewer."""

SPRINT = frozenset({"id", "name", "state"})
BEGUN = SPRINT | {"startDate"}
BOARD = frozenset({"id", "name", "type"})
ISSUES = frozenset({"issues"})
"""What answers have, in names."""

WHOLE = {ALL: "statusCategory != Done"}
"""What is asked for of a whole board, beside what has changed of late."""

Json = dict[str, Any]
T = TypeVar("T")


class Jira:
    """Every method raises RefusedError where Jira gives no usable answer."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    async def sprint(self, sprint_id: str) -> Json:
        return await self._json("/rest/agile/1.0/sprint/{id}", partial(_with, SPRINT | {"originBoardId"}), id=sprint_id)

    async def boards(self, project_id: str) -> list[Json]:
        """The boards of a project that the user may see."""
        return await self._listed("/rest/agile/1.0/board", BOARD, {"projectKeyOrId": project_id})

    async def sprints(self, board_id: int) -> list[Json]:
        """The sprints of a board that have begun, in the order of their start."""
        found = await self._listed("/rest/agile/1.0/board/{id}/sprint", BEGUN, {"state": "active,closed"}, id=board_id)
        return sorted(found, key=lambda sprint: (str(sprint["startDate"]), int(sprint["id"])))

    async def board(self, board_id: int | str) -> Board:
        """What the board counts as waiting and done, and how it estimates."""
        return await self._json("/rest/agile/1.0/board/{id}/configuration", read_board, id=board_id)

    async def issues(self, board_id: int, sprints: Iterable[int], since_ms: int, estimate: str) -> list[Json]:
        """The board's issues that are in one of the sprints or have changed since, with their changelog, sub-tasks too.

        An issue that was taken out of a sprint has changed since that began. A day is added, as Jira reads dates in the
        time zone of whoever asks. ``estimate``: the fields that estimates are made of, with commas.
        """
        since = datetime.fromtimestamp((since_ms - DAY_MS) / 1000, UTC)
        wanted = [*(WHOLE.get(sprint, f"sprint = {sprint}") for sprint in sprints), f'updated >= "{since:%Y-%m-%d}"']
        wanted = [*dict.fromkeys(wanted)]
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
            page = await self._json("/rest/software/1.0/board/{id}/issue", partial(_with, ISSUES), query, id=board_id)
            found += page["issues"]
        return found

    async def read(self, work: Callable[[], T]) -> T:
        """What reading Jira's answers gives."""
        return await self._patience.read(SERVICE, work)

    async def _listed(
        self, path: str, needed: frozenset[str], query: Mapping[str, Any], **where: int | str
    ) -> list[Json]:
        """All pages of a list, whose values have those names."""

        def read(page: Json) -> tuple[list[Json], bool]:
            return [_with(needed, value) for value in page["values"]], bool(page["isLast"])

        found: list[Json] = []
        last = False
        while not last:
            values, last = await self._json(path, read, {**query, "startAt": len(found), "maxResults": MOST}, **where)
            found += values
        return found

    async def _json(
        self, path: str, read: Callable[[Json], T], query: Mapping[str, Any] | None = None, **where: int | str
    ) -> T:
        async def send() -> T:
            answer = await api.as_user().request_jira(route(path, query=query, **where))
            if answer.status != OK:
                raise RefusedError(SERVICE, answer.status, str(answer.headers.get("retry-after")))
            return read(await answer.json())

        return await self._patience.ask(SERVICE, send)


def _with(needed: frozenset[str], value: Json) -> Json:
    """The value, which has those names. Raises KeyError."""
    return {**value, **{name: value[name] for name in needed}}
