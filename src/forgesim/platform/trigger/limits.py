"""Names and numbers of triggers (Forge documentation of events and their limits, and the table of scopes in
@forge/manifest 13.7.0, August 2026)."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DELIVERY_MS", "MAX_APP_EVENTS", "MAX_EVENT_BYTES", "MAX_RETRIES", "SCOPES"]

MAX_RETRIES: Final = 4
"""Runs after the first that an app may ask for."""
MAX_APP_EVENTS: Final = 10
"""App events of one call."""
MAX_EVENT_BYTES: Final = 200_000
"""Larger events are not delivered."""
DELIVERY_MS: Final = 1_000
"""Virtual time between what happened and the first run. Ours: "up to three minutes" is published."""

_WORK: Final = ({"read:jira-work"},)
_SUMMARY: Final = "read:confluence-content.summary"
_CONTENT: Final = "page|blogpost|comment|attachment|custom_content|whiteboard|database|embed|folder"

SCOPES: Final = tuple(
    (re.compile(form), tuple(frozenset(each) for each in alternatives))
    for form, alternatives in (
        (r"avi:jira:[a-z]+:(issue|comment|issuelink|worklog)", _WORK),
        (r"avi:jira-software:[a-z-]+:sprint", ({"read:jira-work"}, {"read:sprint:jira-software"})),
        (rf"avi:confluence:(trashed|deleted):({_CONTENT})", ({_SUMMARY, "write:confluence-content"},)),
        (rf"avi:confluence:[a-z_]+:({_CONTENT})", ({_SUMMARY},)),
        (r"avi:confluence:[a-z_]+:task", ({"read:confluence-content.all"},)),
        (r"avi:confluence:(permissions_updated|deleted):space(:V2)?",
         ({"read:confluence-space.summary", "write:confluence-space"},)),
        (r"avi:confluence:[a-z_]+:space(:V2)?", ({"read:confluence-space.summary"},)),
        (r"avi:confluence:[a-z_]+:user", ({"read:confluence-user"},)),
        (r"avi:confluence:[a-z_]+:group", ({"read:confluence-groups"},)),
        (r"avi:forge:[a-z]+:app|avi:cloud:ecosystem::event/.+|avi:ecosystem\..+", (set(),)),
    )
)  # fmt: skip
"""Form of an event's name → the sets of scopes of which an app needs one to get it. The first that fits counts."""
