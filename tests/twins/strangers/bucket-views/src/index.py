"""How busy pages are, without a row a page: views are counted in 64 buckets, by a hash of the page's number."""

from __future__ import annotations

import hashlib

from forgesim.sdk import Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

BUCKETS = 64
MOST = 1_000_000


def bucket(page_id):
    """Depends on the number of the page and on nothing else."""
    return int(hashlib.sha256(page_id.encode()).hexdigest(), 16) % BUCKETS


async def visible(page_id):
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page_id))
    if not answer.ok:
        raise PermissionError(f"page: {answer.status}")
    return (await answer.json())["id"]


@resolver.define("view")
async def view(request):
    number = bucket(await visible(request.payload["pageId"]))
    count = min(1 + (await kvs.get(f"bucket:{number}") or 0), MOST)
    await kvs.set(f"bucket:{number}", count)
    log.info("bucket", number, "has", count)
    return {"busy": count}


@resolver.define("compare")
async def compare(request):
    """Which of two pages is in the busier bucket."""
    numbers = [bucket(await visible(request.payload[name])) for name in ("pageId", "otherId")]
    counts = [await kvs.get(f"bucket:{number}") or 0 for number in numbers]
    return {"busier": ("first", "second")[counts[1] > counts[0]]}
