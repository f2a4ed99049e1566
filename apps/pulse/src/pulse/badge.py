"""The byline's badge: what a page scored when somebody last checked it, before the byline is opened."""

from __future__ import annotations

from typing import Any

from forgesim.sdk import log
from pulse.confluence import Confluence
from pulse.patience import Patience, RefusedError
from pulse.payload import Payload
from pulse.records import Records
from pulse.score import grade

__all__ = ["badge"]

NEUTRAL = "Page health"


async def badge(event: Any, _: Any) -> dict[str, str]:
    """``title`` and ``tooltip`` of the byline item, for whoever looks at a page. The event may name any: a score is
    shown to those alone whom Confluence shows the page. Raises ValueError where it names none."""
    content = Payload(Payload(Payload(event)["extension"])["content"])
    page_id = Payload({"pageId": content["id"]})["pageId"]
    if content.get("type") == "blogpost":
        return {"title": NEUTRAL, "tooltip": "Pulse judges pages. This is a blog post."}
    patience = Patience()
    try:
        await Confluence(patience).require(page_id)
        days = await Records(patience).trend("page", page_id)
    except RefusedError as refused:
        log.warn(f"badge: {refused.service} answered {refused.status}")
        return {"title": NEUTRAL, "tooltip": refused.sentence}
    if not days:
        return {"title": NEUTRAL, "tooltip": "Nobody has checked this page yet: open this to do so."}
    last = days[-1]
    score = last["score"]
    return {"title": f"{grade(score)} \u00b7 {int(score)}", "tooltip": f"Page health of {last['date']}, from 0 to 100"}
