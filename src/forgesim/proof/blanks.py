"""Fields of what a scenario names, emptied and filled as the source's conditions want them."""

from __future__ import annotations

from collections.abc import Sequence

from forgesim.site.blank import ISSUE_BLANKS, PAGE_BLANKS, TEXTS, empty_issue, empty_page
from forgesim.site.blank_fill import fill_issue, fill_page
from forgesim.site.jira_model import Issue
from forgesim.site.model import Page, Site
from forgesim.source.solve import Want

__all__ = ["alter_fields", "told_fields"]

FACTS = "facts"
"""In a want: every field that holds no texts."""
PLACES = frozenset({"sprint", "parent"})
"""By these fields the things themselves are found: they change only where a want names them."""


def alter_fields(site: Site, pages: Sequence[Page], issues: Sequence[Issue], wants: Sequence[Want]) -> None:
    """Empty and fill fields. A want of many fields leaves those alone that another one names, so that they keep the
    value which the site gives them."""
    many = frozenset[str]((*ISSUE_BLANKS, *PAGE_BLANKS)) - PLACES
    single = {want.path[0] for want in wants if want.path not in ((), (FACTS,))}
    for want in wants:
        match want.path:
            case ():
                fields = many - single
            case ("facts",):
                fields = many - single - TEXTS
            case _:
                fields = frozenset(want.path)
        _alter(site, pages, issues, want, fields)


def told_fields(want: Want) -> str:
    """The want in words."""
    if want.path in ((), (FACTS,)):
        return f"{'fields that hold no texts' if want.path else 'all fields'} are {want.kind}"
    if want.kind == "empty":
        return f"without {'.'.join(want.path)}"
    return f"with {'.'.join(want.path)}{'' if want.value is None else f' {want.value!r:.60}'}"


def _alter(site: Site, pages: Sequence[Page], issues: Sequence[Issue], want: Want, fields: frozenset[str]) -> None:
    filled = want.kind == "filled"
    for page in pages:
        for of_page in (each for each in PAGE_BLANKS if each in fields):
            fill_page(site, page, of_page) if filled else empty_page(page, of_page)
    for issue in issues:
        for of_issue in (each for each in ISSUE_BLANKS if each in fields):
            fill_issue(site, issue, of_issue, want.value) if filled else empty_issue(issue, of_issue)
