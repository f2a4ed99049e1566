"""Names and numbers of triggers (Forge documentation of events and their limits, and the table of scopes in
@forge/manifest 13.7.0, August 2026)."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DELIVERY_MS", "DOCUMENTED", "MAX_APP_EVENTS", "MAX_EVENT_BYTES", "MAX_RETRIES", "SCOPES"]

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
        (r"avi:jira-software:configuration-changed:board", ({"read:board-scope.admin:jira-software"},)),
        (r"avi:jira-software:[a-z-]+:board",
         ({"read:jira-work", "read:jira-user"},
          {"read:board-scope:jira-software", "read:issue-details:jira", "read:project:jira", "read:user:jira"})),
        (r"avi:jira:[a-z]+:user", ({"read:jira-user"},)),
        (rf"avi:confluence:(trashed|deleted):({_CONTENT})", ({_SUMMARY, "write:confluence-content"},)),
        (rf"avi:confluence:[a-z_]+:({_CONTENT})", ({_SUMMARY},)),
        (r"avi:confluence:[a-z_]+:task", ({"read:confluence-content.all"},)),
        (r"avi:confluence:(permissions_updated|deleted):space(:V2)?",
         ({"read:confluence-space.summary", "write:confluence-space"},)),
        (r"avi:confluence:[a-z_]+:space(:V2)?", ({"read:confluence-space.summary"},)),
        (r"avi:confluence:[a-z_]+:label", ({_SUMMARY, "read:confluence-space.summary"},)),
        (r"avi:confluence:[a-z_]+:relation", ({_SUMMARY, "read:confluence-space.summary", "read:confluence-user"},)),
        (r"avi:confluence:[a-z_]+:user", ({"read:confluence-user"},)),
        (r"avi:confluence:[a-z_]+:group", ({"read:confluence-groups"},)),
        (r"avi:forge:[a-z]+:app|avi:cloud:ecosystem::event/.+|avi:ecosystem\..+", (set(),)),
    )
)  # fmt: skip
"""Form of an event's name → the sets of scopes of which an app needs one to get it. The first that fits counts."""

_PAGE_ONLY = "moved children_reordered initialized started snapshotted published"
_FORMS: Final = (
    ("avi:confluence:{}:page", f"created updated liked viewed archived unarchived copied permissions_updated trashed "
     f"restored deleted {_PAGE_ONLY}"),
    ("avi:confluence:{}:blogpost", "created updated liked viewed moved copied permissions_updated trashed restored "
     "deleted"),
    ("avi:confluence:{}:comment", "created updated liked deleted"),
    ("avi:confluence:{}:attachment", "created updated viewed archived unarchived trashed restored deleted"),
    ("avi:confluence:{}:custom_content", "created updated permissions_updated trashed restored deleted"),
    ("avi:confluence:{}:label", "created added removed deleted"),
    ("avi:confluence:{}:task", "created updated removed"),
    ("avi:confluence:{}:space:V2", "created updated permissions_updated deleted"),
    ("avi:confluence:{}:user", "created deleted"),
    ("avi:confluence:{}:group", "created deleted"),
    ("avi:confluence:{}:relation", "created deleted"),
    ("avi:confluence:{}:search", "performed"),
    ("avi:jira:{}:issue", "created updated deleted assigned viewed mentioned commented"),
    ("avi:jira:{}:comment", "mentioned deleted"),
    ("avi:jira:{}:issuelink", "created deleted"),
    ("avi:jira:{}:worklog", "created updated deleted"),
    ("avi:jira:{}:attachment", "created deleted"),
    ("avi:jira-software:{}:sprint", "created started updated closed deleted"),
    ("avi:jira-software:{}:board", "created updated deleted configuration-changed"),
)  # fmt: skip
DOCUMENTED: Final = tuple(form.format(what) for form, each in _FORMS for what in each.split())
"""Names of events that the pages on Confluence and on issues and sprints of Jira list. There are more, of other things
of Jira's, and not all of whiteboards, databases, embeds and folders are here."""
