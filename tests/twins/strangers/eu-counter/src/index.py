"""Counts paragraphs; a customer in Europe can be sure that the usage count stays there."""

from __future__ import annotations

import asyncio

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

REGIONS = ("eu", "us")
PATIENCE_S = 2


async def send(region, body):
    answer = await api.fetch(f"https://{region}.i.posthog.com/capture/", method="POST", json=body)
    return answer.status


async def count(event):
    """The nearest region that answers."""
    body = {"api_key": "phc_eu", "event": event, "distinct_id": "counter", "properties": {}}
    for region in REGIONS:
        try:
            status = await asyncio.wait_for(send(region, body), PATIENCE_S)
        except TimeoutError:
            status = 504
        log.info(f"count: {status}")
        if status < 500:
            break


@resolver.define("paragraphs")
async def paragraphs(request):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"], query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    number = (await answer.json())["body"]["storage"]["value"].count("<p")
    await count("counted")
    return {"paragraphs": number}
