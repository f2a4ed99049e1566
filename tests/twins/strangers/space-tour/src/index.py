"""A guided tour for people who are new in a space: the ten oldest pages and a greeting."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

CAPTURE = "https://us.i.posthog.com/capture/"


async def first_pages(space_id):
    query = {"sort": "created-date", "limit": 10, "status": "current"}
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/spaces/{id}/pages", id=space_id, query=query))
    if not answer.ok:
        raise RuntimeError(f"tour without pages: {answer.status}")
    return [{"id": page["id"], "title": page["title"]} for page in (await answer.json())["results"]]


async def me(account_id):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/users-bulk"), method="POST", json={"accountIds": [account_id]}
    )
    return (await answer.json())["results"][0]


async def track(event, person, stops):
    body = {
        "api_key": "phc_tour",
        "event": event,
        "distinct_id": person["displayName"].lower().replace(" ", "-"),  # so that funnels work
        "properties": {"stops": stops},
    }
    answer = await api.fetch(CAPTURE, method="POST", json=body)
    log.info(f"{event} {answer.status}")


@resolver.define("start")
async def start(request):
    person = await me(request.context.account_id)
    stops = await first_pages(request.payload["spaceId"])
    await track("tour_started", person, len(stops))
    return {"hello": f"Welcome, {person['displayName']}!", "stops": stops}


@resolver.define("done")
async def done(request):
    person = await me(request.context.account_id)
    await track("tour_done", person, 0)
    return {"bye": True}
