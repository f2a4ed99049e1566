"""Sites drawn at random: a recipe of edits, what it makes of a site, and what it says.

A recipe is data and nothing else: it can be kept, made smaller, printed and made again, on this site or another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random
from typing import Any

import msgspec

from forgesim.counted import counted
from forgesim.site.drawn_drops import DropIssue, DropPage, DropProject, DropSpace, Only, Thin
from forgesim.site.drawn_edit import Edit, held, named
from forgesim.site.drawn_hand import Hand
from forgesim.site.drawn_jira import (
    AssignIssue,
    CommentIssue,
    EmptyIssue,
    EmptySprint,
    EstimateIssue,
    LabelIssue,
    LengthenIssue,
    WriteIssue,
)
from forgesim.site.drawn_lives import LikePage, LinkElsewhere, LogWork, PostBeside, TaskPage
from forgesim.site.drawn_pages import (
    AddComments,
    AgePage,
    ArchivePage,
    DropComments,
    EmptyPage,
    LabelPage,
    OwnPage,
    RepeatBody,
    RestrictPage,
    WritePage,
)
from forgesim.site.facts import clone
from forgesim.site.model import Site

__all__ = ["MOST_EDITS", "Edit", "Recipe", "as_json", "build", "draw", "from_json", "told"]

MOST_EDITS = 24
"""Edits of a drawn recipe."""

Recipe = tuple[Edit, ...]

_Any = (
    DropPage | DropSpace | DropIssue | DropProject | Only | Thin
    | LabelPage | WritePage | RepeatBody | AddComments | DropComments | EmptyPage | OwnPage | AgePage | ArchivePage
    | RestrictPage | LabelIssue | EstimateIssue | WriteIssue | LengthenIssue | AssignIssue | CommentIssue | EmptyIssue
    | EmptySprint | LikePage | TaskPage | PostBeside | LogWork | LinkElsewhere
)  # fmt: skip
"""Every edit there is, by its ``do``."""


def draw(rng: Random, site: Site, words: Sequence[str] = ()) -> Recipe:
    """A recipe of 1 to ``MOST_EDITS`` edits for ``site``: several of them often fall on one page or issue, and most on
    what variables name or what lies beside it. ``words``: labels and words to plant, besides those that there are.

    A site with nothing to edit gets an empty recipe.
    """
    hand = Hand(rng, site, words)
    return tuple(edit for _ in range(rng.randint(1, MOST_EDITS)) if (edit := hand.edit()) is not None)


def build(site: Site, recipe: Recipe, keep: Collection[str] = ()) -> Site:
    """A new site: ``site`` with each edit made in turn; ``site`` itself stays as it is.

    What its variables name never goes, and neither do ``keep`` (refs such as ``page/ID``) nor what those lie in.
    """
    result = clone(site)
    stay = named(site) | held(site, keep)
    for edit in recipe:
        edit.apply(result, stay)
    return result


def told(recipe: Recipe, most: int | None = None) -> str:
    """The recipe in words: one part an edit, ``; `` between them. ``most``: about so many characters are enough; edits
    that do not fit are counted."""
    parts = [edit.told() for edit in recipe]
    shown: list[str] = []
    for part in parts:
        if most is not None and shown and sum(map(len, shown)) + len(part) > most:
            break
        shown.append(part if most is None or len(part) <= most else f"{part[:most]}…")
    if rest := len(parts) - len(shown):
        shown.append(f"and {counted(rest, 'more change')}")
    return "; ".join(shown) or "the site as it is"


def as_json(recipe: Recipe) -> list[dict[str, Any]]:
    """The recipe as JSON values: one object an edit."""
    return [msgspec.to_builtins(edit) for edit in recipe]


def from_json(edits: Sequence[Any]) -> Recipe:
    """The recipe that ``as_json`` wrote. Raises ValueError (msgspec's ValidationError) where an edit is none."""
    return msgspec.convert(tuple(edits), type=tuple[_Any, ...])
