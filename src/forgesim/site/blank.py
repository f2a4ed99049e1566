"""Which fields of an issue and of a page may be empty; emptying one, and giving one a value that it has had all along.

The fields are those that the REST documents of Jira (v3) and Confluence (v2) answer as null, as an empty list, text
or map, or not at all. An emptied field is one that nobody has ever set, and a filled one has not changed: the
history goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from forgesim.site.jira_history import forget_field
from forgesim.site.jira_model import ISSUE_TYPES, SPRINT_FIELD, STORY_POINTS_FIELD, Issue
from forgesim.site.model import Page

__all__ = ["ISSUE_BLANKS", "PAGE_BLANKS", "TEXTS", "IssueBlank", "PageBlank", "empty_issue", "empty_page"]

IssueBlank = Literal[
    "priority", "assignee", "reporter", "duedate", "estimate", "labels", "sprint", "resolution", "parent",
    "description", "comments",
]  # fmt: skip
PageBlank = Literal["owner", "parent", "labels", "message", "body", "comments"]

ISSUE_BLANKS: tuple[IssueBlank, ...] = get_args(IssueBlank)
PAGE_BLANKS: tuple[PageBlank, ...] = get_args(PageBlank)
TEXTS = frozenset({"description", "body", "comments"})
"""What holds the words; the other fields hold what an app may count, compare or sort by."""

_SIMPLE: Mapping[str, tuple[str, str, Any]] = MappingProxyType(
    {
        "priority": ("priority", "priority_id", None),
        "assignee": ("assignee", "assignee", None),
        "reporter": ("reporter", "reporter", None),
        "duedate": ("duedate", "due", None),
        "estimate": (STORY_POINTS_FIELD, "points", None),
        "labels": ("labels", "labels", ()),
        "sprint": (SPRINT_FIELD, "sprints", ()),
        "description": ("description", "description", None),
    }
)
"""Field → its id in histories, the attribute that holds it, and what that holds where it is empty."""


def empty_issue(issue: Issue, field: IssueBlank) -> None:
    """Empty the field; the parent of a sub-task stays, for without one there is no sub-task."""
    if field in _SIMPLE:
        history, attribute, nothing = _SIMPLE[field]
        setattr(issue, attribute, nothing)
        forget_field(issue, history)
    elif field == "resolution":
        issue.resolution_id = issue.resolved_at = None
        forget_field(issue, "resolution")
    elif field == "comments":
        issue.comments = []
    elif field == "parent" and ISSUE_TYPES[issue.type_id].level >= 0:
        issue.parent_id = None
        forget_field(issue, "parent")


def empty_page(page: Page, field: PageBlank) -> None:
    """Empty the field. Without a parent a page stands at the top of its space, and only its own
    restrictions hold; inline comments on a body that is gone dangle."""
    _OF_PAGES[field](page)


def _no_body(page: Page) -> None:
    page.body = ""
    for comment in page.comments:
        if comment.inline:
            comment.resolution = "dangling"


def _no_owner(page: Page) -> None:
    page.owner = None


def _no_parent(page: Page) -> None:
    page.parent_id = None


def _no_labels(page: Page) -> None:
    page.labels = []


def _no_comments(page: Page) -> None:
    page.comments = []


def _no_message(page: Page) -> None:
    page.versions = [replace(each, message="") for each in page.versions]


_OF_PAGES: Mapping[PageBlank, Callable[[Page], None]] = MappingProxyType(
    {
        "body": _no_body,
        "owner": _no_owner,
        "parent": _no_parent,
        "labels": _no_labels,
        "comments": _no_comments,
        "message": _no_message,
    }
)
