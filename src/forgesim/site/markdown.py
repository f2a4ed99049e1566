"""A folder of Markdown documentation as a Confluence space.

The page tree is the folder's: ``index.md`` or ``README.md`` is its folder's page, and a folder without one
gets a page. Titles come from front matter, else the first heading, else the file's name, and are made
unique. Dates come from front matter, else the ``history`` given, else the files. Page ids follow from
paths, so that a change to one file leaves the others' ids alone. Links between files become page links,
pictures become attachments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from forgesim.ids import derive, derived_uuid
from forgesim.site.convert import Converter, parser
from forgesim.site.folder import Folder, MarkdownFile, read_folder
from forgesim.site.generate import site_variables
from forgesim.site.history import Changes
from forgesim.site.model import Label, Page, Site, Space, Version
from forgesim.site.origin import host_of, start_after
from forgesim.site.people import People
from forgesim.site.targets import FileTargets
from forgesim.site.tree import HOME, Place, plan_tree, published_path

__all__ = ["import_folder"]

_LABEL_BAD = str.maketrans(" ", "-", "!#&()*,.:;<>?@[]^\t\r\n\"'")
_RESTRICTED_FROM = 3
"""Sites of fewer pages restrict none: bob would see next to nothing."""


def import_folder(
    path: Path,
    *,
    name: str,
    keep_authors: bool = False,
    seed: int,
    history: Mapping[str, Changes] | None = None,
) -> Site:
    """The site ``name`` whose one space is the Markdown under ``path``.

    People: alice (admin, sees everything), bob (does not see one folder), and the authors, under pseudonyms
    unless ``keep_authors``. ``history``: path relative to the folder → when and by whom it changed
    (``history.py``). The clock starts at 09:00 UTC on the day after the newest date. ``notes`` of the site
    say what was left out. Raises InputError where there is nothing to import.
    """
    return _Import(read_folder(path), name, keep_authors=keep_authors, seed=seed, history=history or {}).site()


@dataclass(slots=True)
class _Dates:
    created: int
    updated: int


class _Import:
    def __init__(
        self, folder: Folder, name: str, *, keep_authors: bool, seed: int, history: Mapping[str, Changes]
    ) -> None:
        self._folder = folder
        self._name = name
        self._seed = seed
        self._history = history
        self._parser = parser()
        self._tree = plan_tree(folder, name, self._parser)
        self._published = {published_path(key): key for key in reversed(self._tree)}
        self._ids = _page_ids(self._tree)
        self._people = People(name, seed, keep=keep_authors)
        self._alice = self._people.alice

    def site(self) -> Site:
        space = Space(
            id=str(100_000 + derive("space", self._name) % 100_000),
            key=_space_key(self._name),
            name=self._tree[HOME].space_name,
            homepage_id=self._ids[HOME],
            owner=self._alice,
        )
        dates = self._dates()
        pages = {self._ids[key]: self._page(space, place, dates[key]) for key, place in self._tree.items()}
        self._restrict(pages)
        newest = max(each.updated for each in dates.values())
        space.created_at = min(each.created for each in dates.values())
        site = Site(
            name=self._name,
            cloud_id=derived_uuid("cloud", "import", self._name, self._seed),
            host=host_of(space.key),
            region="US",
            clock_ms=start_after(newest),
            seed=self._seed,
            synthetic=False,
            users=self._people.users,
            spaces={space.id: space},
            pages=pages,
            next_id=900_000_000,
            lexicon="imported",
            notes=self._folder.notes,
        )
        site.variables = site_variables(site, space.key, self._showpiece(pages, space))
        return site

    def _dates(self) -> dict[PurePosixPath, _Dates]:
        """Of a page without a file: from the oldest to the newest of what lies under it."""
        dates: dict[PurePosixPath, _Dates] = {}
        for key, place in self._tree.items():
            if place.file is not None:
                dates[key] = self._file_dates(place.file)
        for key in reversed(self._tree):
            parent = self._tree[key].parent
            mine = dates[key]
            if parent is not None and self._tree[parent].file is None:
                above = dates.setdefault(parent, _Dates(mine.created, mine.updated))
                above.created, above.updated = min(above.created, mine.created), max(above.updated, mine.updated)
        return dates

    def _file_dates(self, file: MarkdownFile) -> _Dates:
        changes = self._history.get(str(file.path))
        updated = file.updated
        if updated is None:
            updated = changes.updated if changes else max(file.changed, file.created or 0)
        created = file.created
        if created is None:
            created = changes.created if changes else updated
        return _Dates(min(created, updated), updated)

    def _page(self, space: Space, place: Place, dates: _Dates) -> Page:
        file = place.file
        changes = self._history.get(str(file.path)) if file else None
        author = self._people.account(
            file.author if file and file.author else changes.first_author if changes else None
        )
        editor = self._people.account(changes.last_author if changes else None) or author
        owner = self._people.account(file.owner) if file and file.owner else author
        page = Page(
            id=self._ids[place.key],
            space_id=space.id,
            title=place.title,
            body='<p><ac:structured-macro ac:name="children" ac:schema-version="2" /></p>',
            author=author or self._alice,
            owner=owner,
            created_at=dates.created,
            updated_at=dates.updated,
            updated_by=editor or self._alice,
            parent_id=None if place.parent is None else self._ids[place.parent],
            position=place.position,
            versions=[Version(number=1, at=dates.updated, author=editor or self._alice)],
        )
        if file is not None:
            page.body = self._body(page, place, file)
            page.labels = _labels(file.labels)
        return page

    def _body(self, page: Page, place: Place, file: MarkdownFile) -> str:
        targets = FileTargets(self._folder, self._tree, self._published, file.path, page)
        body = Converter(targets).body(self._parser.parse(file.text), drop_title=place.drops_heading)
        page.attachments = targets.attachments
        return body

    def _restrict(self, pages: dict[str, Page]) -> None:
        """Hide from bob the smallest folder, or else the last page."""
        if len(pages) < _RESTRICTED_FROM:
            self._folder.notes.append("too few pages to hide one from bob, so he sees all of them")
            return
        sizes: dict[PurePosixPath, int] = {}
        for key in self._tree:
            for above in _above(self._tree, key):
                sizes[above] = sizes.get(above, 0) + 1
        sizes.pop(HOME, None)
        hidden = min(sizes, key=lambda key: (sizes[key], str(key))) if sizes else list(self._tree)[-1]
        pages[self._ids[hidden]].viewers = [self._alice]

    def _showpiece(self, pages: dict[str, Page], space: Space) -> Page:
        """The ``$page``: the first that has a file, is not the home page and that bob sees too."""
        hidden = {page.id for page in pages.values() if page.viewers is not None}
        for key, place in self._tree.items():
            line = {self._ids[each] for each in (key, *_above(self._tree, key))}
            if place.file is not None and key != HOME and hidden.isdisjoint(line):
                return pages[self._ids[key]]
        return pages[space.homepage_id or next(iter(pages))]


def _above(tree: Mapping[PurePosixPath, Place], key: PurePosixPath) -> list[PurePosixPath]:
    above = []
    parent = tree[key].parent
    while parent is not None:
        above.append(parent)
        parent = tree[parent].parent
    return above


def _page_ids(tree: Mapping[PurePosixPath, Place]) -> dict[PurePosixPath, str]:
    """An id per page that depends on its path alone, but where two paths meet."""
    ids: dict[PurePosixPath, str] = {}
    taken: set[int] = set()
    for key in tree:
        number = 1_000_000 + derive("page", key) % 800_000_000
        while number in taken:
            number += 1
        taken.add(number)
        ids[key] = str(number)
    return ids


def _labels(names: tuple[str, ...]) -> list[Label]:
    clean = dict.fromkeys(name.lower().translate(_LABEL_BAD)[:255] for name in names)
    return [Label(id=str(2_000_000_000 + derive("label", name) % 1_000_000_000), name=name) for name in clean if name]


def _space_key(name: str) -> str:
    """Letters and digits of ``name`` in capitals, at most 16, beginning with a letter."""
    key = "".join(char for char in name.upper() if char.isascii() and char.isalnum()).lstrip("0123456789")
    return key[:16] or "SPACE"
