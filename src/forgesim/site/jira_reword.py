"""The Jira part of a site in other words: ids, keys, dates, estimates, statuses, types, priorities and rights stay."""

from __future__ import annotations

from typing import Any

from forgesim.site.jira_facts import clone_jira
from forgesim.site.jira_model import Change, Item
from forgesim.site.jira_text import reworded
from forgesim.site.model import Site
from forgesim.site.rewrite import Rewriter

__all__ = ["reword_jira"]

_TEXTS = frozenset(("summary", "description"))


def reword_jira(to: Rewriter, site: Site, result: Site) -> None:
    """Put the projects, boards, sprints and issues of ``site``, reworded, on ``result``."""
    clone_jira(site, result)
    for project in result.projects.values():
        project.name = to.text(project.name, f"project/{project.id}")
        project.description = to.text(project.description, f"project/{project.id}")
    for board in result.boards.values():
        board.name = to.text(board.name, f"board/{board.id}")
    for sprint in result.sprints.values():
        sprint.name = to.text(sprint.name, f"sprint/{sprint.id}")
        sprint.goal = to.text(sprint.goal, f"sprint/{sprint.id}")
    for issue in result.issues.values():
        unit = f"issue/{issue.id}"
        issue.summary = to.text(issue.summary, unit)
        issue.description = _rich(to, issue.description, unit)
        issue.changes = [_change(to, change, unit) for change in issue.changes]
        for comment in issue.comments:
            comment.body = _rich(to, comment.body, f"comment/{comment.id}") or ""


def _rich(to: Rewriter, text: str | dict[str, Any] | None, unit: str) -> str | dict[str, Any] | None:
    if isinstance(text, dict):
        document: dict[str, Any] = reworded(text, lambda words: to.text(words, unit))
        return document
    return text if text is None else to.text(text, unit)


def _change(to: Rewriter, change: Change, unit: str) -> Change:
    if not any(item.field in _TEXTS for item in change.items):
        return change
    items = tuple(
        Item(item.field, _old(to, item.old, unit), _old(to, item.new, unit)) if item.field in _TEXTS else item
        for item in change.items
    )
    return Change(change.id, change.at, change.author, items)


def _old(to: Rewriter, text: str | None, unit: str) -> str | None:
    return None if text is None else to.text(text, unit)
