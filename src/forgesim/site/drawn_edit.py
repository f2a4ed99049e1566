"""What an edit of a site is, and what edits share: what must stay, new ids, and words in the forms that fields take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from forgesim.site.model import Page, Site
from forgesim.site.storage import plain_text, readable

__all__ = ["Edit", "account_of", "as_label", "as_text", "held", "named", "new_id", "opening"]

LONGEST_WORD = 80
LONGEST_LABEL = 255
_LABEL_BAD = str.maketrans(dict.fromkeys(" !#&()*,.:;<>?@[]^", "-"))


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    """One change to a site, as data: refs by id, people by handle. In JSON an object whose ``do`` says which edit.

    Every edit can be made on every site: where it names what the site does not have, or would leave a site that
    cannot be, it changes nothing.
    """

    def apply(self, site: Site, stay: frozenset[str]) -> None:
        """Change ``site`` in place; ``stay`` are refs (``page/ID`` and so on) of what may not go."""
        raise NotImplementedError

    def told(self) -> str:
        """The edit in a few words, for people."""
        raise NotImplementedError


def named(site: Site) -> frozenset[str]:
    """Refs of what the site's variables name, and of what that lies in."""
    ids = {"space": _by_key(site.spaces.values()), "project": _by_key(site.projects.values())}
    ids["issue"] = _by_key(site.issues.values())
    refs = set()
    for name, value in site.variables.items():
        kind = name.partition(".")[0]
        refs.add(f"{kind}/{ids.get(kind, {}).get(value, value)}")
    return held(site, refs)


def _by_key(things: Iterable[object]) -> dict[str, str]:
    return {thing.key: thing.id for thing in things}  # type: ignore[attr-defined]


def held(site: Site, refs: Iterable[str]) -> frozenset[str]:
    """The refs, and those of the spaces, projects and boards that what they name lies in."""
    found: set[str] = set()
    for ref in refs:
        found.add(ref)
        found.update(_above(site, ref))
    return frozenset(found)


def _above(site: Site, ref: str) -> Iterator[str]:
    kind, _, id_ = ref.partition("/")
    if kind == "page" and id_ in site.pages:
        yield f"space/{site.pages[id_].space_id}"
    elif kind == "issue" and id_ in site.issues:
        yield f"project/{site.issues[id_].project_id}"
    elif kind == "board" and id_ in site.boards:
        yield f"project/{site.boards[id_].project_id}"
    elif kind == "sprint" and id_ in site.sprints:
        board = f"board/{site.sprints[id_].board_id}"
        yield from (board, *_above(site, board))


def new_id(site: Site) -> str:
    """An id that the site has given to nothing yet."""
    site.next_id += 1
    return str(site.next_id - 1)


def account_of(site: Site, handle: str) -> str | None:
    """The account id of a handle; null where nobody has it."""
    return next((user.account_id for user in site.users.values() if user.handle == handle), None)


def as_text(words: Sequence[str]) -> str:
    """The words as running text: no control characters, each cut to 80 characters."""
    return " ".join(filter(None, (" ".join(readable(word).split())[:LONGEST_WORD] for word in words)))


def as_label(word: str) -> str:
    """The word as Confluence and Jira take it for a label; empty where nothing of it is left."""
    return "".join(readable(word).split()).lower().translate(_LABEL_BAD)[:LONGEST_LABEL]


def opening(page: Page) -> str:
    """How the page's text begins, or its title: what a comment is made of, so that its words are the page's own."""
    return " ".join((plain_text(page.body) or page.title).split()[:8])
