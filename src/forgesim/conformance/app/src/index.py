"""The app that the cases are played for: it keeps in storage what reaches it, where cases look for it."""

from __future__ import annotations

from typing import Any

from forgesim.sdk import InvocationError, Resolver, kvs

resolver = Resolver()


@resolver.define("call")
async def call(_request: Any) -> dict[str, bool]:
    return {"ok": True}


handler = resolver.handler


async def on_page(_event: Any, _context: Any) -> None:
    """A product event."""


async def on_work(event: Any, context: Any) -> InvocationError | None:
    """A queued event, which says in its body what shall become of it."""
    body = event["body"]
    if body.get("fail"):
        raise RuntimeError("as the event asks")
    if body.get("again") and event.get("retryContext") is None:
        return InvocationError(retry_after=body["again"], retry_data={"seen": 1})
    await kvs.set("event", {**event, "hasUser": "principal" in context})
    return None


async def on_week(event: Any, _context: Any) -> None:
    """A schedule."""
    await kvs.set("tick", event)


async def on_hook(_request: Any, _context: Any) -> dict[str, int]:
    return {"statusCode": 200}
