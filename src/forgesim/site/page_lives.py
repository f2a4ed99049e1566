"""What the people of the demo company do around their pages: blog posts, likes, words on files, corrected comments,
versions that are kept.

It has dice of its own: pages, and everything that was on them before, are the same without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from forgesim.site.access import APP_ACCOUNT, may_view_page
from forgesim.site.model import Attachment, Comment, FileVersion, Page, Site, Space, Version
from forgesim.site.pages import hang_on
from forgesim.site.prose import Link, Prose
from forgesim.site.seeded import seeded
from forgesim.site.vocabulary import SPACES, SpacePlan

__all__ = ["add_lives"]

_DAY_MS = 86_400_000
_POSTS = 2
"""Blog posts of each space."""
_KEPT = 8
"""Pages whose first version is kept; the page that variables name is one of them."""
_LIKED = 30
_FIRST_POST, _FIRST_COMMENT, _FIRST_FILE_COMMENT = 240_001, 420_001, 430_001
_PARAGRAPH = re.compile(r"<p>(?=\w)")


def add_lives(site: Site, accounts: Mapping[str, str], shown: Page) -> None:
    """Add them to a site whose pages are written. ``shown``: the page that scenarios look at; it has some of each."""
    _Lives(site, accounts, shown).run()


class _Lives:
    def __init__(self, site: Site, accounts: Mapping[str, str], shown: Page) -> None:
        self._site = site
        self._dice = seeded("lives", site.seed)
        self._shown = shown
        self._people = [accounts[each] for each in ("alice", "carol", "jonas", "bob", "dmitri", "hana", "ines")]
        self._pages = list(site.pages.values())

    def run(self) -> None:
        for place, (space, plan) in enumerate(zip(self._site.spaces.values(), SPACES, strict=True)):
            for number in range(_POSTS):
                self._post(space, plan, _FIRST_POST + place * _POSTS + number)
        self._question()
        current = [page for page in self._pages if page.status == "current"]
        for page in (self._shown, *self._dice.sample(current, _LIKED)):
            page.likes = self._likes(page)
        changed = [page for page in current if len(page.versions) > 1 and page is not self._shown]
        for page in (self._shown, *self._dice.sample(changed, _KEPT - 1)):
            self._keep(page)
        self._discuss()

    def _post(self, space: Space, plan: SpacePlan, number: int) -> None:
        """A post with tasks, likes and a comment that was corrected."""
        dice, site = self._dice, self._site
        subject = dice.pick(plan.subjects)
        prose = Prose(dice, plan.key, subject)
        people = self._people[:3] if space.viewers else self._people
        author, at = dice.pick(people), site.clock_ms - dice.whole(20, 200) * _DAY_MS
        page = Page(
            id=str(number),
            space_id=space.id,
            title=f"News {number % _POSTS + 1} about the {subject}",
            body=prose.paragraph(3) + prose.tasks(2),
            author=author,
            owner=author,
            created_at=at,
            updated_at=at + _DAY_MS,
            updated_by=author,
            version=2,
            kind="blogpost",
        )
        page.versions = [
            Version(number=1, at=at, author=author, title=f"Draft of the {subject} news", body=prose.paragraph(2)),
            Version(number=2, at=at + _DAY_MS, author=author, message="Ready for everybody to read"),
        ]
        site.pages[page.id] = page
        page.likes = self._likes(page)
        said = self._comment(page, prose, _FIRST_COMMENT + number - _FIRST_POST, at + 2 * _DAY_MS)
        said.versions = (
            Version(number=1, at=said.created_at, author=said.author, body=prose.paragraph(1)),
            Version(number=2, at=said.created_at + 3_600_000, author=said.author),
        )

    def _question(self) -> None:
        """An inline comment that was resolved, on the page that scenarios look at."""
        page = self._shown
        start = _PARAGRAPH.search(page.body)
        if start is None or any(comment.inline for comment in page.comments):
            return
        comment = self._comment(page, self._prose(page), _FIRST_COMMENT + 100, page.created_at + 3_600_000)
        comment.inline, comment.resolution = True, "resolved"
        hang_on(self._site, page, comment, start.end())

    def _keep(self, page: Page) -> None:
        """What the first version held, with a link to another page."""
        prose = self._prose(page)
        beside = [each.title for each in self._pages if each.space_id == page.space_id and each is not page]
        body = prose.paragraph(2) + prose.link(Link(self._dice.pick(beside)))
        page.versions[0] = replace(page.versions[0], title=f"First notes, {page.title}", body=body)

    def _discuss(self) -> None:
        """A word on a file of each space, and an older version of one that holds text."""
        seen: set[str] = set()
        for page in self._pages:
            if not page.attachments or page.space_id in seen or not self._is_open(page):
                continue
            seen.add(page.space_id)
            prose, file = self._prose(page), page.attachments[0]
            number = _FIRST_FILE_COMMENT + len(seen)
            comment = self._comment(page, prose, number, file.created_at + 3_600_000)
            comment.attachment_id = file.id
            page.attachments[0] = replace(file, comment=prose.sentence())
        for page in self._pages:
            for place, file in enumerate(page.attachments):
                if file.media_type.startswith("text/") and self._is_open(page):
                    page.attachments[place] = self._renewed(file, self._prose(page))
                    return

    def _renewed(self, file: Attachment, prose: Prose) -> Attachment:
        first = FileVersion(
            number=1, at=file.created_at, author=file.author, title=file.title, media_type=file.media_type,
            data=f"name,count\n{prose.sentence()},0\n".encode(), comment=prose.sentence(),
        )  # fmt: skip
        return replace(file, version=2, updated_at=file.created_at + 3_600_000, past=(first,))

    def _is_open(self, page: Page) -> bool:
        return page.status == "current" and may_view_page(self._site, APP_ACCOUNT, page)

    def _likes(self, page: Page) -> tuple[str, ...]:
        likes = self._dice.sample(self._people, self._dice.whole(1, 4))
        return tuple(each for each in likes if may_view_page(self._site, each, page))

    def _prose(self, page: Page) -> Prose:
        plan = next(each for each in SPACES if each.key == self._site.spaces[page.space_id].key)
        return Prose(self._dice, plan.key, self._dice.pick(plan.subjects))

    def _comment(self, page: Page, prose: Prose, number: int, at: int) -> Comment:
        people = self._people[:3] if self._site.spaces[page.space_id].viewers else self._people
        comment = Comment(
            id=str(number), author=self._dice.pick(people), created_at=min(at, self._site.clock_ms - _DAY_MS),
            body=prose.paragraph(2),
        )  # fmt: skip
        comment.likes = self._likes(page)
        page.comments.append(comment)
        return comment
