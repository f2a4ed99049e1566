"""The site as the operations look at it: found by id, by space, by parent, and only what the caller may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from forgesim.products.confluence.errors import forbidden, not_found
from forgesim.site.access import may, may_edit_page, may_view_page, may_view_space
from forgesim.site.model import Attachment, Comment, Label, Page, Site, Space, Version

__all__ = ["Stamp", "World", "ancestors_of", "by_id", "comment_versions", "versions_of"]


@dataclass(slots=True, kw_only=True)
class Stamp:
    """The current version of something that the site model gives no version, such as a property."""

    id: str
    number: int
    at: int
    author: str
    created_at: int
    message: str = ""


@dataclass(slots=True)
class _Index:
    """``pages`` and ``by_space`` hold no blog posts, ``posts`` and ``posts_in`` hold nothing else."""

    pages: list[Page]
    posts: list[Page] = field(default_factory=list)
    posts_in: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    by_space: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    children: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    comments: dict[str, tuple[Page, Comment]] = field(default_factory=dict)
    attachments: dict[str, tuple[Page, Attachment]] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    labelled: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    said: dict[bool, list[tuple[Page, Comment]]] = field(default_factory=dict)
    files: list[tuple[Page, Attachment]] = field(default_factory=list)


def by_id(item: Page | Space | Comment | Label | Attachment) -> tuple[int, str]:
    """Sorts ids, which are strings of digits, as numbers."""
    return len(item.id), item.id


class World:
    """A site with its indexes. They are built when first needed after a change of the site's structure.

    Whoever changes pages, comments, labels or attachments here calls ``changed``. Changes made elsewhere are
    noticed when they add or remove pages or take ids; edits of titles, bodies and dates need no notice.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.base = f"https://{site.host}/wiki"
        self.stamps: dict[tuple[str, str], Stamp] = {}
        self._changes = 0
        self._built_at: tuple[int, int, int] | None = None
        self._index = _Index([])

    def replace_file(self, page: Page, file: Attachment) -> None:
        """Put a new state of an attachment in place of the one that the page has."""
        page.attachments[:] = [file if each.id == file.id else each for each in page.attachments]
        self.changed()

    def changed(self) -> None:
        self._changes += 1

    def new_id(self) -> str:
        self.site.next_id += 1
        self.changed()
        return str(self.site.next_id - 1)

    @property
    def index(self) -> _Index:
        now = (self._changes, len(self.site.pages), self.site.next_id)
        if self._built_at != now:
            self._index, self._built_at = _build(self.site), now
        return self._index

    # --- lookups that hide what the caller may not see ---

    def content(self, account: str | None, id_: str) -> Page:
        """A page or a blog post."""
        page = self.site.pages.get(id_)
        if page is None or not may_view_page(self.site, account, page):
            raise not_found()
        return page

    def page(self, account: str | None, id_: str) -> Page:
        return self._one(account, id_, "page")

    def post(self, account: str | None, id_: str) -> Page:
        return self._one(account, id_, "blogpost")

    def _one(self, account: str | None, id_: str, kind: str) -> Page:
        found = self.content(account, id_)
        if found.kind != kind:
            raise not_found()
        return found

    def space(self, account: str | None, id_: str) -> Space:
        space = self.site.spaces.get(id_)
        if space is None or not may_view_space(self.site, account, space):
            raise not_found()
        return space

    def comment(self, account: str | None, id_: str, *, inline: bool) -> tuple[Page, Comment]:
        found = self.any_comment(account, id_)
        if found[1].inline != inline:
            raise not_found()
        return found

    def any_comment(self, account: str | None, id_: str) -> tuple[Page, Comment]:
        found = self.index.comments.get(id_)
        if found is None or not self.sees(account, found[0]):
            raise not_found()
        return found

    def attachment(self, account: str | None, id_: str) -> tuple[Page, Attachment]:
        found = self.index.attachments.get(id_.removeprefix("att"))
        if found is None or not self.sees(account, found[0]):
            raise not_found()
        return found

    def content_to_edit(self, account: str | None, id_: str) -> Page:
        page = self.content(account, id_)
        if not may_edit_page(self.site, account, page):
            raise forbidden()
        return page

    def sees(self, account: str | None, page: Page) -> bool:
        return may_view_page(self.site, account, page)

    def edits(self, account: str | None, page: Page) -> bool:
        return may_edit_page(self.site, account, page)

    def administers(self, account: str | None, space: Space) -> bool:
        return may(self.site, account, "administer:space", space)


def ancestors_of(world: World, page: Page) -> list[Page]:
    """Parent, its parent, and so on to the root; a loop in the tree ends where it closes."""
    found: dict[str, Page] = {page.id: page}
    here = world.site.pages.get(page.parent_id or "")
    while here is not None and here.id not in found:
        found[here.id] = here
        here = world.site.pages.get(here.parent_id or "")
    return list(found.values())[1:]


def versions_of(page: Page) -> list[Version]:
    """All versions that are known, newest first; the current one always."""
    known = {each.number: each for each in page.versions}
    if page.version not in known:
        known[page.version] = Version(number=page.version, at=page.updated_at, author=page.updated_by)
    return [known[number] for number in sorted(known, reverse=True)]


def comment_versions(comment: Comment) -> tuple[Version, ...]:
    """All versions of a comment, oldest first; the last is the current one."""
    return comment.versions or (Version(number=1, at=comment.created_at, author=comment.author),)


def _build(site: Site) -> _Index:
    everything = sorted(site.pages.values(), key=by_id)
    index = _Index([page for page in everything if page.kind == "page"])
    for page in everything:
        post = page.kind == "blogpost"
        (index.posts_in if post else index.by_space)[page.space_id].append(page)
        if post:
            index.posts.append(page)
        for label in page.labels:
            index.labelled[label.id].append(page)
        if page.parent_id is not None and not post:
            index.children[page.parent_id].append(page)
        index.comments.update((each.id, (page, each)) for each in page.comments)
        index.attachments.update((each.id.removeprefix("att"), (page, each)) for each in page.attachments)
        index.labels.update(_label_ids(page.labels))
        for file in page.attachments:
            index.labels.update(_label_ids(file.labels))
    for space in site.spaces.values():
        index.labels.update(_label_ids(space.labels))
    for siblings in index.children.values():
        siblings.sort(key=lambda each: (each.position, *by_id(each)))
    said = sorted(index.comments.values(), key=lambda each: by_id(each[1]))
    index.said = {inline: [each for each in said if each[1].inline == inline] for inline in (False, True)}
    index.files = sorted(index.attachments.values(), key=lambda each: by_id(each[1]))
    return index


def _label_ids(labels: Iterable[Label]) -> Iterable[tuple[tuple[str, str], str]]:
    return (((each.prefix, each.name), each.id) for each in labels)
