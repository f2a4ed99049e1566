"""Walks through a space page by page and lets people name a shelf for what they liked."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

STEP = 25


async def titles(space_id):
    query = {"limit": 250, "status": "current", "sort": "title"}
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/spaces/{id}/pages", id=space_id, query=query))
    if not answer.ok:
        raise RuntimeError(f"pages: {answer.status}")
    return [(page["id"], page["title"]) for page in (await answer.json())["results"]]


def place(found, cursor):
    """Where the walk goes on: at the title that comes after the last one shown."""
    names = [title for _, title in found]
    return names.index(cursor) if cursor in names else 0


@resolver.define("walk")
async def walk(request):
    """25 pages a step; a cursor says that there is more."""
    space_id = request.payload["spaceId"]
    cursor = request.payload.get("cursor")
    found = await titles(space_id)
    start = place(found, cursor)
    if cursor:
        await kvs.set(f"space:{space_id}:shelf", cursor[:80])  # where to begin next time
    rest = found[start + STEP :]
    return {
        "pages": [{"id": page, "title": title} for page, title in found[start : start + STEP]],
        "cursor": rest[0][1] if rest else None,
    }


@resolver.define("nameShelf")
async def name_shelf(request):
    await titles(request.payload["spaceId"])
    await kvs.set(f"space:{request.payload['spaceId']}:shelf", request.payload["name"][:80])
    return {"shelf": request.payload["name"][:80]}
