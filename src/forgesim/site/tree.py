"""From files to pages: which page stands where, and what it is called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from forgesim.site.convert import first_heading
from forgesim.site.folder import INDEX_NAMES, MARKDOWN, Folder, MarkdownFile
from forgesim.site.storage import readable

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

__all__ = ["HOME", "Place", "plan_tree", "published_path"]

HOME = PurePosixPath()
"""The key of the home page: the folder itself."""

_MAX_TITLE = 255
_HEAD_LINES = 60
_NUMBERED = re.compile(r"^\d+[-_. ]+(?=\D)")


@dataclass(slots=True, kw_only=True)
class Place:
    """One page of the tree. ``key``: the folder that it stands for, else its file's path; ``parent`` is a
    key.

    ``drops_heading``: the first heading is the title, so the body leaves it out. ``space_name``: the home
    page's title as written.
    """

    key: PurePosixPath
    parent: PurePosixPath | None
    file: MarkdownFile | None
    title: str
    position: int = 0
    drops_heading: bool = False
    space_name: str = ""


def plan_tree(folder: Folder, name: str, parser: MarkdownIt) -> dict[PurePosixPath, Place]:
    """Key → place, parents before children, siblings by name. Titles are unique within the tree, whatever
    their case."""
    holders = _holders(folder)
    places: dict[PurePosixPath, Place] = {}
    siblings: Counter[PurePosixPath | None] = Counter()
    for key in sorted(holders):
        file = holders[key]
        heading = None if file is None else _heading(file, parser)
        title = (file.title if file else None) or heading or _spoken(key.name or name, file, key)
        parent = None if key == HOME else key.parent
        places[key] = Place(
            key=key,
            parent=parent,
            file=file,
            title=readable(" ".join(title.split()))[:_MAX_TITLE].strip() or "Untitled",
            position=siblings[parent],
            drops_heading=heading is not None and title == heading,
        )
        siblings[parent] += 1
    places[HOME].space_name = places[HOME].title if places[HOME].file else _spoken(name, None, HOME)
    _make_unique(places)
    return places


def published_path(key: PurePosixPath) -> str:
    """The path that site generators publish a page under: without ending, and without numbers that only
    sort."""
    bare = key.with_suffix("") if key.suffix.lower() in (".html", *MARKDOWN) else key
    return "/".join(_NUMBERED.sub("", part).lower() for part in bare.parts)


def _holders(folder: Folder) -> dict[PurePosixPath, MarkdownFile | None]:
    """Every page's key with its file: folders with their index, if they have one, and all other files."""
    holders: dict[PurePosixPath, MarkdownFile | None] = {HOME: None}
    for file in folder.files:
        for above in file.path.parents:
            holders.setdefault(above, None)
    ranked = sorted(folder.files, key=lambda file: (_index_rank(file.path), file.path))
    for file in ranked:
        place = file.path.parent
        if _index_rank(file.path) < len(INDEX_NAMES) and holders[place] is None:
            holders[place] = file
        else:
            holders[file.path] = file
    return holders


def _index_rank(path: PurePosixPath) -> int:
    stem = path.stem.lower()
    return INDEX_NAMES.index(stem) if stem in INDEX_NAMES else len(INDEX_NAMES)


def _heading(file: MarkdownFile, parser: MarkdownIt) -> str | None:
    """The first heading, from the top lines of the file: the whole is parsed once, later."""
    head = "\n".join(file.text.split("\n", _HEAD_LINES)[:_HEAD_LINES])
    return first_heading(parser.parse(head))


def _spoken(name: str, file: MarkdownFile | None, key: PurePosixPath) -> str:
    """``02-getting_started.md`` as a title: Getting started."""
    stem = PurePosixPath(name).stem if file is not None and key == file.path else name
    words = re.sub(r"[-_\s]+", " ", _NUMBERED.sub("", stem)).strip()
    return words[:1].upper() + words[1:] if words else name or "Untitled"


def _make_unique(places: dict[PurePosixPath, Place]) -> None:
    """Of pages with one title, the first keeps it; the others add their folder's name, and a number if need
    be."""
    taken: set[str] = set()
    for place in places.values():
        title, turn = place.title, 1
        while title.casefold() in taken:
            folder = f" ({place.key.parent.name})" if place.key.parent.name else ""
            mark = f"{folder} {turn}" if turn > 1 or not folder else folder
            title = f"{place.title[: _MAX_TITLE - len(mark) - 1]} {mark.strip()}"
            turn += 1
        taken.add(title.casefold())
        place.title = title
