"""Edits of what hangs on pages and issues besides their fields: posts, likes, tasks, work logged, links."""

from __future__ import annotations

from forgesim.counted import counted
from forgesim.site.drawn_edit import Edit, as_text, new_id, opening
from forgesim.site.jira_parts import RemoteLink, Worklog
from forgesim.site.jira_text import plain
from forgesim.site.model import Page, Site, Version
from forgesim.site.storage import escape

__all__ = ["LikePage", "LinkElsewhere", "LogWork", "PostBeside", "TaskPage"]

MOST_LOGGED = 50


class LikePage(Edit, frozen=True, tag="like page"):
    """So many people of the site like the page, as far as there are; 0: nobody does."""

    page: str
    count: int

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        if self.page in site.pages:
            people = [user.account_id for user in site.users.values() if user.active]
            site.pages[self.page].likes = tuple(people[: max(0, self.count)])

    def told(self) -> str:
        return f"page {self.page} is liked by {counted(self.count, 'person', 'people')}"


class TaskPage(Edit, frozen=True, tag="task page"):
    """A task stands at the end of the page's body; its words, or those that the page begins with."""

    page: str
    words: tuple[str, ...] = ()
    done: bool = False

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        page = site.pages.get(self.page)
        if page is not None:
            text = escape(as_text(self.words) or opening(page))
            state = "complete" if self.done else "incomplete"
            page.body += (
                f"<ac:task-list><ac:task><ac:task-id>{new_id(site)}</ac:task-id><ac:task-status>{state}</ac:task-status>"
                f"<ac:task-body>{text}</ac:task-body></ac:task></ac:task-list>"
            )

    def told(self) -> str:
        return f"page {self.page} has {'a task that is done' if self.done else 'a task'}"


class PostBeside(Edit, frozen=True, tag="post beside"):
    """A blog post in the space of the page, of its author; its words, or those that the page begins with."""

    page: str
    words: tuple[str, ...] = ()

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        page = site.pages.get(self.page)
        if page is None:
            return
        id_, text, at = new_id(site), as_text(self.words) or opening(page), page.updated_at
        site.pages[id_] = Page(
            id=id_, space_id=page.space_id, title=f"{text} {id_}"[-255:].strip(), body=f"<p>{escape(text)}</p>",
            author=page.author, owner=page.author, created_at=at, updated_at=at, updated_by=page.author,
            kind="blogpost", versions=[Version(number=1, at=at, author=page.author)],
        )  # fmt: skip

    def told(self) -> str:
        return f"a blog post lies beside page {self.page}"


class LogWork(Edit, frozen=True, tag="log work"):
    """So many hours are logged on the issue, at most 50, each with the words, or those of its summary."""

    issue: str
    count: int
    words: tuple[str, ...] = ()

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        issue = site.issues.get(self.issue)
        if issue is not None:
            text, at = as_text(self.words) or plain(issue.summary), issue.updated_at
            more = (
                Worklog(
                    id=new_id(site), author=issue.creator, created_at=at, started_at=at, seconds=3_600, comment=text
                )
                for _ in range(max(0, min(self.count, MOST_LOGGED)))
            )
            issue.worklogs = (*issue.worklogs, *more)

    def told(self) -> str:
        return f"{counted(self.count, 'hour')} of work on issue {self.issue}"


class LinkElsewhere(Edit, frozen=True, tag="link elsewhere"):
    """The issue has a link to something elsewhere; its words, or those of the issue's summary."""

    issue: str
    words: tuple[str, ...] = ()

    def apply(self, site: Site, stay: frozenset[str]) -> None:  # noqa: ARG002
        issue = site.issues.get(self.issue)
        if issue is not None:
            id_, text = new_id(site), as_text(self.words) or plain(issue.summary)
            link = RemoteLink(id=id_, url=f"https://docs.example.com/{id_}", title=text[:255])
            issue.remote_links = (*issue.remote_links, link)

    def told(self) -> str:
        return f"issue {self.issue} has a link to elsewhere"
