"""Who carries how much: open bugs a person, so that on-call duty can be shared fairly."""

from __future__ import annotations

from collections import Counter

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler


async def open_bugs(project):
    query = {
        "jql": f'project = "{project}" AND statusCategory != Done ORDER BY created',
        "fields": "assignee,priority",
        "maxResults": 100,
    }
    answer = await api.as_user().request_jira(route("/rest/api/3/search/jql", query=query))
    if not answer.ok:
        raise RuntimeError(f"Jira answered {answer.status}")
    return (await answer.json())["issues"]


def load(issues):
    """Account id → open issues, and the names to show."""
    held, names = Counter(), {}
    for issue in issues:
        person = issue["fields"].get("assignee")
        if person:
            held[person["accountId"]] += 1
            names[person["accountId"]] = person["displayName"]
    return held, names


@resolver.define("roster")
async def roster(request):
    project = request.payload["project"]
    issues = await open_bugs(project)
    held, names = load(issues)
    before = {}
    for account, number in held.items():
        before[account] = await kvs.get(f"load:{account}") or 0
        await kvs.set(f"load:{account}", number)
    await kvs.set("open", len(issues))
    rows = [{"name": names[a], "open": n, "change": n - before[a]} for a, n in held.most_common()]
    return {"next": rows[-1]["name"] if rows else None, "rows": rows}
