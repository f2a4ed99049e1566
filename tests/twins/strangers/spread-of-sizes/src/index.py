"""Mean and spread of page sizes in a space, from big sums: bytes, and the squares of bytes."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

MOST_BYTES = 1_000_000
MOST_SQUARES = 9_007_199_254_740_991


async def sizes(space_id):
    query = {"limit": 100, "status": "current", "body-format": "storage"}
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/spaces/{id}/pages", id=space_id, query=query))
    if not answer.ok:
        raise RuntimeError(f"pages: {answer.status}")
    found = (await answer.json())["results"]
    return [min(len(page["body"]["storage"]["value"].encode()), MOST_BYTES) for page in found]


def spread(row):
    """Standard deviation in bytes."""
    mean = row["bytes"] / row["pages"]
    return round(max(0.0, row["squares"] / row["pages"] - mean * mean) ** 0.5)


@resolver.define("measure")
async def measure(request):
    found = await sizes(request.payload["spaceId"])
    row = {
        "pages": len(found),
        "bytes": sum(found),
        "squares": min(sum(size * size for size in found), MOST_SQUARES),
    }
    key = f"space:{request.payload['spaceId']}:sizes"
    before = await kvs.get(key)
    await kvs.set(key, row)
    log.info(f"{len(found)} pages, {sum(found)} bytes, largest {max(found)}")
    return {"mean": row["bytes"] // row["pages"], "spread": spread(row), "again": before is not None}
