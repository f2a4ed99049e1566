"""A shared board of pins: up to eight issues, as ids; what they say is read afresh with the rights of who looks."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

MOST = 8


async def issue(id_or_key):
    """The issue, or None where this person may not see it."""
    answer = await api.as_user().request_jira(
        route("/rest/api/3/issue/{key}", key=id_or_key, query={"fields": "summary,status"})
    )
    if answer.status == 404:
        return None
    if not answer.ok:
        raise RuntimeError(f"Jira: {answer.status}")
    return await answer.json()


@resolver.define("pin")
async def pin(request):
    found = await issue(request.payload["issueKey"])
    if found is None:
        raise LookupError("there is no such issue, or you may not see it")
    pins = [found["id"], *(await kvs.get("pins") or [])]
    await kvs.set("pins", list(dict.fromkeys(pins))[:MOST])
    return {"pinned": found["key"]}


@resolver.define("board")
async def board(request):
    rows = []
    for number in await kvs.get("pins") or []:
        found = await issue(number)
        if found is not None:
            rows.append({"key": found["key"], "summary": found["fields"]["summary"]})
    return {"pins": rows}
