"""People say how an issue feels: good, mixed or bad. Sums are kept, and who said what is not asked."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

MOODS = ("good", "mixed", "bad")


async def issue(key):
    answer = await api.as_user().request_jira(
        route("/rest/api/3/issue/{key}", key=key, query={"fields": "summary,reporter,status"})
    )
    if not answer.ok:
        raise RuntimeError(f"issue: {answer.status}")
    return await answer.json()


def detail(found):
    """Every sixteenth issue is looked at closely when we tune the app."""
    sampled = int(found["id"]) % 16 == 3
    who = (found["fields"]["reporter"] or {}).get("accountId", "")
    return {"sample": [found["fields"]["summary"], who]} if sampled else {}


@resolver.define("feel")
async def feel(request):
    mood = request.payload["mood"]
    if mood not in MOODS:
        raise ValueError("good, mixed or bad")
    found = await issue(request.payload["issueId"])
    key = f"issue:{found['key']}:mood"
    sums = dict.fromkeys(MOODS, 0) | (await kvs.get(key) or {})
    sums[mood] = min(sums[mood] + 1, 9999)
    await kvs.set(key, sums | detail(found))
    log.info("mood", sums["good"], sums["mixed"], sums["bad"])
    return sums
