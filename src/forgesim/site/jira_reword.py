"""The Jira part of a site in other words: ids, keys, dates, estimates, statuses, types, priorities, labels, options,
rights and queries stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import shake_128
from typing import Any

from forgesim.site.jira_facts import clone_jira, text_fields
from forgesim.site.jira_model import Change, Issue, Item, Project
from forgesim.site.jira_parts import IssueAttachment, RemoteLink
from forgesim.site.jira_text import reworded
from forgesim.site.model import Site
from forgesim.site.rewrite import Rewriter

__all__ = ["reword_jira"]

_HEADER_SIZE = 16


def reword_jira(to: Rewriter, site: Site, result: Site) -> None:
    """Put the projects, boards, sprints and issues of ``site``, reworded, on ``result``."""
    clone_jira(site, result)
    for project in result.projects.values():
        project.name = to.text(project.name, f"project/{project.id}")
        _project(to, project)
    for board in result.boards.values():
        unit = f"board/{board.id}"
        board.name = to.text(board.name, unit)
        board.quick_filters = tuple(
            (number, to.text(name, unit), jql, to.text(description, unit))
            for number, name, jql, description in board.quick_filters
        )
        board.properties = reworded_json(to, board.properties, unit)
    for sprint in result.sprints.values():
        sprint.name = to.text(sprint.name, f"sprint/{sprint.id}")
        sprint.goal = to.text(sprint.goal, f"sprint/{sprint.id}")
        sprint.properties = reworded_json(to, sprint.properties, f"sprint/{sprint.id}")
    rich = text_fields(site)
    for issue in result.issues.values():
        _issue(to, issue, rich)
    setup = result.jira
    for id_, found in setup.filters.items():
        unit = f"filter/{id_}"
        words = {"name": to.text(found.name, unit), "description": to.text(found.description, unit)}
        setup.filters[id_] = replace(found, **words)  # type: ignore[arg-type]
    setup.user_properties = {
        account: reworded_json(to, held, f"user/{account}") for account, held in setup.user_properties.items()
    }
    setup.app_properties = reworded_json(to, setup.app_properties, "site")


def _project(to: Rewriter, project: Project) -> None:
    unit = f"project/{project.id}"
    project.description = to.text(project.description, unit)
    project.category = to.text(project.category, unit)
    project.components = [
        replace(each, name=to.text(each.name, unit), description=to.text(each.description, unit))
        for each in project.components
    ]
    project.versions = [
        replace(each, name=to.text(each.name, unit), description=to.text(each.description, unit))
        for each in project.versions
    ]
    project.properties = reworded_json(to, project.properties, unit)


def _issue(to: Rewriter, issue: Issue, rich: frozenset[str]) -> None:
    unit = f"issue/{issue.id}"
    issue.summary = to.text(issue.summary, unit)
    issue.description = _rich(to, issue.description, unit)
    issue.environment = _rich(to, issue.environment, unit)
    issue.epic_name = _old(to, issue.epic_name, unit)
    issue.changes = [_change(to, change, unit, rich) for change in issue.changes]
    if issue.values:
        issue.values = {
            field: _rich(to, value, unit) if field in rich else value for field, value in issue.values.items()
        }
    if issue.properties:
        issue.properties = reworded_json(to, issue.properties, unit)
    issue.remote_links = tuple(_remote(to, link, unit) for link in issue.remote_links)
    issue.attachments = tuple(_attachment(to, each) for each in issue.attachments)
    for comment in issue.comments:
        comment.body = _rich(to, comment.body, f"comment/{comment.id}") or ""
        if comment.properties:
            comment.properties = reworded_json(to, comment.properties, f"comment/{comment.id}")
    issue.worklogs = tuple(
        replace(
            each,
            comment=_rich(to, each.comment, f"worklog/{each.id}"),
            properties=reworded_json(to, each.properties, f"worklog/{each.id}"),
        )
        for each in issue.worklogs
    )


def _remote(to: Rewriter, link: RemoteLink, unit: str) -> RemoteLink:
    texts = {
        name: _old(to, getattr(link, name), unit)
        for name in ("title", "global_id", "summary", "relationship", "application_type", "application_name")
    }
    return replace(link, url=to.address(link.url), **texts)  # type: ignore[arg-type]


def _attachment(to: Rewriter, found: IssueAttachment) -> IssueAttachment:
    """Text is rewritten; of anything else the first bytes, which tell its type, stay and the rest is scrambled."""
    title, data = to.file_name(found.title), found.data
    if found.media_type.startswith("text/"):
        try:
            return replace(found, title=title, data=to.text(data.decode(), f"attachment/{found.id}").encode())
        except UnicodeDecodeError:
            pass
    head, tail = data[:_HEADER_SIZE], data[_HEADER_SIZE:]
    stream = shake_128(f"{to.wording.salt}/{found.id}".encode()).digest(len(tail))
    return replace(found, title=title, data=head + (int.from_bytes(tail) ^ int.from_bytes(stream)).to_bytes(len(tail)))


def reworded_json(to: Rewriter, held: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """Properties with the texts of their values in other words; keys stay."""
    return {key: _json(to, value, unit) for key, value in held.items()}


def _json(to: Rewriter, value: Any, unit: str) -> Any:
    if isinstance(value, str):
        return to.text(value, unit)
    if isinstance(value, list):
        return [_json(to, item, unit) for item in value]
    if isinstance(value, dict):
        return {key: _json(to, item, unit) for key, item in value.items()}
    return value


def _rich(to: Rewriter, text: str | dict[str, Any] | None, unit: str) -> str | dict[str, Any] | None:
    if isinstance(text, dict):
        document: dict[str, Any] = reworded(text, lambda words: to.text(words, unit))
        return document
    return text if text is None else to.text(text, unit)


def _change(to: Rewriter, change: Change, unit: str, rich: frozenset[str]) -> Change:
    if not any(item.field in rich for item in change.items):
        return change
    items = tuple(
        Item(item.field, _old(to, item.old, unit), _old(to, item.new, unit)) if item.field in rich else item
        for item in change.items
    )
    return Change(change.id, change.at, change.author, items)


def _old(to: Rewriter, text: str | None, unit: str) -> str | None:
    return None if text is None else to.text(text, unit)
