"""Edits of pages: their words, size, labels, comments, owner, age, status and restrictions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count, cycle, islice
from typing import Literal

from forgesim.counted import counted
from forgesim.errors import InputError
from forgesim.site.blank import PageBlank, empty_page
from forgesim.site.drawn_edit import Edit, account_of, as_label, as_text, new_id, opening
from forgesim.site.edit import edit_page
from forgesim.site.model import Comment, Page, Site
from forgesim.site.storage import escape

__all__ = [
    "AddComments",
    "AgePage",
    "ArchivePage",
    "DropComments",
    "EmptyPage",
    "LabelPage",
    "OwnPage",
    "RepeatBody",
    "RestrictPage",
    "WritePage",
]

DAY_MS = 86_400_000
LONGEST_BODY = 200_000
"""Characters beyond which no body is repeated."""
MOST_COMMENTS = 200


class _PageEdit(Edit, frozen=True):
    """``page`` is an id."""

    page: str

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        page = site.pages.get(self.page)
        if page is not None:
            with suppress(InputError):  # what a person could not do, nobody has done
                self.change(site, page)

    def change(self, site: Site, page: Page) -> None:
        raise AssertionError(self, site, page)  # every edit has its own


class LabelPage(_PageEdit, frozen=True, tag="label page"):
    """The page has these labels and no others."""

    labels: tuple[str, ...] = ()

    def change(self, site: Site, page: Page) -> None:
        labels = list(filter(None, map(as_label, self.labels)))
        edit_page(site, page.id, labels=labels, at_ms=page.updated_at)

    def told(self) -> str:
        return f"page {self.page} has {'the labels ' + ', '.join(self.labels) if self.labels else 'no labels'}"


class WritePage(_PageEdit, frozen=True, tag="write page"):
    """The words stand at the end of the page's title, its body, or its first comment."""

    where: Literal["title", "body", "comment"]
    words: tuple[str, ...]

    def change(self, site: Site, page: Page) -> None:
        text = as_text(self.words)
        if not text:
            return
        if self.where == "title":
            edit_page(site, page.id, title=f"{page.title} {text}"[:255].rstrip(), at_ms=page.updated_at)
        elif self.where == "body":
            edit_page(site, page.id, body=f"{page.body}<p>{escape(text)}</p>", at_ms=page.updated_at)
        elif page.comments:
            page.comments[0].body += f"<p>{escape(text)}</p>"
        else:
            _comment(site, page, 1, text)

    def told(self) -> str:
        return f"the {self.where} of page {self.page} says {' '.join(self.words)}"


class RepeatBody(_PageEdit, frozen=True, tag="repeat body"):
    """The page's body ``times`` over, as far as 200,000 characters; 0 empties it, and inline comments dangle."""

    times: int

    def change(self, site: Site, page: Page) -> None:  # noqa: ARG002
        page.body *= max(0, min(self.times, LONGEST_BODY // max(1, len(page.body))))
        for comment in page.comments:
            if comment.inline and not page.body:
                comment.resolution = "dangling"

    def told(self) -> str:
        return f"the body of page {self.page} is {f'{self.times:,} times as long' if self.times else 'empty'}"


class AddComments(_PageEdit, frozen=True, tag="add comments"):
    """More comments, at most 200 at once, by the people of the site in turn."""

    count: int

    def change(self, site: Site, page: Page) -> None:
        _comment(site, page, self.count, "")

    def told(self) -> str:
        return f"page {self.page} has {counted(self.count, 'more comment')}"


class DropComments(_PageEdit, frozen=True, tag="drop comments"):
    """The page has no comments."""

    def change(self, site: Site, page: Page) -> None:  # noqa: ARG002
        page.comments = []

    def told(self) -> str:
        return f"page {self.page} has no comments"


class EmptyPage(_PageEdit, frozen=True, tag="empty page"):
    """One field of the page has no value."""

    field: PageBlank

    def change(self, site: Site, page: Page) -> None:  # noqa: ARG002
        empty_page(page, self.field)

    def told(self) -> str:
        return f"page {self.page} has no {self.field}"


class OwnPage(_PageEdit, frozen=True, tag="own page"):
    """``owner``, a handle, owns the page; empty: nobody does."""

    owner: str

    def change(self, site: Site, page: Page) -> None:
        edit_page(site, page.id, owner=self.owner, at_ms=page.updated_at)

    def told(self) -> str:
        return f"page {self.page} is owned by {self.owner or 'nobody'}"


class AgePage(_PageEdit, frozen=True, tag="age page"):
    """The page was last changed this many days ago."""

    days: int

    def change(self, site: Site, page: Page) -> None:
        page.updated_at = max(0, site.clock_ms - max(0, self.days) * DAY_MS)
        page.created_at = min(page.created_at, page.updated_at)
        page.versions = [replace(each, at=min(each.at, page.updated_at)) for each in page.versions]
        if page.versions:
            page.versions[-1] = replace(page.versions[-1], at=page.updated_at)

    def told(self) -> str:
        return f"page {self.page} was last changed {counted(self.days, 'day')} ago"


class ArchivePage(_PageEdit, frozen=True, tag="archive page"):
    """A current page becomes an archived one."""

    def change(self, site: Site, page: Page) -> None:  # noqa: ARG002
        if page.status == "current":
            page.status = "archived"

    def told(self) -> str:
        return f"page {self.page} is archived"


class RestrictPage(_PageEdit, frozen=True, tag="restrict page"):
    """Only these people, by handle, may view the page and what is below it; nobody named: no restriction."""

    viewers: tuple[str, ...] = ()

    def change(self, site: Site, page: Page) -> None:
        accounts = [account for handle in self.viewers if (account := account_of(site, handle))]
        if accounts or not self.viewers:
            page.viewers = list(dict.fromkeys(accounts)) or None

    def told(self) -> str:
        return f"page {self.page} is for {', '.join(self.viewers) or 'everybody'}"


def _comment(site: Site, page: Page, number: int, text: str) -> None:
    authors = [user.account_id for user in site.users.values() if user.active]
    said = text or opening(page)
    first = max((each.created_at for each in page.comments), default=page.updated_at)
    for at, author in zip(count(1), islice(cycle(authors), max(0, min(number, MOST_COMMENTS))), strict=False):
        created = min(first + at * 60_000, max(first, site.clock_ms))
        body = f"<p>{escape(said)}</p>"
        page.comments.append(Comment(id=new_id(site), author=author, created_at=created, body=body))
