"""The site as the operations look at it: found by id, by space, by parent, and only what the caller may see."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from forgesim.products.confluence.cql_index import Entry, SearchIndex, Texts
from forgesim.products.confluence.errors import forbidden, not_found
from forgesim.products.selections import Selections
from forgesim.site.access import may, may_edit_page, may_view_page, may_view_space
from forgesim.site.holders import names_of
from forgesim.site.model import Attachment, Comment, Label, Page, Site, Space, Version

__all__ = ["Stamp", "World", "ancestors_of", "by_id", "comment_versions", "thread_of", "versions_of"]


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
    titles: dict[str, list[Page]] | None = field(default=None, compare=False)
    """Built when a title is first asked for."""


def by_id(item: Page | Space | Comment | Label | Attachment) -> tuple[int, str]:
    """Sorts ids, which are strings of digits, as numbers."""
    return len(item.id), item.id


class World:
    """A site with its indexes. They are built when first needed after a change of the site's structure.

    Whoever changes pages, comments, labels or attachments here calls ``changed``, or one of ``added``, ``commented``
    and ``labelled``, which put what is new into the indexes that there are. Changes made elsewhere are noticed when
    they add or remove pages or take ids; of an edit of titles or labels ``changed`` tells; edits of bodies and dates
    need no notice.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.base = f"https://{site.host}/wiki"
        self.places: dict[tuple[int, str], int] = {}
        self.stamps: dict[tuple[str, str], Stamp] = {}
        self._changes = 0
        self._own_ids = 0
        self._built_at: tuple[int, int, int] | None = None
        self._index = _Index([])
        self.texts = Texts()
        self._search: tuple[Hashable, SearchIndex] | None = None
        self._grown = 0
        self.lists = Selections[Page]()
        self.found = Selections[Entry]()

    def replace_file(self, page: Page, file: Attachment) -> None:
        """Put a new state of an attachment in place of the one that the page has."""
        page.attachments[:] = [file if each.id == file.id else each for each in page.attachments]
        self.changed()

    def changed(self) -> None:
        self._changes += 1
        self.written()

    def written(self) -> None:
        """Something was written: a list that was selected before may be another now."""
        self.lists.forget()
        self.found.forget()

    def stamp(self, account: str | None) -> Hashable:
        """What a selection depends on besides what is asked for and what ``written`` tells of: who the account is, and
        which pages there are."""
        user = self.site.users.get(account or "")
        return account, names_of(self.site, account), user and user.time_zone, self._now()

    def titled(self, title: str) -> Sequence[Page]:
        """Pages and blog posts with exactly that title, by id."""
        index = self.index
        if index.titles is None:
            index.titles = {}
            for page in sorted((*index.pages, *index.posts), key=by_id):
                index.titles.setdefault(page.title, []).append(page)
        return index.titles.get(title, ())

    def new_id(self) -> str:
        """An id that nothing has. Taking it is no change; what gets it is."""
        self.site.next_id += 1
        self._own_ids += 1
        return str(self.site.next_id - 1)

    def added(self, page: Page) -> None:
        """The page is new on the site, with nothing on it yet."""
        self._extend(1, lambda index: _add_page(index, page))

    def commented(self, page: Page, comment: Comment) -> None:
        """The comment is new on the page."""
        self._extend(0, lambda index: _add_comment(index, page, comment))

    def labelled(self, page: Page) -> None:
        """The page has got labels."""
        self._extend(0, lambda index: _add_labels(index, page))

    def _extend(self, pages: int, add: Callable[[_Index], None]) -> None:
        """Put something new into the indexes, which knew of all else: to build them anew takes a look at every page."""
        self._grown += 1
        changes, known, ids = self._now()
        if self._built_at == (changes, known - pages, ids):
            add(self._index)
            self._built_at = (changes, known, ids)
        else:
            self.changed()

    def _now(self) -> tuple[int, int, int]:
        return self._changes, len(self.site.pages), self.site.next_id - self._own_ids

    @property
    def index(self) -> _Index:
        now = self._now()
        if self._built_at != now:
            self._index, self._built_at = _build(self.site), now
        return self._index

    @property
    def search(self) -> SearchIndex:
        """What CQL can find."""
        now = (*self._now(), self._grown)
        if self._search is None or self._search[0] != now:
            pages = sorted(self.site.pages.values(), key=lambda page: (page.kind == "blogpost", *by_id(page)))
            self._search = (now, SearchIndex(self.site, pages))
        return self._search[1]

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


def thread_of(page: Page, comment: Comment) -> list[Comment]:
    """The comments that it replies to, the newest first; a loop ends where it closes."""
    found: list[Comment] = []
    if comment.parent_id is None:
        return found
    by_id = {each.id: each for each in page.comments}
    here = by_id.get(comment.parent_id)
    while here is not None and here not in found:
        found.append(here)
        here = by_id.get(here.parent_id or "")
    return found


def _by_place(page: Page) -> tuple[int, int, str]:
    return page.position, *by_id(page)


def _add_page(index: _Index, page: Page) -> None:
    insort(index.pages, page, key=by_id)
    insort(index.by_space[page.space_id], page, key=by_id)
    if index.titles is not None:
        insort(index.titles.setdefault(page.title, []), page, key=by_id)
    if page.parent_id is not None:
        insort(index.children[page.parent_id], page, key=_by_place)


def _add_labels(index: _Index, page: Page) -> None:
    index.labels.update(_label_ids(page.labels))
    for label in page.labels:
        if all(each is not page for each in index.labelled[label.id]):
            insort(index.labelled[label.id], page, key=by_id)


def _add_comment(index: _Index, page: Page, comment: Comment) -> None:
    index.comments[comment.id] = page, comment
    insort(index.said[comment.inline], (page, comment), key=lambda each: by_id(each[1]))


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
        siblings.sort(key=_by_place)
    said = sorted(index.comments.values(), key=lambda each: by_id(each[1]))
    index.said = {inline: [each for each in said if each[1].inline == inline] for inline in (False, True)}
    index.files = sorted(index.attachments.values(), key=lambda each: by_id(each[1]))
    return index


def _label_ids(labels: Iterable[Label]) -> Iterable[tuple[tuple[str, str], str]]:
    return (((each.prefix, each.name), each.id) for each in labels)
