"""Checks whether a page can be read at all, with a patience that doubles; tells PostHog how many tries it took."""

from __future__ import annotations

import asyncio

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

TRIES = 4
URL = "https://us.i.posthog.com/capture/"


async def once(page_id):
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page_id))
    return answer.status


async def patiently(page_id):
    """The last status and the number of tries: 1, 2, 4 tenths of a second lie between them."""
    status, tries = 0, 0
    while tries < TRIES:
        status = await once(page_id)
        tries += 1
        if status < 500 and status != 429:
            break
        await asyncio.sleep(0.1 * 2**tries)
    return status, tries


async def report(tries, worked):
    body = {
        "api_key": "phc_patient",
        "event": "read" if worked else "gave_up",
        "distinct_id": "patient",
        "properties": {"tries": tries},
    }
    answer = await api.fetch(URL, method="POST", json=body)
    log.info(f"report {answer.status} after {tries} tries")


@resolver.define("check")
async def check(request):
    status, tries = await patiently(request.payload["pageId"])
    worked = status == 200
    await report(tries, worked)
    return {"readable": worked, "tries": tries}
