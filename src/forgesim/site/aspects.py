"""One aspect of a site's content in another form, and all else as it was: what a measure of something else must not
notice."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from forgesim.ids import derive
from forgesim.site.facts import clone
from forgesim.site.jira_model import STORY_POINTS_FIELD, Board, Change, Issue, IssueComment, Item, Project, Sprint
from forgesim.site.model import Attachment, Comment, Label, Page, Site, Space

__all__ = ["varied"]

DAY_MS: Final = 86_400_000
ODD_MS: Final = 5 * 3_600_000 + 37 * 60_000 + 11_123
EARLIER_MS: Final = 403 * DAY_MS + ODD_MS
"""Another year, month, weekday, hour, minute, second and millisecond."""

_LINK = re.compile(r'ri:content-title="([^"]*)"')
_WORD = "quorvellispantur"
"""No word of a site's lexicon. With the blank before it, it adds a prime number of letters, so that no remainder of a
length by a smaller number stays."""

_MORE = f"<h2>{_WORD}</h2><p>{_WORD} {_WORD} {_WORD} {_WORD}.</p><ul><li>{_WORD} {_WORD}</li></ul>"
"""Seven words and a heading, a paragraph and a list, in a prime number of characters."""


def varied(site: Site, aspect: str) -> Site:
    """A copy of the site in which one aspect (``manifest.depends.ASPECTS``) has another form. Raises KeyError.

    Ids, keys, links, rights and what exists stay; so does what every other aspect names.
    """
    copy = clone(site)
    _VARIED[aspect](copy)
    return copy


def _titles(site: Site) -> None:
    old = {page.title for page in site.pages.values()}

    def relinked(match: re.Match[str]) -> str:
        title = html.unescape(match[1])
        return f'ri:content-title="{html.escape(_longer(title))}"' if title in old else match[0]

    for page in site.pages.values():
        page.title = _longer(page.title)
        page.body = _LINK.sub(relinked, page.body)
        for comment in page.comments:
            comment.body = _LINK.sub(relinked, comment.body)
    named: tuple[Space | Project | Board | Sprint, ...] = (
        *site.spaces.values(), *site.projects.values(), *site.boards.values(), *site.sprints.values(),
    )  # fmt: skip
    for each in named:
        each.name = _longer(each.name)
    for issue in site.issues.values():
        issue.summary = _longer(issue.summary)


def _longer(text: str) -> str:
    return f"{text} {_WORD}"


def _bodies(site: Site) -> None:
    """Every second one longer, with a heading, a list and an unknown word; of the others some are empty. Links stay,
    for others' measures count them."""
    for number, page in enumerate(site.pages.values()):
        links = "".join(re.findall(r"<ac:link>.*?</ac:link>", page.body, re.DOTALL))
        page.body = f"<p>{links}</p>" if number % 4 == 1 else page.body + _MORE
    for number, issue in enumerate(site.issues.values()):
        text = issue.description if isinstance(issue.description, str) else ""
        issue.description = None if number % 4 == 1 else f"{text}\n{_WORD} {_WORD}"
        if isinstance(issue.environment, str):
            issue.environment = f"{issue.environment}\n{_WORD}"
        issue.worklogs = tuple(replace(each, comment=_WORD) for each in issue.worklogs)


def _comments(site: Site) -> None:
    """One more, or one less where there are some: a remainder of their number changes with it."""
    for number, page in enumerate(site.pages.values()):
        if page.comments and number % 2:
            page.comments = page.comments[:-1]
        else:
            site.next_id += 1
            said = Comment(id=str(site.next_id), author=page.author, created_at=page.updated_at, body=f"<p>{_WORD}</p>")
            page.comments = [*page.comments, said]
    for number, issue in enumerate(site.issues.values()):
        if issue.comments and number % 2:
            issue.comments = issue.comments[:-1]
        else:
            site.next_id += 1
            note = IssueComment(id=str(site.next_id), author=issue.creator, created_at=issue.updated_at, body=_WORD)
            issue.comments = [*issue.comments, note]


def _labels(site: Site) -> None:
    site.next_id += 1
    label = Label(id=str(site.next_id), name=_WORD)
    for number, page in enumerate(site.pages.values()):
        page.labels = page.labels[:-1] if page.labels and number % 2 else [*page.labels, label]
    for number, issue in enumerate(site.issues.values()):
        issue.labels = issue.labels[:-1] if issue.labels and number % 2 else (*issue.labels, _WORD)


