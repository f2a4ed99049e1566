"""A bare app for Jira: counts of what an issue and its project hold. Mutators plant before its last mistake."""

from __future__ import annotations

from typing import Any

from forgesim.sdk import Request, Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler
Json = dict[str, Any]
CAPTURE = "https://us.i.posthog.com/capture/"
FIELDS = "summary,description,assignee,reporter,creator,labels"
PARTS = 4


async def read(path: str, query: dict[str, str], init: Json | None = None, **ids: str) -> Json:
    """What Jira answers; its status where it refuses."""
    answer = await api.as_user().request_jira(route(path, **ids, query=query), **(init or {}))
    return await answer.json() if answer.ok else {"refused": answer.status}


@resolver.define("count")
async def count(request: Request) -> Json:
    payload = request.payload
    project = str(payload["project"])
    quoted = project.replace("\\", "").replace('"', "")
    asked = {"jql": f'project = "{quoted}" ORDER BY key', "maxResults": "50", "fields": "summary"}
    listing = await read("/rest/api/3/search/jql", asked)
    listed = listing.get("issues", [])
    issue_id = str(payload.get("issue") or next((each["key"] for each in listed), "0"))
    issue = await read("/rest/api/3/issue/{id}", {"fields": FIELDS}, id=issue_id)
    said = await read("/rest/api/3/issue/{id}/comment", {}, id=issue_id)
    myself = await read("/rest/api/3/myself", {})
    fields = issue.get("fields", {})
    people = {person["accountId"] for who in ("assignee", "reporter", "creator") if (person := fields.get(who))}
    row = {"comments": len(said.get("comments", [])), "people": len(people)}
    sent = 0
    if "id" in issue:
        key = f"issue:{issue['id']}:row"
        row["runs"] = (await kvs.get(key) or {"runs": 0})["runs"] + 1
        await kvs.set(key, row)
    if listed:
        for part in range(PARTS):
            numbered = sum(int(each["id"]) % PARTS == part for each in listed)
            await kvs.set(f"part:{part}", numbered)
        usage = {"api_key": "phc_demo", "event": "counted", "distinct_id": "bare", "properties": {"count": len(listed)}}
        sent = (await api.fetch(CAPTURE, method="POST", json=usage)).status
    log.info(f"counted {len(listed)} issues for {'somebody' if myself.get('active') else 'nobody'}, usage {sent}")
    if "issue" not in payload:
        raise ValueError("an issue is needed")
    return row
