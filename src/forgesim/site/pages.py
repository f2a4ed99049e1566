"""The pages of the demo company: tree, ages, owners, labels, links, comments, attachments and
restrictions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import count

from forgesim.site.access import APP_ACCOUNT, may_view_page
from forgesim.site.model import Attachment, Comment, Label, Page, Site, Space, Version
from forgesim.site.prose import QUALITY, Link, Prose
from forgesim.site.seeded import Dice
from forgesim.site.storage import marker_ref
from forgesim.site.vocabulary import SpacePlan

__all__ = ["PICTURE", "PageMaker", "hang_on"]

_DAY_MS = 86_400_000
_AGES = ((1, 30), (1, 30), (31, 180), (31, 180), (181, 540), (541, 1500))
"""Days since the last edit, first and last, each as likely as the other."""
_REVIEW_LABELS = ("reviewed", "needs-review", "approved", "outdated")
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000a0000000400203000000e0e5943c0000000c504c5445ffffff0b4f9e787878"
    "e1eaf6eda41bb9000000454944415478da63601805a36098835018007158619c000c2986faff10f017c4618772fe5fc0901a"
    "55388c14ae0282e53085b7403c4a158e06f8b057487491320a46c1300600cdeabacbba5845d60000000049454e44ae426082"
)
"""Three boxes in a row, joined by lines: 160 by 64 pixels, four colours."""
_PARAGRAPH = re.compile(r"<p>(?=\w)")
_LOST_TITLES = ("Old admin guide", "Legacy export notes", "Former release checklist", "Retired pilot plan")


@dataclass(slots=True)
class _Plan:
    """A page before it is written."""

    page: Page
    space: Space
    subject: str
    quality: str
    linkable: bool


class PageMaker:
    """Plans the pages of every space first, since links need all titles, then writes them."""

    def __init__(self, dice: Dice, site: Site, accounts: dict[str, str]) -> None:
        self._dice = dice
        self._site = site
        self._accounts = accounts
        self._plans: list[_Plan] = []
        self._page_id = 163_841
        self._comment_ids = count(400_001, 7)
        self._file_ids = count(600_001, 5)
        self._label_ids: dict[str, str] = {}
        self._siblings: Counter[tuple[str, str | None]] = Counter()
        self._everybody = [accounts[handle] for handle in ("alice", "bob", "dmitri", "farah", "hana", "ines", "kira")]
        self._people_team = [accounts[handle] for handle in ("alice", "carol", "jonas")]

    def plan_space(self, space: Space, plan: SpacePlan) -> None:
        """Home page, sections, and pages under them; a few stand alone at the top."""
        home = self._plan(space, f"{space.name} home", None, plan.name.lower(), "good")
        space.homepage_id = home.id
        sections = [self._plan(space, title, home.id, title.lower(), "plain") for title in plan.sections]
        pairs = [(pattern, subject) for subject in plan.subjects for pattern in plan.titles]
        last = sections[0]
        for pattern, subject in self._dice.sample(pairs, plan.pages - 1 - len(sections)):
            title = pattern.format(s=subject, S=subject[0].upper() + subject[1:])
            roll = self._dice.random()
            parent = None if roll < 0.04 else last if roll < 0.2 else self._dice.pick(sections)
            last = self._plan(space, title, parent.id if parent else None, subject, self._dice.pick(QUALITY))

    def write_pages(self) -> None:
        """Give every planned page its body and everything that hangs on it, and put it on the site."""
        for plan in self._plans:
            self._write(plan)
        self._restrict()
        self._retire()

    def showpiece(self) -> Page:
        """A well made page of the first space that everybody sees: the ``$page`` of the site."""
        for plan in self._plans:
            page = plan.page
            deep = page.parent_id is not None and plan.space.homepage_id not in (page.id, page.parent_id)
            if deep and plan.quality == "good" and page.status == "current" and self._is_open(page):
                return page
        return self._plans[0].page

    def _is_open(self, page: Page) -> bool:
        return may_view_page(self._site, APP_ACCOUNT, page)

    def _plan(self, space: Space, title: str, parent: str | None, subject: str, quality: str) -> Page:
        dice = self._dice
        self._page_id += dice.whole(1, 60)
        people = self._people_team if space.key == "HR" else self._everybody
        author = dice.pick(people)
        first, last = dice.pick(_AGES)
        updated = self._site.clock_ms - dice.whole(first * 86_400, (last + 1) * 86_400) * 1000
        created = max(space.created_at, updated - dice.whole(0, 500) * _DAY_MS)
        owner = dice.pick((author, author, author, self._accounts["goran"], self._accounts["kira"], None, None))
        page = Page(
            id=str(self._page_id),
            space_id=space.id,
            title=title,
            body="",
            author=author,
            owner=owner,
            created_at=min(created, updated),
            updated_at=updated,
            updated_by=dice.pick(people),
            version=dice.whole(1, 6),
            parent_id=parent,
            position=self._siblings[(space.id, parent)],
        )
        self._siblings[(space.id, parent)] += 1
        self._site.pages[page.id] = page
        self._plans.append(_Plan(page, space, subject, quality, linkable=dice.chance(0.85)))
        return page

    def _write(self, plan: _Plan) -> None:
        page, dice = plan.page, self._dice
        prose = Prose(dice, plan.space.key, plan.subject)
        images = self._attach(plan)
        page.body = prose.body(plan.quality, self._links(plan), images)
        if dice.chance(0.1):
            page.body += prose.mention(dice.pick(self._everybody))
        self._label(plan)
        self._history(page)
        self._comment(plan, prose)
        page.views = int(4 ** (dice.random() * 5.5)) - 1
        page.viewers_count = -(-page.views // dice.whole(1, 6))

    def _links(self, plan: _Plan) -> list[Link]:
        dice = self._dice
        wanted = {"good": dice.whole(1, 4), "plain": dice.whole(0, 2), "messy": 1}.get(plan.quality, dice.whole(0, 1))
        links = []
        for _ in range(wanted):
            other = dice.pick(self._plans)
            near = other.space is plan.space
            if other is plan or not other.linkable or (other.space.key == "HR" and not near):
                continue
            space = None if near else other.space.key
            links.append(Link(other.page.title, space, other.page.id if dice.chance(0.3) else None))
        if dice.chance(0.12):
            lost = dice.pick(_LOST_TITLES)
            links.append(Link(lost, None, str(990_000 + dice.whole(0, 999)) if dice.chance(0.4) else None))
        return links

    def _attach(self, plan: _Plan) -> list[str]:
        """Attachments of the page; returns the pictures that its body shows, one in twenty of which is not
        there."""
        dice, page = self._dice, plan.page
        stem = plan.subject.replace(" ", "-")
        shown = []
        if plan.quality in ("good", "messy") and dice.chance(0.35):
            shown.append(f"{stem}-diagram.png")
            if dice.chance(0.95):
                self._file(page, shown[0], "image/png", PICTURE)
        if dice.chance(0.08):
            lines = "".join([f"{stem},{dice.whole(1, 900)}\n" for _ in range(4)])
            self._file(page, f"{stem}-figures.csv", "text/csv", f"name,count\n{lines}".encode())
        return shown

    def _file(self, page: Page, title: str, media_type: str, data: bytes) -> None:
        page.attachments.append(
            Attachment(
                id=str(next(self._file_ids)),
                title=title,
                media_type=media_type,
                created_at=page.created_at,
                author=page.author,
                data=data,
            )
        )

    def _label(self, plan: _Plan) -> None:
        dice = self._dice
        names = [word for word in plan.subject.split() if len(word) > 3 and dice.chance(0.5)]
        names += [plan.space.key.lower()] if dice.chance(0.3) else []
        names += [dice.pick(_REVIEW_LABELS)] if dice.chance(0.35) else []
        for name in dict.fromkeys(names):
            number = self._label_ids.setdefault(name, str(500_001 + 3 * len(self._label_ids)))
            plan.page.labels.append(Label(id=number, name=name))

    def _history(self, page: Page) -> None:
        """One entry a version, spread evenly between creation and the last edit."""
        span, steps = page.updated_at - page.created_at, max(1, page.version - 1)
        for number in range(1, page.version + 1):
            last = number == page.version
            at = page.updated_at if last else page.created_at + span * (number - 1) // steps // 1000 * 1000
            page.versions.append(
                Version(
                    number=number,
                    at=at,
                    author=page.updated_by if last else page.author,
                    message="Corrected a few details" if number % 3 == 0 else "",
                    minor=number % 3 == 0,
                )
            )

    def _comment(self, plan: _Plan, prose: Prose) -> None:
        dice, page = self._dice, plan.page
        for _ in range(dice.whole(1, 3) if dice.chance(0.35) else 0):
            asked = self._add_comment(plan, prose)
            if dice.chance(0.3):
                self._add_comment(plan, prose, parent=asked.id, after=asked.created_at)
        start = _PARAGRAPH.search(page.body)
        if dice.chance(0.15) and start is not None:
            inline = self._add_comment(plan, prose)
            inline.inline = True
            inline.resolution = dice.pick(("open", "open", "resolved", "reopened", "dangling"))
            hang_on(self._site, page, inline, start.end())

    def _add_comment(
        self, plan: _Plan, prose: Prose, *, parent: str | None = None, after: int | None = None
    ) -> Comment:
        dice, page = self._dice, plan.page
        people = self._people_team if plan.space.key == "HR" else self._everybody
        start = page.created_at if after is None else after
        comment = Comment(
            id=str(next(self._comment_ids)),
            author=dice.pick(people),
            created_at=start + int(dice.random() * (self._site.clock_ms - start)) // 1000 * 1000,
            body=prose.paragraph(dice.whole(1, 2)),
            parent_id=parent,
        )
        page.comments.append(comment)
        return comment

    def _restrict(self) -> None:
        """A few pages are for one group's eyes or hands only."""
        alice = self._accounts["alice"]
        open_plans = [plan for plan in self._plans if plan.space.key != "HR" and plan.page.parent_id]
        for index, plan in enumerate(self._dice.sample(open_plans, 9)):
            if index < 6:
                plan.page.viewers = [alice, "group:on-call" if index % 2 else "group:engineering"]
            else:
                plan.page.editors = [alice, plan.page.author]

    def _retire(self) -> None:
        """Three archived pages, one in the trash, one draft; none of them has children."""
        parents = {page.parent_id for page in self._site.pages.values()}
        leaves = [plan.page for plan in self._plans if plan.page.id not in parents and not plan.page.viewers]
        chosen = self._dice.sample(leaves, 5)
        for page in chosen[:3]:
            page.status = "archived"
        chosen[3].status = "trashed"
        chosen[4].status = "draft"


def hang_on(site: Site, page: Page, comment: Comment, start: int) -> None:
    """Hang an inline comment on the first words of the paragraph at ``start``; a dangling one has lost them."""
    end = page.body.index("<", start)
    words = page.body[start:end].split()[:4]
    comment.selection = " ".join(words)
    if comment.resolution == "dangling":
        return
    marker = f'<ac:inline-comment-marker ac:ref="{marker_ref(site.cloud_id, comment.id)}">'
    marked = f"{marker}{comment.selection}</ac:inline-comment-marker>"
    page.body = page.body[:start] + page.body[start:].replace(comment.selection, marked, 1)
