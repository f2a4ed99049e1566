"""What Pulse keeps: numbers per space, page and day, the weights and review cycles. Nothing else is ever stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from forgesim.sdk import ForgeKvsAPIError, WhereConditions, kvs
from pulse.patience import Patience, RefusedError
from pulse.score import WEIGHTS

__all__ = ["Records"]

T = TypeVar("T")

SERVICE = "Forge storage"
SETTINGS = "settings"
KEPT = {"value": 90, "unit": "DAYS"}
"""How long daily numbers live; at most 90 of them, so one page of a query has them all."""

MOST = 100


class Records:
    """Every method raises RefusedError where storage gives no usable answer."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    async def weights(self) -> dict[str, int]:
        """Signal → weight."""
        found = await self._values(SETTINGS)
        return {**WEIGHTS, **found.get(SETTINGS, {})}

    async def plan(self, space_id: str) -> tuple[dict[str, int], int]:
        """The weights, and the days after which a page of the space is due for review: 0 is never."""
        review = f"space:{space_id}:review"
        found = await self._values(SETTINGS, review)
        return {**WEIGHTS, **found.get(SETTINGS, {})}, found.get(review, {}).get("days", 0)

    async def save_weights(self, weights: Mapping[str, int]) -> None:
        """Set all eight."""
        await self._set(SETTINGS, weights)

    async def save_review(self, space_id: str, days: int) -> None:
        """Set the review cycle of a space."""
        await self._set(f"space:{space_id}:review", {"days": days})

    async def space_score(self, space_id: str) -> dict[str, Any]:
        """The last scan: score, pages and mean signals; empty before the first."""

        async def send() -> Any:
            return await kvs.get(f"space:{space_id}:score")

        return await self._ask(send) or {}

    async def save_space(self, space_id: str, row: Mapping[str, Any]) -> None:
        """In place of the last scan's row."""
        await self._set(f"space:{space_id}:score", row)

    async def save_day(self, kind: str, content_id: str, date: str, score: float) -> None:
        """One number per space or page and day; a second one on the same day replaces the first."""
        await self._set(f"{kind}:{content_id}:day:{date}", {"score": score}, ttl=KEPT)

    async def trend(self, kind: str, content_id: str) -> list[dict[str, Any]]:
        """``{date, score}`` of each day that has one, oldest first."""
        prefix = f"{kind}:{content_id}:day:"

        async def send() -> Any:
            return await kvs.query().where("key", WhereConditions.begins_with(prefix)).limit(MOST).get_many()

        found = await self._ask(send)
        return [{"date": row.key.removeprefix(prefix), "score": row.value["score"]} for row in found.results]

    async def _values(self, *keys: str) -> dict[str, Any]:
        """Key → value, of those that there are."""

        async def send() -> Any:
            return await kvs.batch_get([{"key": key} for key in keys])

        return {item["key"]: item["value"] for item in (await self._ask(send)).successful_keys}

    async def _set(self, key: str, value: Mapping[str, Any], **options: Any) -> None:
        async def send() -> None:
            await kvs.set(key, value, **options)

        await self._ask(send)

    async def _ask(self, send: Callable[[], Awaitable[T]]) -> T:
        async def translated() -> T:
            try:
                return await send()
            except ForgeKvsAPIError as error:
                raise RefusedError(SERVICE, error.response_details.status) from None

        return await self._patience.ask(SERVICE, translated)
