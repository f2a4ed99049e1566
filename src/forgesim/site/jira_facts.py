"""The Jira part of what may be said of a whole site: its ids, its texts, what lies in what; and copies of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from forgesim.site.copies import copier
from forgesim.site.jira_model import Issue, IssueComment, Sprint
from forgesim.site.jira_parts import Component, ProjectVersion, RemoteLink
from forgesim.site.jira_text import plain
from forgesim.site.model import Site

__all__ = ["clone_jira", "jira_ids", "jira_parents", "jira_properties", "jira_texts", "text_fields"]


def jira_ids(site: Site) -> dict[str, list[str]]:
    """Kind → ids; issues and projects have keys too."""
    return {
        "issue": [name for issue in site.issues.values() for name in (issue.id, issue.key)],
        "sprint": list(map(str, site.sprints)),
        "board": list(map(str, site.boards)),
        "project": [name for project in site.projects.values() for name in (project.id, project.key)],
        "comment": [comment.id for issue in site.issues.values() for comment in issue.comments],
        "worklog": [worklog.id for issue in site.issues.values() for worklog in issue.worklogs],
        "attachment": [attachment.id for issue in site.issues.values() for attachment in issue.attachments],
        "filter": list(site.jira.filters),
    }


def jira_texts(site: Site) -> Iterator[tuple[str, str, str, str]]:
    """``(kind, id, field, text)`` of every text in projects, boards, sprints, filters, issues and what lies in them.
    Texts that a history still holds are fields of their own, ``was NUMBER``."""
    for project in site.projects.values():
        yield "project", project.id, "name", project.name
        yield "project", project.id, "description", project.description
        yield "project", project.id, "category", project.category
        parts: tuple[Component | ProjectVersion, ...] = (*project.components, *project.versions)
        for part in parts:
            yield "project", project.id, f"name {part.id}", part.name
            yield "project", project.id, f"description {part.id}", part.description
    for board in site.boards.values():
        yield "board", str(board.id), "name", board.name
        for number, name, jql, description in board.quick_filters:
            for field, text in (("name", name), ("jql", jql), ("description", description)):
                yield "board", str(board.id), f"quick filter {number} {field}", text
    for found in site.jira.filters.values():
        for field, text in (("name", found.name), ("jql", found.jql), ("description", found.description)):
            yield "filter", found.id, field, text
    for sprint in site.sprints.values():
        yield "sprint", str(sprint.id), "name", sprint.name
        yield "sprint", str(sprint.id), "goal", sprint.goal
    rich = text_fields(site)
    for issue in site.issues.values():
        yield from _issue_texts(issue, rich)


def text_fields(site: Site) -> frozenset[str]:
    """Ids of the fields of issues that hold words, as histories name them."""
    own = [each.id for each in site.jira.fields.values() if each.kind in ("text", "paragraph")]
    return frozenset(("summary", "description", "environment", *own))


def _issue_texts(issue: Issue, rich: frozenset[str]) -> Iterator[tuple[str, str, str, str]]:
    held = {
        "summary": issue.summary,
        "description": issue.description,
        "environment": issue.environment,
        "epic name": issue.epic_name,
        **{field: value for field, value in issue.values.items() if field in rich},
    }
    for field, value in held.items():
        if value is not None:
            yield "issue", issue.id, field, plain(value)
    for link in issue.remote_links:
        for name, text in _link_texts(link):
            yield "issue", issue.id, f"link {link.id} {name}", text
    for number, text in enumerate(_former(issue, rich)):
        yield "issue", issue.id, f"was {number}", text
    for comment in issue.comments:
        yield "comment", comment.id, "body", plain(comment.body)
    for worklog in issue.worklogs:
        yield "worklog", worklog.id, "comment", plain(worklog.comment or "")
    for attachment in issue.attachments:
        yield "attachment", attachment.id, "title", attachment.title
        if attachment.media_type.startswith("text/"):
            yield "attachment", attachment.id, "data", attachment.data.decode(errors="replace")


def _link_texts(link: RemoteLink) -> Iterator[tuple[str, str]]:
    for name in ("url", "title", "global_id", "summary", "relationship", "application_type", "application_name"):
        if text := getattr(link, name):
            yield name, text


def _former(issue: Issue, rich: frozenset[str]) -> list[str]:
    """Texts that the issue's fields had before."""
    return [item.old for change in issue.changes for item in change.items if item.old and item.field in rich]


