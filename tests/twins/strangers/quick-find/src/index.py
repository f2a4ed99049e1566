"""Search as you type inside one space, from an index that is built once."""

from __future__ import annotations

import re
from collections import defaultdict

from forgesim.sdk import Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

WORD = re.compile(r"[a-z]{4,}")
TAG = re.compile(r"<[^>]+>|&\w+;")
MOST_WORDS = 400


async def fetch_all(space_id):
    query = {"body-format": "storage", "limit": 100, "status": "current"}
    where = route("/wiki/api/v2/spaces/{id}/pages", id=space_id, query=query)
    answer = await api.as_user().request_confluence(where)
    if answer.status >= 400:
        raise RuntimeError(f"index: {answer.status}")
    return (await answer.json())["results"]


def index(pages):
    """Word → ids of the pages that have it."""
    found = defaultdict(set)
    for page in pages:
        for word in set(WORD.findall(TAG.sub(" ", page["title"] + " " + page["body"]["storage"]["value"]).lower())):
            found[word].add(page["id"])
    rare = sorted(found, key=lambda word: (len(found[word]), word))[:MOST_WORDS]
    return {word: sorted(found[word])[:5] for word in rare}


@resolver.define("build")
async def build(request):
    space_id = request.payload["spaceId"]
    pages = await fetch_all(space_id)
    words = index(pages)
    await kvs.set(f"space:{space_id}:index", {"pages": len(pages), "entries": words})
    log.info(f"indexed {len(pages)} pages")
    return {"pages": len(pages), "words": len(words)}


@resolver.define("find")
async def find(request):
    pages = {page["id"]: page["title"] for page in await fetch_all(request.payload["spaceId"])}
    stored = await kvs.get(f"space:{request.payload['spaceId']}:index") or {"entries": {}}
    hits = stored["entries"].get(request.payload["word"].lower(), [])
    return {"hits": [{"id": page, "title": pages[page]} for page in hits if page in pages]}
