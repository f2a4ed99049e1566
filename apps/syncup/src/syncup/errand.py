"""One call of SyncUp: its time, what it asks, and what is said of what did not work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from forgesim.sdk import Request, log
from syncup.jira import Jira, Json
from syncup.look import Look, look_at
from syncup.patience import Patience, RefusedError
from syncup.payload import Payload
from syncup.records import SETTINGS, Records
from syncup.timeline import Board

__all__ = ["Errand"]

T = TypeVar("T")

CUT = "Jira gave only the newest part of a long history."


class Errand:
    """One call: its time, its patience, its services, and the notes on what did not work."""

    def __init__(self, request: Request) -> None:
        self.payload: Json = Payload(request.payload)
        self.now_ms = round(datetime.now(UTC).timestamp() * 1000)  # noqa: TID251 -- an app has no other clock
        self.patience = Patience()
        self.jira = Jira(self.patience)
        self.records = Records(self.patience)
        self.notes: list[str] = []

    async def attempt(self, work: Awaitable[T], otherwise: T) -> T:
        """What ``work`` gives; where a service refuses, a note and ``otherwise``."""
        try:
            return await work
        except RefusedError as refused:
            log.warn(f"{refused.service} answered {refused.status}")
            self.notes.append(refused.sentence)
            return otherwise

    async def settings(self) -> dict[str, Any]:
        return await self.attempt(self.records.settings(), dict(SETTINGS))

    async def kept(self, board: Board) -> dict[int, Json]:
        """Sprint → its totals, of the board's closed sprints that have been looked at; none where storage refuses."""
        return await self.attempt(self.records.rows(board.id), {})

    async def look(self, board: Board, sprints: Sequence[Json]) -> list[Look]:
        """Those sprints. The totals of the closed ones are kept, where they are those of a group."""
        looks, cut = await look_at(self.jira, board, sprints, self.now_ms)
        self.notes += [CUT] * cut
        log.info(f"looked at {len(looks)} sprints: {sum(len(look.passages) for look in looks)} passages of issues")
        keep = [look for look in looks if look.is_group and look.sprint["state"] == "closed"]
        saves = (self.records.save_row(board.id, look.window.sprint, look.row) for look in keep)
        await asyncio.gather(*(self.attempt(save, None) for save in saves))
        return looks

    def result(self, **values: Any) -> Json:
        return {**values, "problem": " ".join(dict.fromkeys(self.notes)) or None}
