"""The app that the cases are played for. Only its installation matters: what is sent comes from the table."""

from __future__ import annotations

from typing import Any

from forgesim.sdk import Resolver

resolver = Resolver()


@resolver.define("call")
async def call(request: Any) -> dict[str, bool]:
    return {"ok": True}


handler = resolver.handler


async def on_page(event: Any, context: Any) -> None:
    """A product event."""


async def on_work(event: Any, context: Any) -> None:
    """A queued event."""


async def on_hook(request: Any, context: Any) -> dict[str, int]:
    return {"statusCode": 200}
