"""Usage counts for PostHog: which function ran and how many pages it saw. No person, no content, no id."""

from __future__ import annotations

import asyncio
from typing import Literal

from forgesim.sdk import api, log

__all__ = ["Event", "count"]

URL = "https://us.i.posthog.com/capture/"
API_KEY = "phc_demo"
WAIT_S = 2.0
"""Seconds that a count may take; nobody waits longer for it."""

MOST = 1000
Event = Literal["space_scanned", "page_checked", "page_explained"]


async def count(event: Event, pages: int) -> None:
    """Send one count after the work is done. Refused, switched off or silent: the work stands either way."""
    body = {
        "api_key": API_KEY,
        "event": event,
        "distinct_id": "pulse",
        "properties": {"count": min(pages, MOST)},
    }
    try:
        answer = await asyncio.wait_for(api.fetch(URL, method="POST", json=body), WAIT_S)
        log.info(f"usage count: {answer.status}")
    except TimeoutError:
        log.warn("usage count: no answer")
