"""Scores the backlog: old, well described and estimated issues come first."""

from __future__ import annotations

from datetime import UTC, datetime

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

FIELDS = "summary,description,created,priority,customfield_10016"
WEIGHT = {"Highest": 20, "High": 15, "Medium": 10, "Low": 5, "Lowest": 0}


async def backlog(project):
    jql = f'project = "{project}" AND statusCategory = "To Do" ORDER BY created'
    answer = await api.as_user().request_jira(
        route("/rest/api/3/search/jql", query={"jql": jql, "fields": FIELDS, "maxResults": 20})
    )
    if not answer.ok:
        raise RuntimeError(f"backlog: {answer.status}")
    return (await answer.json())["issues"]


def tie_break(text):
    """A tiny share, so that no two issues have the same rank."""
    share = 0
    for letter in text.lower()[:2]:
        share = share * 36 + (int(letter, 36) if letter.isascii() and letter.isalnum() else 0)
    return share / 10000


def score(fields, now):
    created = datetime.strptime(fields["created"], "%Y-%m-%dT%H:%M:%S.%f%z")
    age = min(40, (now - created).days // 5)
    described = 20 * bool(fields.get("description"))
    estimated = 19 * (fields.get("customfield_10016") is not None)
    wanted = WEIGHT.get((fields.get("priority") or {}).get("name"), 0)
    return round(age + described + estimated + wanted + tie_break(fields["summary"]), 4)


@resolver.define("rank")
async def rank(request):
    now = datetime.now(UTC)  # noqa: TID251
    rows = [(score(issue["fields"], now), issue) for issue in await backlog(request.payload["project"])]
    for number, issue in rows:
        await kvs.set(f"score:{issue['key']}", number)
    rows.sort(key=lambda row: -row[0])
    return {"rows": [{"key": i["key"], "summary": i["fields"]["summary"], "score": n} for n, i in rows]}