def _attachments(site: Site) -> None:
    for page in site.pages.values():
        site.next_id += 1
        added = Attachment(
            id=str(site.next_id),
            title=f"{_WORD}-{site.next_id}.txt",
            media_type="text/plain",
            created_at=page.updated_at,
            author=page.author,
            data=_WORD.encode(),
        )
        page.attachments = [*page.attachments, added]
    for issue in site.issues.values():
        if issue.attachments:
            issue.attachments = issue.attachments[:-1]


def _people(site: Site) -> None:
    """Everybody's doings are somebody else's, those who left too."""
    accounts = sorted(site.users, key=lambda account: derive("people", account))
    other = dict(zip(accounts, [*accounts[1:], *accounts[:1]], strict=True))

    def another(account: str) -> str:
        return other.get(account, account)

    for page in site.pages.values():
        _rename_page(page, another)
    for issue in site.issues.values():
        _rename_issue(issue, another)


def _rename_page(page: Page, another: Callable[[str], str]) -> None:
    if page.status == "draft":
        return  # its author alone may see it
    page.author, page.updated_by = another(page.author), another(page.updated_by)
    page.owner = page.owner and another(page.owner)
    page.versions = [replace(each, author=another(each.author)) for each in page.versions]
    page.attachments = [replace(each, author=another(each.author)) for each in page.attachments]
    for comment in page.comments:
        comment.author = another(comment.author)


def _rename_issue(issue: Issue, another: Callable[[str], str]) -> None:
    issue.creator = another(issue.creator)
    issue.reporter = issue.reporter and another(issue.reporter)
    issue.assignee = issue.assignee and another(issue.assignee)
    for comment in issue.comments:
        comment.author = another(comment.author)
    issue.worklogs = tuple(replace(each, author=another(each.author)) for each in issue.worklogs)
    issue.attachments = tuple(replace(each, author=another(each.author)) for each in issue.attachments)
    issue.watchers, issue.voters = tuple(map(another, issue.watchers)), tuple(map(another, issue.voters))

    def item(each: Item) -> Item:
        who = each.field in ("assignee", "reporter")
        return Item(each.field, each.old and another(each.old), each.new and another(each.new)) if who else each

    issue.changes = [
        Change(change.id, change.at, another(change.author), tuple(map(item, change.items))) for change in issue.changes
    ]


def _times(site: Site) -> None:
    """Pages and what is in them were written long before; everything in Jira happened some weeks and an odd time
    earlier, in the same order."""
    for page in site.pages.values():
        page.created_at -= EARLIER_MS
        page.updated_at -= EARLIER_MS
        page.versions = [replace(old, at=old.at - EARLIER_MS) for old in page.versions]
        page.attachments = [replace(file, created_at=file.created_at - EARLIER_MS) for file in page.attachments]
        for each in page.comments:
            each.created_at -= EARLIER_MS
    back = 57 * DAY_MS + ODD_MS
    for sprint in site.sprints.values():
        sprint.created_at -= back
        for name in ("start_at", "end_at", "complete_at"):
            at = getattr(sprint, name)
            setattr(sprint, name, None if at is None else at - back)
    for issue in site.issues.values():
        for name in ("created_at", "updated_at", "status_changed_at"):
            setattr(issue, name, getattr(issue, name) - back)
        issue.resolved_at = None if issue.resolved_at is None else issue.resolved_at - back
        issue.changes = [Change(each.id, each.at - back, each.author, each.items) for each in issue.changes]
        for comment in issue.comments:
            comment.created_at -= back
        issue.attachments = tuple(replace(each, created_at=each.created_at - back) for each in issue.attachments)
        issue.worklogs = tuple(
            replace(
                each,
                created_at=each.created_at - back,
                started_at=each.started_at - back,
                updated_at=None if each.updated_at is None else each.updated_at - back,
            )
            for each in issue.worklogs
        )


def _points(site: Site) -> None:
    """Every estimate is another one, in the issue's history too."""

    def item(each: Item) -> Item:
        estimate = each.field == STORY_POINTS_FIELD
        return Item(each.field, _more(each.old), _more(each.new)) if estimate else each

    for issue in site.issues.values():
        issue.points = None if issue.points is None else issue.points + 1
        issue.changes = [
            Change(change.id, change.at, change.author, tuple(map(item, change.items))) for change in issue.changes
        ]


def _more(points: str | None) -> str | None:
    return f"{float(points) + 1:g}" if points else points


_VARIED: Mapping[str, Callable[[Site], None]] = MappingProxyType(
    {
        "titles": _titles,
        "bodies": _bodies,
        "comments": _comments,
        "labels": _labels,
        "attachments": _attachments,
        "people": _people,
        "times": _times,
        "points": _points,
    }
)
