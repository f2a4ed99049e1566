"""The Jira part of what may be said of a whole site: its ids, its texts, what lies in what; and copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from forgesim.site.copies import copier
from forgesim.site.jira_model import Issue, IssueComment, Sprint
from forgesim.site.jira_text import plain
from forgesim.site.model import Site

__all__ = ["clone_jira", "jira_ids", "jira_parents", "jira_texts"]


def jira_ids(site: Site) -> dict[str, list[str]]:
    """Kind → ids; issues and projects have keys too."""
    return {
        "issue": [name for issue in site.issues.values() for name in (issue.id, issue.key)],
        "sprint": list(map(str, site.sprints)),
        "board": list(map(str, site.boards)),
        "project": [name for project in site.projects.values() for name in (project.id, project.key)],
        "comment": [comment.id for issue in site.issues.values() for comment in issue.comments],
    }


def jira_texts(site: Site) -> Iterator[tuple[str, str, str, str]]:
    """``(kind, id, field, text)`` of every text in projects, boards, sprints, issues and their comments. Texts that
    a history still holds are fields of their own, ``was NUMBER``."""
    for project in site.projects.values():
        yield "project", project.id, "name", project.name
        yield "project", project.id, "description", project.description
    for board in site.boards.values():
        yield "board", str(board.id), "name", board.name
    for sprint in site.sprints.values():
        yield "sprint", str(sprint.id), "name", sprint.name
        yield "sprint", str(sprint.id), "goal", sprint.goal
    for issue in site.issues.values():
        yield "issue", issue.id, "summary", issue.summary
        if issue.description is not None:
            yield "issue", issue.id, "description", plain(issue.description)
        for number, text in enumerate(_former(issue)):
            yield "issue", issue.id, f"was {number}", text
        for comment in issue.comments:
            yield "comment", comment.id, "body", plain(comment.body)


def _former(issue: Issue) -> list[str]:
    """Summaries and descriptions that the issue had before."""
    return [
        item.old
        for change in issue.changes
        for item in change.items
        if item.old and item.field in ("summary", "description")
    ]


def jira_parents(site: Site) -> Iterator[tuple[str, str]]:
    """Ref, ref of its container: comment in issue, issue in project, sprint in board, board in project."""
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


def clone_jira(site: Site, copy: Site) -> None:
    """Give ``copy`` its own projects, boards, sprints and issues. Changes, and documents that apps have written, are
    never changed in place, so both share them."""
    copy.projects = {
        key: replace(project, viewers=_listed(project.viewers), editors=_listed(project.editors))
        for key, project in site.projects.items()
    }
    copy.boards = {key: replace(board) for key, board in site.boards.items()}
    copy.sprints = {key: _copy_sprint(sprint) for key, sprint in site.sprints.items()}
    copy.issues = {key: _issue(issue) for key, issue in site.issues.items()}


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
