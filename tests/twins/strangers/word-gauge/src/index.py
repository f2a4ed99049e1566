"""Words, sentences and minutes of reading, in the byline."""

from __future__ import annotations

import re

from forgesim.sdk import Resolver, api, route

resolver = Resolver()
handler = resolver.handler

WORDS_A_MINUTE = 220


def plain(html):
    return re.sub(r"<[^>]+>", " ", html)


def gauge(text):
    words = text.split()
    sentences = [part for part in re.split(r"[.!?]+\s", text) if part.strip()]
    return {
        "words": len(words),
        "sentences": len(sentences),
        "longest": max((len(sentence.split()) for sentence in sentences), default=0),
        "minutes": max(1, round(len(words) / WORDS_A_MINUTE)),
    }


async def fetch(page_id):
    path = route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    answer = await api.as_user().request_confluence(path)
    if not answer.ok:
        raise LookupError(f"no page: {answer.status}")
    return (await answer.json())["body"]["storage"]["value"]


@resolver.define("gauge")
async def gauge_page(request):
    return gauge(plain(await fetch(request.payload["pageId"])))


@resolver.define("compare")
async def compare(request):
    """Two pages side by side."""
    one, two = [gauge(plain(await fetch(request.payload[name]))) for name in ("pageId", "otherId")]
    return {"one": one, "two": two, "longer": "one" if one["words"] > two["words"] else "two"}
