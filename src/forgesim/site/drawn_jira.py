"""Edits of issues and sprints. A field that an edit sets has had its value all along: its history goes."""

from __future__ import annotations

from collections.abc import Collection
from itertools import cycle, islice
from typing import Literal

from forgesim.counted import counted
from forgesim.site.blank import IssueBlank, empty_issue
from forgesim.site.drawn_edit import Edit, account_of, as_label, as_text, new_id
from forgesim.site.jira_history import drop_items, forget_field, sprint_ids, sprint_text
from forgesim.site.jira_model import SPRINT_FIELD, STORY_POINTS_FIELD, Change, Issue, IssueComment, Item
from forgesim.site.jira_text import plain
from forgesim.site.model import Site

__all__ = [
    "AssignIssue",
    "CommentIssue",
    "EmptyIssue",
    "EmptySprint",
    "EstimateIssue",
    "LabelIssue",
    "LengthenIssue",
    "WriteIssue",
    "forget_sprints",
]

LONGEST_SUMMARY = 255
LONGEST_DESCRIPTION = 30_000
MOST_COMMENTS = 200


class _IssueEdit(Edit, frozen=True):
    """``issue`` is an id."""

    issue: str

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        issue = site.issues.get(self.issue)
        if issue is not None:
            self.change(site, issue)

    def change(self, site: Site, issue: Issue) -> None:
        raise AssertionError(self, site, issue)  # every edit has its own


class LabelIssue(_IssueEdit, frozen=True, tag="label issue"):
    """The issue has these labels and no others."""

    labels: tuple[str, ...] = ()

    def change(self, site: Site, issue: Issue) -> None:  # noqa: ARG002
        issue.labels = tuple(dict.fromkeys(filter(None, map(as_label, self.labels))))
        forget_field(issue, "labels")

    def told(self) -> str:
        return f"issue {self.issue} has {'the labels ' + ', '.join(self.labels) if self.labels else 'no labels'}"


class EstimateIssue(_IssueEdit, frozen=True, tag="estimate issue"):
    """``points`` is the estimate in story points; null is none."""

    points: float | None

    def change(self, site: Site, issue: Issue) -> None:  # noqa: ARG002
        issue.points = None if self.points is None else max(0.0, float(self.points))
        forget_field(issue, STORY_POINTS_FIELD)

    def told(self) -> str:
        points = "nothing" if self.points is None else "1 point" if self.points == 1 else f"{self.points:g} points"
        return f"issue {self.issue} is estimated at {points}"


class WriteIssue(_IssueEdit, frozen=True, tag="write issue"):
    """The words stand at the end of the issue's summary, its description, or a comment of their own."""

    where: Literal["summary", "description", "comment"]
    words: tuple[str, ...]

    def change(self, site: Site, issue: Issue) -> None:
        text = as_text(self.words)
        if not text:
            return
        if self.where == "summary":
            issue.summary = f"{issue.summary} {text}"[:LONGEST_SUMMARY].rstrip()
        elif self.where == "description":
            issue.description = f"{plain(issue.description or '')}\n{text}".strip()[:LONGEST_DESCRIPTION]
        else:
            _comment(site, issue, 1, text)
        forget_field(issue, self.where)

    def told(self) -> str:
        return f"the {self.where} of issue {self.issue} says {' '.join(self.words)}"


class LengthenIssue(_IssueEdit, frozen=True, tag="lengthen issue"):
    """Summary and description ``times`` over, as far as they may be long."""

    times: int

    def change(self, site: Site, issue: Issue) -> None:  # noqa: ARG002
        times = max(1, min(self.times, LONGEST_DESCRIPTION))
        issue.summary = " ".join([issue.summary] * min(times, LONGEST_SUMMARY))[:LONGEST_SUMMARY].rstrip()
        described = plain(issue.description or "")
        repeated = [described] * min(times, 1 + LONGEST_DESCRIPTION // max(1, len(described)))
        issue.description = "\n".join(repeated)[:LONGEST_DESCRIPTION] if described else issue.description
        forget_field(issue, "summary")
        forget_field(issue, "description")

    def told(self) -> str:
        return f"summary and description of issue {self.issue} are {self.times:,} times as long"


class AssignIssue(_IssueEdit, frozen=True, tag="assign issue"):
    """The issue is assigned to ``to``, a handle; empty: to nobody."""

    to: str

    def change(self, site: Site, issue: Issue) -> None:
        account = account_of(site, self.to)
        if account is not None or not self.to:
            issue.assignee = account
            forget_field(issue, "assignee")

    def told(self) -> str:
        return f"issue {self.issue} is assigned to {self.to or 'nobody'}"


class CommentIssue(_IssueEdit, frozen=True, tag="comment issue"):
    """More comments, at most 200 at once, by the people of the site in turn."""

    count: int

    def change(self, site: Site, issue: Issue) -> None:
        _comment(site, issue, self.count, issue.summary)

    def told(self) -> str:
        return f"issue {self.issue} has {counted(self.count, 'more comment')}"


class EmptyIssue(_IssueEdit, frozen=True, tag="empty issue"):
    """One field of the issue has no value, and never had one."""

    field: IssueBlank

    def change(self, site: Site, issue: Issue) -> None:  # noqa: ARG002
        empty_issue(issue, self.field)

    def told(self) -> str:
        return f"issue {self.issue} has no {self.field}"


class EmptySprint(Edit, frozen=True, tag="empty sprint"):
    """No issue is, or ever was, in the sprint."""

    sprint: str

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        if self.sprint in site.sprints:
            forget_sprints(site, {site.sprints[self.sprint].id})

    def told(self) -> str:
        return f"sprint {self.sprint} is empty"


def forget_sprints(site: Site, sprints: Collection[int]) -> None:
    """Take every issue out of the sprints, in its history too."""

    def without(text: str | None) -> str | None:
        return text and sprint_text(tuple(each for each in sprint_ids(text) if each not in sprints))

    for issue in site.issues.values():
        issue.sprints = tuple(each for each in issue.sprints if each not in sprints)
        changes = []
        for change in issue.changes:
            items = [
                Item(item.field, without(item.old), without(item.new)) if item.field == SPRINT_FIELD else item
                for item in change.items
            ]
            changes.append(Change(change.id, change.at, change.author, tuple(items)))
        issue.changes = changes
        drop_items(issue, lambda item: item.field == SPRINT_FIELD and item.old == item.new)


def _comment(site: Site, issue: Issue, number: int, text: str) -> None:
    authors = [user.account_id for user in site.users.values() if user.active]
    first = max((each.created_at for each in issue.comments), default=issue.updated_at)
    for at, author in enumerate(islice(cycle(authors), max(0, min(number, MOST_COMMENTS))), 1):
        created = min(first + at * 60_000, max(first, site.clock_ms))
        issue.comments.append(IssueComment(id=new_id(site), author=author, created_at=created, body=text))