def jira_properties(site: Site) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Ref, and what apps may keep there: projects, boards, sprints, issues and what lies in them, people, the app."""
    for project in site.projects.values():
        yield f"project/{project.id}", project.properties
    for board in site.boards.values():
        yield f"board/{board.id}", board.properties
    for sprint in site.sprints.values():
        yield f"sprint/{sprint.id}", sprint.properties
    for issue in site.issues.values():
        yield f"issue/{issue.id}", issue.properties
        yield from [(f"comment/{each.id}", each.properties) for each in issue.comments]
        yield from [(f"worklog/{each.id}", each.properties) for each in issue.worklogs]
    for account, held in site.jira.user_properties.items():
        yield f"user/{account}", held
    yield "site/", site.jira.app_properties


def jira_parents(site: Site) -> Iterator[tuple[str, str]]:
    """Ref, ref of its container: comment, worklog and attachment in issue, issue in project, sprint in board, board
    in project."""
    for project in site.projects.values():
        yield f"project/{project.key}", f"project/{project.id}"
    for board in site.boards.values():
        yield f"board/{board.id}", f"project/{board.project_id}"
    for sprint in site.sprints.values():
        yield f"sprint/{sprint.id}", f"board/{sprint.board_id}"
    for issue in site.issues.values():
        yield f"issue/{issue.id}", f"project/{issue.project_id}"
        yield f"issue/{issue.key}", f"issue/{issue.id}"
        for comment in issue.comments:
            yield f"comment/{comment.id}", f"issue/{issue.id}"
        for worklog in issue.worklogs:
            yield f"worklog/{worklog.id}", f"issue/{issue.id}"
        for attachment in issue.attachments:
            yield f"attachment/{attachment.id}", f"issue/{issue.id}"


def clone_jira(site: Site, copy: Site) -> None:
    """Give ``copy`` its own projects, boards, sprints and issues. What is never changed in place,
    such as changes and documents that apps have written, both share."""
    copy.projects = {
        key: replace(
            project,
            viewers=_listed(project.viewers),
            editors=_listed(project.editors),
            transitions=None if project.transitions is None else dict(project.transitions),
            roles=dict(project.roles),
            components=list(project.components),
            versions=list(project.versions),
            properties=deepcopy(project.properties),
        )
        for key, project in site.projects.items()
    }
    copy.boards = {key: replace(board, properties=deepcopy(board.properties)) for key, board in site.boards.items()}
    setup = site.jira
    copy.jira = replace(
        setup,
        roles=dict(setup.roles),
        link_types=dict(setup.link_types),
        fields=dict(setup.fields),
        permission_schemes=dict(setup.permission_schemes),
        security_schemes=dict(setup.security_schemes),
        filters=dict(setup.filters),
        user_properties=deepcopy(setup.user_properties),
        app_properties=deepcopy(setup.app_properties),
        removed_worklogs=dict(setup.removed_worklogs),
    )
    copy.sprints = {key: _sprint(sprint) for key, sprint in site.sprints.items()}
    copy.issues = {key: _issue(issue) for key, issue in site.issues.items()}


def _sprint(sprint: Sprint) -> Sprint:
    copy = _copy_sprint(sprint)
    copy.properties = deepcopy(sprint.properties) if sprint.properties else {}
    return copy


def _issue(issue: Issue) -> Issue:
    copy = _copy_issue(issue)
    copy.comments = list(map(_copy_comment, issue.comments)) if issue.comments else []
    copy.changes = issue.changes.copy()
    return copy


def _listed(names: list[str] | None) -> list[str] | None:
    return None if names is None else list(names)


_copy_sprint = copier(Sprint)
_copy_issue = copier(Issue)
_copy_comment = copier(IssueComment)
