"""Issues of a project by state and priority, as a table of counts inside counts."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

STATES = {"new": "todo", "indeterminate": "doing", "done": "done"}
LEVELS = {"Highest": "high", "High": "high", "Medium": "middle", "Low": "low", "Lowest": "low"}


async def issues(project):
    query = {"jql": f'project = "{project}" ORDER BY created', "fields": "status,priority", "maxResults": 100}
    found, token = [], None
    while True:
        answer = await api.as_user().request_jira(
            route("/rest/api/3/search/jql", query={**query, "nextPageToken": token})
        )
        if not answer.ok:
            raise RuntimeError(f"Jira: {answer.status}")
        batch = await answer.json()
        found += batch["issues"]
        token = batch.get("nextPageToken")
        if token is None:
            return found


def matrix(found):
    table = {state: dict.fromkeys(("high", "middle", "low"), 0) for state in STATES.values()}
    for issue in found:
        fields = issue["fields"]
        state = STATES[fields["status"]["statusCategory"]["key"]]
        table[state][LEVELS.get((fields["priority"] or {}).get("name"), "middle")] += 1
    return table


@resolver.define("matrix")
async def show(request):
    found = await issues(request.payload["project"])
    table = matrix(found)
    before = await kvs.get("matrix")
    await kvs.set("matrix", table)
    log.info("counted", len(found), table)
    return {"table": table, "seenBefore": before is not None}
