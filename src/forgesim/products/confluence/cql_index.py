"""What a search can find on a site, with an index of it: by id, space, type, label, author and place in the tree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from forgesim.products.words import BREAK, folded
from forgesim.site.model import Attachment, Comment, Page, Site, Space
from forgesim.site.storage import plain_text

__all__ = ["Entry", "SearchIndex", "Texts", "plain"]

_TAG = re.compile(r"<ac:(?:structured-)?macro\b[^<>]*?ac:name=\"([^\"]+)\"")
_MENTION = re.compile(r"<ri:user\b[^<>]*?ri:account-id=\"([^\"]+)\"")


@dataclass(slots=True, eq=False)
class Entry:
    """A page, blog post, comment, attachment or space. ``on`` is the page that it is, or lies on; null for a space.
    Never changed; frozen it would take three times as long to make, and every site that is searched makes hundreds."""

    place: int
    kind: str
    id: str
    of: Page | Comment | Attachment | Space
    on: Page | None
    space: Space

    @property
    def title(self) -> str:
        """Its own title; a comment has none."""
        match self.of:
            case Page() | Attachment():
                return self.of.title
            case Space():
                return self.of.name
            case _:
                return ""

    @property
    def body(self) -> str:
        """Storage format for pages and comments, else text."""
        match self.of:
            case Page() | Comment():
                return self.of.body
            case Space():
                return self.of.description
            case _:
                return self.of.data.decode(errors="replace") if self.of.media_type.startswith("text/") else ""

    @property
    def author(self) -> str | None:
        return self.of.owner if isinstance(self.of, Space) else self.of.author

    @property
    def labels(self) -> frozenset[str]:
        """Names in lower case, with and without their prefix."""
        if isinstance(self.of, Comment):
            return frozenset()
        return frozenset(
            name for each in self.of.labels for name in (each.name.lower(), f"{each.prefix}:{each.name.lower()}")
        )

    @property
    def macros(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in _TAG.findall(self._storage))

    @property
    def mentions(self) -> frozenset[str]:
        return frozenset(_MENTION.findall(self._storage))

    @property
    def _storage(self) -> str:
        return self.of.body if isinstance(self.of, Page | Comment) else ""


class Texts:
    """The words of entries, kept as long as what they come from stays the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[str, str, str, frozenset[str]]] = {}

    def of(self, entry: Entry) -> str:
        """Title, body and labels, folded; what stands in different ones is never a phrase."""
        title, body, labels = entry.title, entry.body, entry.labels
        kept = self._kept.get((entry.kind, entry.id))
        if kept is None or kept[0] != title or kept[1] != body or kept[3] != labels:
            words = BREAK.join((title, plain(entry), *sorted(labels)))
            kept = (title, body, folded(words), labels)
            self._kept[entry.kind, entry.id] = kept
        return kept[2]


def plain(entry: Entry) -> str:
    """The body as a reader sees it."""
    return plain_text(entry.body) if isinstance(entry.of, Page | Comment) else entry.body


class SearchIndex:
    """All that a search can find, in the order of ids within a type, and where each value of a field stands. Fields are
    gone through when they are first asked for: most queries ask for one or two."""

    def __init__(self, site: Site, pages: Sequence[Page]) -> None:
        self.entries: list[Entry] = []
        self._postings: dict[str, dict[str, list[int]]] = {}
        self._children: dict[str, list[Page]] = defaultdict(list)
        add = self._add
        for space in site.spaces.values():
            add("space", space.id, space, None, space)
        for page in pages:
            space = site.spaces[page.space_id]
            add(page.kind, page.id, page, page, space)
            for comment in page.comments:
                add("comment", comment.id, comment, page, space)
            for attachment in page.attachments:
                add("attachment", f"att{attachment.id.removeprefix('att')}", attachment, page, space)
            if page.parent_id is not None:
                self._children[page.parent_id].append(page)

    def _add(self, kind: str, id_: str, of: Page | Comment | Attachment | Space, on: Page | None, space: Space) -> None:
        self.entries.append(Entry(len(self.entries), kind, id_, of, on, space))

    def places(self, field: str, value: str) -> Sequence[int]:
        """Where the value of an indexed field stands, ascending."""
        if field == "ancestor":
            return sorted(place for page in self._below(value) for place in self.places("id", page.id))
        if field not in self._postings:
            self._postings[field] = self._posted(_VALUES[field])
        return self._postings[field].get(value, ())

    def _posted(self, values: Callable[[Entry], Iterable[str | None]]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for entry in self.entries:
            for value in values(entry):
                if value is not None:
                    found.setdefault(value, []).append(entry.place)
        return found

    def _below(self, top: str) -> Iterable[Page]:
        """All pages under the one with the id ``top``; a loop in the tree ends where it closes."""
        seen, waiting = {top}, [top]
        while waiting:
            for page in self._children.get(waiting.pop(), ()):
                if page.id not in seen:
                    seen.add(page.id)
                    waiting.append(page.id)
                    yield page


_VALUES: Mapping[str, Callable[[Entry], Iterable[str | None]]] = MappingProxyType(
    {
        "container": lambda entry: () if entry.on is None or entry.on is entry.of else (entry.on.id,),
        "creator": lambda entry: (entry.author,),
        "id": lambda entry: () if entry.kind == "space" else (entry.id,),
        "label": lambda entry: entry.labels,
        "parent": lambda entry: (entry.of.parent_id,) if isinstance(entry.of, Page) else (),
        "space": lambda entry: (entry.space.key.casefold(),),
        "type": lambda entry: (entry.kind,),
    }
)
"""What an entry has in each field that is indexed."""
