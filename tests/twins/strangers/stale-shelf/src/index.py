"""Which pages of a space nobody has touched for half a year."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

TAGS = re.compile(r"<[^>]+>")
HALF_A_YEAR = timedelta(days=180)


async def pages_of(space_id):
    query = {"status": "current", "body-format": "storage", "limit": 250}
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/spaces/{id}/pages", id=space_id, query=query))
    if not answer.ok:
        raise RuntimeError(f"Confluence said {answer.status}")
    return (await answer.json())["results"]


def is_stale(page, now):
    return now - datetime.fromisoformat(page["version"]["createdAt"]) > HALF_A_YEAR


@resolver.define("shelf")
async def shelf(request):
    """The stale pages of a space with the beginning of each."""
    space_id = request.payload["spaceId"]
    now = datetime.now(UTC)  # noqa: TID251
    pages = await pages_of(space_id)
    stale = [page for page in pages if is_stale(page, now)]
    rows = [
        {
            "id": page["id"],
            "title": page["title"],
            "days": (now - datetime.fromisoformat(page["version"]["createdAt"])).days,
            "preview": TAGS.sub(" ", page["body"]["storage"]["value"])[:160],
        }
        for page in stale
    ]
    await kvs.set(f"space:{space_id}:stale", {"stale": len(stale), "pages": len(pages)})
    for row in rows[:10]:  # opening a preview felt slow, so the first ones are kept warm
        await kvs.set(f"preview:{row['id']}", row["preview"], ttl={"value": 1, "unit": "HOURS"})
    return {"rows": rows, "stale": len(stale)}


@resolver.define("history")
async def history(request):
    """How many were stale at the last look."""
    pages = await pages_of(request.payload["spaceId"])
    row = await kvs.get(f"space:{request.payload['spaceId']}:stale")
    return {"last": row, "now": len(pages)}
