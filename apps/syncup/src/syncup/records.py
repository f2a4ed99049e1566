"""What SyncUp keeps: totals per closed sprint, and two settings. Nothing else is ever stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from forgesim.sdk import ForgeKvsAPIError, WhereConditions, kvs
from syncup.patience import Patience, RefusedError

__all__ = ["SETTINGS", "Records"]

T = TypeVar("T")

SERVICE = "Forge storage"
KEY = "settings"
SETTINGS: Mapping[str, Any] = {"unit": "points", "sprints": 6}
"""Unless saved otherwise: what is counted, and how many closed sprints velocity and forecast look back on."""

KEPT = {"value": 365, "unit": "DAYS"}
"""How long a sprint's totals live; so a board has fewer than a hundred, and one page of a query has them all."""

MOST = 100


class Records:
    """Every method raises RefusedError where storage gives no usable answer."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    async def settings(self) -> dict[str, Any]:
        async def send() -> Any:
            return await kvs.get(KEY)

        return {**SETTINGS, **(await self._ask(send) or {})}

    async def save_settings(self, settings: Mapping[str, Any]) -> None:
        async def send() -> None:
            await kvs.set(KEY, settings)

        await self._ask(send)

    async def rows(self, board_id: int) -> dict[int, dict[str, Any]]:
        """Sprint → its totals, of the board's sprints that have been looked at."""
        prefix = f"board:{board_id}:sprint:"

        async def send() -> Any:
            return await kvs.query().where("key", WhereConditions.begins_with(prefix)).limit(MOST).get_many()

        found = await self._ask(send)
        return {int(row.key.removeprefix(prefix)): row.value for row in found.results}

    async def save_row(self, board_id: int, sprint_id: int, row: Mapping[str, Any]) -> None:
        async def send() -> None:
            await kvs.set(f"board:{board_id}:sprint:{sprint_id}", row, ttl=KEPT)

        await self._ask(send)

    async def _ask(self, send: Callable[[], Awaitable[T]]) -> T:
        async def translated() -> T:
            try:
                return await send()
            except ForgeKvsAPIError as error:
                raise RefusedError(SERVICE, error.response_details.status) from None

        return await self._patience.ask(SERVICE, translated)
