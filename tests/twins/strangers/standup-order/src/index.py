"""What to talk about at standup: issues that moved since yesterday; keeps how many days each has been in its status."""

from __future__ import annotations

from datetime import UTC, datetime

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler


async def moving(project):
    query = {
        "jql": f'project = "{project}" AND statusCategory = "In Progress" ORDER BY updated DESC',
        "fields": "summary,status,statuscategorychangedate",
        "maxResults": 12,
    }
    answer = await api.as_user().request_jira(route("/rest/api/3/search/jql", query=query))
    if not answer.ok:
        raise RuntimeError(f"standup: {answer.status}")
    return (await answer.json())["issues"]


def days(issue):
    since = datetime.strptime(issue["fields"]["statuscategorychangedate"], "%Y-%m-%dT%H:%M:%S.%f%z")
    return min(max((datetime.now(UTC) - since).days, 0), 999)  # noqa: TID251


def agenda(issues):
    """The longest first; those that take equally long by name."""
    return sorted(issues, key=lambda issue: (-days(issue), issue["fields"]["summary"]))


@resolver.define("standup")
async def standup(request):
    issues = await moving(request.payload["project"])
    rows = agenda(issues)
    for issue in sorted(issues, key=lambda issue: issue["fields"]["summary"]):
        await kvs.set(f"issue:{issue['key']}:days", days(issue), ttl={"value": 30, "unit": "DAYS"})
    return {"talk": [{"key": i["key"], "summary": i["fields"]["summary"], "days": days(i)} for i in rows]}
