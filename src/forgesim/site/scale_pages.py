"""The spaces of a site of any size, with their trees of pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from forgesim.site.model import Attachment, Comment, Label, Page, Site, Space, User, Version
from forgesim.site.pages import PICTURE
from forgesim.site.scale_text import ScaleText, Vocabulary
from forgesim.site.seeded import Dice, seeded
from forgesim.site.storage import marker_ref

__all__ = ["DEEPEST", "SpaceMaker"]

DEEPEST = 6
"""Pages above the deepest page of a space."""

_DAY_MS = 86_400_000
_LABELS = ("reviewed", "needs-review", "approved", "outdated", "howto", "meeting-notes", "decision", "runbook")
_TOPICS = 200


class SpaceMaker:
    """Adds spaces to ``site``, page by page; parents come before children, and ids rise as ``ids`` does."""

    def __init__(self, site: Site, vocabulary: Vocabulary, ids: count[int]) -> None:
        self._site = site
        self._vocabulary = vocabulary
        self._people = [user for user in site.users.values() if user.active]
        self._ids = ids
        names = (*_LABELS, *(f"topic-{number}" for number in range(1, _TOPICS + 1)))
        self._labels = [Label(id=str(next(self._ids)), name=name) for name in names]

    def add_space(self, number: int, pages: int) -> None:
        """The first space is open to everybody and old; of the others each fifth is one team's own, each ninth is
        written by one team, each fortieth is archived."""
        site, dice = self._site, seeded("scale", self._site.seed, "space", number)
        text = ScaleText(dice, self._vocabulary)
        owner = self._people[0] if number == 1 else dice.pick(self._people)
        team = f"group:{owner.groups[-1]}"
        space = Space(
            id=str(next(self._ids)),
            key="DOCS" if number == 1 else f"SP{number}",
            name=text.title(),
            status="archived" if number % 40 == 0 else "current",
            owner=owner.account_id,
            created_at=site.clock_ms - (1_900 if number == 1 else dice.whole(200, 1_900)) * _DAY_MS,
            description=text.marked(),
            viewers=[owner.account_id, team] if number % 5 == 3 else None,
            editors=[owner.account_id, team] if number % 9 == 4 else None,
        )
        site.spaces[space.id] = space
        anybody = dice.sample(self._people, min(40, len(self._people)))
        writers = anybody if space.viewers is None else self._team(owner)
        _Tree(site, dice, text, space, writers, self._ids, self._labels).grow(pages)

    def _team(self, owner: User) -> list[User]:
        return [user for user in self._people if user.groups[-1] == owner.groups[-1]]


class _Tree:
    """The pages of one space."""

    def __init__(
        self,
        site: Site,
        dice: Dice,
        text: ScaleText,
        space: Space,
        writers: Sequence[User],
        ids: count[int],
        labels: Sequence[Label],
    ) -> None:
        self._site = site
        self._dice = dice
        self._text = text
        self._space = space
        self._writers = writers
        self._ids = ids
        self._labels = labels
        self._pages: list[Page] = []
        self._depths: list[int] = []
        self._children: list[int] = []
        self._top = 0

    def grow(self, pages: int) -> None:
        for place in range(pages):
            self._add(place, pages)
        self._space.homepage_id = self._pages[0].id
        self._retire()

    def _add(self, place: int, of: int) -> None:
        dice = self._dice
        author = dice.pick(self._writers)
        span = self._site.clock_ms - self._space.created_at
        created = self._space.created_at + int(span * (place + dice.random()) / of) // 1000 * 1000
        updated = created + int((self._site.clock_ms - created) * dice.random() ** 3) // 1000 * 1000
        above = self._above(place)
        other = dice.pick(self._pages) if self._pages and dice.chance(0.4) else None
        page = Page(
            id=str(next(self._ids)),
            space_id=self._space.id,
            title=self._text.title(),
            body=self._text.body("" if other is None else other.title),
            author=author.account_id,
            owner=author.account_id if dice.chance(0.8) else None,
            created_at=created,
            updated_at=updated,
            updated_by=dice.pick(self._writers).account_id,
            version=1 + int(dice.random() ** 3 * 8),
            parent_id=None if above is None else self._pages[above].id,
            position=self._position(above),
            views=int(4 ** (dice.random() * 5.5)) - 1,
        )
        page.viewers_count = -(-page.views // dice.whole(1, 6))
        self._pages.append(page)
        self._depths.append(0 if above is None else self._depths[above] + 1)
        self._children.append(0)
        self._site.pages[page.id] = page
        self._fill(page, author)

    def _above(self, place: int) -> int | None:
        """The place of the parent: any page that is not too deep, or the home page; a few stand alone."""
        dice = self._dice
        if place == 0 or (place > 4 and dice.chance(0.01)):
            return None
        found = int(dice.random() * place)
        return found if self._depths[found] < DEEPEST else 0

    def _position(self, above: int | None) -> int:
        if above is None:
            self._top += 1
            return self._top - 1
        self._children[above] += 1
        return self._children[above] - 1

    def _fill(self, page: Page, author: User) -> None:
        """What hangs on a page."""
        dice = self._dice
        page.versions = self._versions(page)
        if dice.chance(0.5):
            chosen = dict.fromkeys(int(dice.random() ** 2 * len(self._labels)) for _ in range(dice.whole(1, 3)))
            page.labels = [self._labels[place] for place in chosen]
        for _ in range(dice.whole(1, 4) if dice.chance(0.3) else 0):
            asked = self._comment(page)
            if dice.chance(0.3):
                self._comment(page, parent=asked)
        if dice.chance(0.06):
            self._inline(page)
        if dice.chance(0.08):
            self._attach(page)
        if self._space.viewers is None and page.parent_id is not None and dice.chance(0.02):
            listed = [author.account_id, f"group:{author.groups[-1]}"]
            page.viewers, page.editors = (listed, None) if dice.chance(0.7) else (None, listed)

    def _versions(self, page: Page) -> list[Version]:
        span, steps = page.updated_at - page.created_at, max(1, page.version - 1)
        return [
            Version(
                number=number,
                at=page.updated_at
                if number == page.version
                else page.created_at + span * (number - 1) // steps // 1000 * 1000,
                author=page.updated_by if number == page.version else page.author,
                message=self._text.phrase(2) if number % 3 == 0 else "",
                minor=number % 3 == 0,
            )
            for number in range(1, page.version + 1)
        ]

    def _comment(self, page: Page, parent: Comment | None = None) -> Comment:
        start = page.created_at if parent is None else parent.created_at
        comment = Comment(
            id=str(next(self._ids)),
            author=self._dice.pick(self._writers).account_id,
            created_at=start + int(self._dice.random() * (self._site.clock_ms - start)) // 1000 * 1000,
            body=f"<p>{self._text.marked()}</p>",
            parent_id=None if parent is None else parent.id,
        )
        page.comments.append(comment)
        return comment

    def _inline(self, page: Page) -> None:
        """A comment on the first two words of the page; a dangling one has lost them."""
        comment = self._comment(page)
        comment.inline = True
        comment.resolution = self._dice.pick(("open", "open", "resolved", "reopened", "dangling"))
        start = page.body.index(">") + 1
        comment.selection = " ".join(page.body[start : start + 200].split(" ", 2)[:2])
        if comment.resolution != "dangling":
            marker = f'<ac:inline-comment-marker ac:ref="{marker_ref(self._site.cloud_id, comment.id)}">'
            rest = page.body[start + len(comment.selection) :]
            page.body = f"{page.body[:start]}{marker}{comment.selection}</ac:inline-comment-marker>{rest}"

    def _attach(self, page: Page) -> None:
        """A picture or a table of numbers."""
        words = self._text.words(3)
        table = self._dice.chance(0.4)
        lines = "".join([f"{word},{self._dice.whole(1, 900)}\n" for word in words])
        page.attachments.append(
            Attachment(
                id=str(next(self._ids)),
                title=f"{words[0]}-{words[1]}.{'csv' if table else 'png'}",
                media_type="text/csv" if table else "image/png",
                created_at=page.created_at,
                author=page.author,
                data=lines.encode() if table else PICTURE,
            )
        )

    def _retire(self) -> None:
        """Of the pages without children, three in a hundred are archived, some in the trash or drafts."""
        for page, children in zip(self._pages, self._children, strict=True):
            if children == 0 and page.parent_id is not None and (roll := self._dice.random()) < 0.05:
                page.status = "archived" if roll < 0.03 else "trashed" if roll < 0.04 else "draft"
