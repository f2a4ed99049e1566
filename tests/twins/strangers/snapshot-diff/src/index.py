"""Did a page change since I last looked? Compares counts of paragraphs, headings and links."""

from __future__ import annotations

import re

from forgesim.sdk import ForgeKvsAPIError, Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

TAGS = {"paragraphs": r"<p\b", "headings": r"<h[1-6]", "links": r"<(?:a|ac:link)\b"}


class Snapshot:
    """What one look found."""

    def __init__(self, page):
        self.page = page
        html = page["body"]["storage"]["value"]
        self.counts = {name: min(len(re.findall(tag, html)), 9999) for name, tag in TAGS.items()}

    def __repr__(self):
        return f"Snapshot({self.counts}, page={self.page})"


async def take(page_id):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    return Snapshot(await answer.json())


@resolver.define("diff")
async def diff(request):
    snapshot = await take(request.payload["pageId"])
    key = f"page:{request.payload['pageId']}:counts"
    try:
        before = await kvs.get(key) or snapshot.counts
        await kvs.set(key, snapshot.counts)
    except ForgeKvsAPIError as error:
        log.warn(f"storage refused {error.response_details.status} for {snapshot!r:.40000}")
        return {"changes": None, "problem": "Storage is away; try again later."}
    return {"changes": {name: snapshot.counts[name] - before[name] for name in TAGS}}
