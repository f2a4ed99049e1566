"""A bare app for Confluence: counts of what a page and its space hold. Mutators plant before its last mistake."""

from __future__ import annotations

from typing import Any

from forgesim.sdk import Request, Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler
Json = dict[str, Any]
CAPTURE = "https://us.i.posthog.com/capture/"
PARTS = 4


async def read(path: str, query: dict[str, str], init: Json | None = None, **ids: str) -> Json:
    """What Confluence answers; its status where it refuses."""
    answer = await api.as_user().request_confluence(route(path, **ids, query=query), **(init or {}))
    return await answer.json() if answer.ok else {"refused": answer.status}


@resolver.define("count")
async def count(request: Request) -> Json:
    viewer, payload = str(request.context.account_id), request.payload
    space_id = payload["spaceId"]
    listing = await read("/wiki/api/v2/spaces/{id}/pages", {"limit": "250"}, id=space_id)
    listed = listing.get("results", [])
    page_id = payload.get("pageId") or next((each["id"] for each in listed), "0")
    shown = {"body-format": "storage", "include-labels": "true"}
    page = await read("/wiki/api/v2/pages/{id}", shown, id=page_id)
    said = await read("/wiki/api/v2/pages/{id}/footer-comments", {"body-format": "storage"}, id=page_id)
    files = await read("/wiki/api/v2/pages/{id}/attachments", {}, id=page_id)
    accounts = sorted({viewer, *(page[who] for who in ("ownerId", "authorId") if page.get(who))})
    people = await read("/wiki/api/v2/users-bulk", {}, {"method": "POST", "json": {"accountIds": accounts}})
    counts = {"comments": said, "files": files, "people": people}
    row = {name: len(answer.get("results", [])) for name, answer in counts.items()}
    sent = 0
    if "id" in page:
        before = await kvs.get(f"page:{page_id}:row") or {"runs": 0}
        row["runs"] = before["runs"] + 1
        await kvs.set(f"page:{page_id}:row", row)
    if listed:
        for part in range(PARTS):
            await kvs.set(f"space:{space_id}:part:{part}", sum(int(each["id"]) % PARTS == part for each in listed))
        usage = {"api_key": "phc_demo", "event": "counted", "distinct_id": "bare", "properties": {"count": len(listed)}}
        sent = (await api.fetch(CAPTURE, method="POST", json=usage)).status
    log.info(f"counted {len(listed)} pages, usage {sent}")
    if "pageId" not in payload:
        raise ValueError("a page id is needed")
    return row
