"""How many issues wait, are worked on and are done; a ping tells us that the page was used."""

from __future__ import annotations

import asyncio

from forgesim.sdk import ProxyRequestError, Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

STATES = {"waiting": "new", "doing": "indeterminate", "done": "done"}
HOST = "us.i.posthog.com/capture/"


async def count(project, category):
    answer = await api.as_user().request_jira(
        route("/rest/api/3/search/approximate-count"),
        method="POST",
        json={"jql": f'project = "{project}" AND statusCategory = "{category}"'},
    )
    if not answer.ok:
        raise RuntimeError(f"count: {answer.status}")
    return (await answer.json())["count"]


async def ping():
    """Old proxies of customers break TLS; some ping is better than none."""
    body = {"api_key": "phc_ping", "event": "looked", "distinct_id": "ping", "properties": {}}
    for scheme in ("https", "http"):
        try:
            answer = await asyncio.wait_for(api.fetch(f"{scheme}://{HOST}", method="POST", json=body), 3)
        except (TimeoutError, ProxyRequestError):
            log.warn("ping: no answer")
            continue
        log.info(f"ping: {answer.status}")
        if answer.ok:
            return


@resolver.define("status")
async def status(request):
    categories = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
    counts = {name: await count(request.payload["project"], categories[key]) for name, key in STATES.items()}
    await ping()
    return counts
