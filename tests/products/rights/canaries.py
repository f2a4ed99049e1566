"""Gives every text of a site a word of its own, so that an answer tells by its words what it shows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from forgesim.site.jira_model import Change, Issue, Item
from forgesim.site.model import Attachment, Label, Page, Site, Version

__all__ = ["NOBODY_READS", "Words", "stamp"]

NOBODY_READS = "nothing/that anybody may read"
"""What a mail address belongs to: hidden, as by default."""

_TOKENS = re.compile(r"zq[0-9a-z]+z|[A-Z]{3,}(?:-[0-9]+)?|category [a-z]+")


@dataclass(slots=True)
class Words:
    """``of``: word → refs that it may be shown with. ``quiet``: keys and labels, which say nothing of what is read."""

    of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    quiet: set[str] = field(default_factory=set)
    salt: str = ""

    def new(self, ref: str) -> str:
        word = f"zq{len(self.of)}{self.salt}z"
        self.of[word].add(ref)
        return word

    def known(self, word: str, ref: str) -> None:
        self.of[word].add(ref)
        self.quiet.add(word)

    def shown_in(self, text: str) -> set[str]:
        return {each for each in _TOKENS.findall(text) if each in self.of}


def stamp(site: Site) -> Words:
    """Puts a word into every text of the site, and says what each belongs to; keys are their own words."""
    words = Words()
    labels: dict[str, str] = {}
    for user in site.users.values():
        user.name += " " + words.new(f"user/{user.account_id}")
        user.email = f"{words.new(NOBODY_READS)}@example.org"
    for space in site.spaces.values():
        ref = f"space/{space.id}"
        words.known(space.key, ref)
        space.name, space.description = f"{space.name} {words.new(ref)}", f"{space.description} {words.new(ref)}"
        space.properties = {words.new(ref): words.new(ref)}
    for page in site.pages.values():
        _stamp_page(page, words, labels)
    for project in site.projects.values():
        ref = f"project/{project.id}"
        words.known(project.key, ref)
        project.name, project.description = f"{project.name} {words.new(ref)}", words.new(ref)
        project.components = [
            replace(each, name=words.new(ref), description=words.new(ref)) for each in project.components
        ]
        project.versions = [replace(each, name=words.new(ref), description=words.new(ref)) for each in project.versions]
        project.properties = {words.new(ref): words.new(ref)}
        if project.category:
            words.known(project.category, ref)
    for each in site.jira.filters.values():
        site.jira.filters[each.id] = replace(each, name=words.new(f"filter/{each.id}"))
    for board in site.boards.values():
        ref = f"board/{board.id}"
        board.name += " " + words.new(ref)
        board.quick_filters = tuple((id_, words.new(ref), "", words.new(ref)) for id_, *_ in board.quick_filters)
        board.properties = {words.new(ref): words.new(ref)}
    for sprint in site.sprints.values():
        sprint.name += " " + words.new(f"sprint/{sprint.id}")
        sprint.goal += " " + words.new(f"sprint/{sprint.id}")
        sprint.properties = {words.new(f"sprint/{sprint.id}"): words.new(f"sprint/{sprint.id}")}
    for issue in site.issues.values():
        _stamp_issue(issue, words)
    kept = site.jira.user_properties
    site.jira.user_properties = {each: {"k": words.new(f"user/{each}")} for each in kept}
    return words


def _stamp_page(page: Page, words: Words, labels: dict[str, str]) -> None:
    ref = f"page/{page.id}"
    title = words.new(ref)
    words.of[title].update(f"comment/{each.id}" for each in page.comments)  # each is called "Re: " and the page's title
    page.title += f" {title}"
    page.body = page.body.replace("<ac:task-body>", f"<ac:task-body>{words.new(ref)} ") + f"<p>{words.new(ref)}</p>"
    page.properties = {words.new(ref): [words.new(ref)]}
    page.versions = [_stamped_version(each, ref, words) for each in page.versions]
    page.labels = [_stamped_label(label, ref, words, labels) for label in page.labels]
    for comment in page.comments:
        comment.body += f"<p>{words.new(f'comment/{comment.id}')}</p>"
        comment.selection += words.new(f"comment/{comment.id}") if comment.inline else ""
        comment.properties = {words.new(f"comment/{comment.id}"): words.new(f"comment/{comment.id}")}
        comment.versions = tuple(_stamped_version(each, f"comment/{comment.id}", words) for each in comment.versions)
    page.attachments = [_stamped_file(each, words, labels) for each in page.attachments]


def _stamped_label(label: Label, ref: str, words: Words, labels: dict[str, str]) -> Label:
    labels.setdefault(label.id, words.new(ref))
    words.known(labels[label.id], ref)
    return replace(label, name=labels[label.id])


def _stamped_file(file: Attachment, words: Words, labels: dict[str, str]) -> Attachment:
    ref = f"attachment/{file.id}"
    past = tuple(
        replace(each, title=words.new(ref) + each.title, data=words.new(ref).encode(), comment=words.new(ref))
        for each in file.past
    )
    return replace(
        file, title=words.new(ref) + file.title, data=words.new(ref).encode(), comment=words.new(ref), past=past,
        labels=tuple(_stamped_label(each, ref, words, labels) for each in file.labels),
        properties={words.new(ref): words.new(ref)},
    )  # fmt: skip


def _stamped_version(version: Version, ref: str, words: Words) -> Version:
    title = None if version.title is None else words.new(ref)
    body = None if version.body is None else f"<p>{words.new(ref)}</p>"
    return replace(version, message=words.new(ref), title=title, body=body)


def _stamp_issue(issue: Issue, words: Words) -> None:
    ref = f"issue/{issue.id}"
    words.known(issue.key, ref)
    issue.summary += " " + words.new(ref)
    issue.description = words.new(ref)
    issue.labels = (*issue.labels, words.new(ref))
    for comment in issue.comments:
        ref_of = f"comment/{comment.id}"
        comment.body, comment.properties = words.new(ref_of), {words.new(ref_of): words.new(ref_of)}
    issue.worklogs = tuple(
        replace(each, comment=words.new(at), properties={words.new(at): words.new(at)})
        for each in issue.worklogs if (at := f"worklog/{each.id}")
    )  # fmt: skip
    issue.properties = {words.new(ref): words.new(ref)}
    issue.remote_links = tuple(
        replace(each, title=words.new(ref), summary=words.new(ref)) for each in issue.remote_links
    )
    issue.attachments = tuple(
        replace(each, title=words.new(at := f"attachment/{each.id}") + each.title, data=words.new(at).encode())
        for each in issue.attachments
    )
    issue.changes = [_stamped(change, ref, words) for change in issue.changes]


def _stamped(change: Change, ref: str, words: Words) -> Change:
    def item(each: Item) -> Item:
        if each.field not in ("summary", "description"):
            return each
        texts: dict[str, Any] = {"old": words.new(ref), "new": words.new(ref)}
        return msgspec.structs.replace(each, **texts)

    return msgspec.structs.replace(change, items=tuple(map(item, change.items)))
