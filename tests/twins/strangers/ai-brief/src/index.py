"""A brief of a long page for people in a hurry, by Forge LLM."""

from __future__ import annotations

import re

from forgesim.sdk import ForgeLlmAPIError, Resolver, api, kvs, llm, route

resolver = Resolver()
handler = resolver.handler


async def read(page_id):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    page = await answer.json()
    return page["version"]["number"], re.sub(r"<[^>]+>", " ", page["body"]["storage"]["value"])


async def write_brief(text):
    answer = await llm.chat(
        model="claude-haiku-4-5-20251001",
        messages=[{"role": "user", "content": f"Give the gist in two sentences:\n{text[:4000]}"}],
        max_completion_tokens=150,
    )
    return answer["choices"][0]["message"]["content"]


@resolver.define("brief")
async def brief(request):
    """The brief of this version; made again when the page has changed."""
    page_id = request.payload["pageId"]
    version, text = await read(page_id)
    kept = await kvs.get(f"brief:{page_id}")
    if kept and kept["version"] == version:
        return {"brief": kept.get("text"), "fresh": False}
    try:
        gist = await write_brief(text)
    except ForgeLlmAPIError as error:
        return {"brief": None, "problem": f"Forge LLM answered {error.status}"}
    # tokens cost money: one version is briefed once
    await kvs.set(f"brief:{page_id}", {"version": version, "words": min(len(text.split()), 100000), "text": gist})
    return {"brief": gist, "fresh": True}
