"""Related pages: those that the open page links to, by title."""

from __future__ import annotations

import re
from html import unescape

from forgesim.sdk import Resolver, api, route

resolver = Resolver()
handler = resolver.handler

LINK = re.compile(r'ri:content-title="([^"]+)"')
WORDS = re.compile(r"\w{5,}")


async def get(path):
    answer = await api.as_user().request_confluence(path)
    if not answer.ok:
        raise RuntimeError(f"Confluence answered {answer.status}")
    return await answer.json()


def links(html):
    return list(dict.fromkeys(unescape(title) for title in LINK.findall(html)))


@resolver.define("related")
async def related(request):
    """Links of the page, and pages that share words with it."""
    page = await get(route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"], query={"body-format": "storage"}))
    linked = links(page["body"]["storage"]["value"])
    mine = set(WORDS.findall(page["body"]["storage"]["value"].lower()))
    others = await get(
        route("/wiki/api/v2/spaces/{id}/pages", id=page["spaceId"], query={"limit": 60, "body-format": "storage"})
    )
    near = sorted(
        (other for other in others["results"] if other["id"] != page["id"]),
        key=lambda other: -len(mine & set(WORDS.findall(other["body"]["storage"]["value"].lower()))),
    )
    return {"linked": linked, "near": [{"id": other["id"], "title": other["title"]} for other in near[:5]]}
