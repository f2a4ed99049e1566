"""How many hands wrote a page, and since when."""

from __future__ import annotations

import hashlib

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler


async def json_of(path, **more):
    answer = await api.as_user().request_confluence(path, **more)
    if not answer.ok:
        raise RuntimeError(f"no answer: {answer.status}")
    return await answer.json()


def fingerprint(user):
    """Tells people apart without saying who they are."""
    return hashlib.sha256((user["email"] or user["displayName"]).lower().encode()).hexdigest()[:12]


@resolver.define("hands")
async def hands(request):
    page_id = request.payload["pageId"]
    versions = (await json_of(route("/wiki/api/v2/pages/{id}/versions", id=page_id, query={"limit": 50})))["results"]
    authors = sorted({version["authorId"] for version in versions})
    people = (await json_of(route("/wiki/api/v2/users-bulk"), method="POST", json={"accountIds": authors}),)[0][
        "results"
    ]
    now = sorted(fingerprint(person) for person in people)
    key = f"page:{page_id}:hands"
    last = await kvs.get(key) or {"hands": 0, "seen": []}
    fresh = len(set(now) - set(last["seen"]))
    await kvs.set(key, {"hands": len(now), "versions": len(versions), "seen": now})
    return {
        "names": [person["displayName"] for person in people],
        "hands": len(now),
        "newSinceLast": fresh,
        "before": last["hands"],
    }
