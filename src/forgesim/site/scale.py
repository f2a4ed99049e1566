"""Generated sites of any size: as many pages and issues as asked for, in words that exist nowhere.

Few spaces and projects hold most of what there is (sizes after Zipf). What a page or an issue is follows from the seed
and from its place in its space or project, and making one takes the same time on a site of any size.
"""

from __future__ import annotations

from itertools import count
from math import isqrt

from forgesim.clock import EPOCH_MS
from forgesim.errors import InputError
from forgesim.ids import derived_uuid
from forgesim.site.access import APP_ACCOUNT, may_view_page
from forgesim.site.jira_make import jira_variables
from forgesim.site.model import Page, Site, User
from forgesim.site.scale_issues import IssueMaker
from forgesim.site.scale_pages import SpaceMaker
from forgesim.site.scale_text import Vocabulary
from forgesim.site.vocabulary import PEOPLE

__all__ = ["MOST", "generate", "shares"]

MOST = 10_000_000
"""Pages, and issues, that are given ids and canaries of their own."""

_FIRST_ID = 163_841
_TEAM = 8
"""People in a team."""


def generate(
    *,
    pages: int,
    issues: int,
    seed: int,
    spaces: int | None = None,
    projects: int | None = None,
    people: int | None = None,
) -> Site:
    """A site of ``pages`` pages and ``issues`` issues, equal for equal arguments in every process.

    By default there are about as many ``spaces`` as the root of a quarter of the pages, ``projects`` as the root of a
    sixteenth of the issues, and one of the ``people`` for two hundred pages and issues, twelve at least and two
    thousand at most. The first people have the handles of the demo company (alice is admin, some have left), the first
    space is DOCS, open to everybody, the first project WEB; ``site.variables`` name them as those of the demo do.
    Raises InputError for numbers that make no site.
    """
    spaces = min(pages, max(1, isqrt(max(0, pages)) // 2)) if spaces is None else spaces
    projects = min(issues, max(1, isqrt(max(0, issues)) // 4)) if projects is None else projects
    people = min(2_000, max(len(PEOPLE), (pages + issues) // 200)) if people is None else people
    _check(pages, issues, spaces, projects, people)
    vocabulary = Vocabulary(seed)
    site = Site(
        name=f"Site of {pages} pages and {issues} issues",
        cloud_id=derived_uuid("scale", seed, pages, issues, spaces, projects, people),
        host=f"scale-{seed}.atlassian.net",
        region="US",
        clock_ms=EPOCH_MS,
        seed=seed,
        synthetic=True,
        users=_users(seed, people, vocabulary),
        spaces={},
        pages={},
        lexicon="proof",
    )
    ids = count(_FIRST_ID, 3)
    space_maker = SpaceMaker(site, vocabulary, ids)
    for number, share in enumerate(shares(pages, spaces), start=1):
        space_maker.add_space(number, share)
    issue_maker = IssueMaker(site, vocabulary, ids)
    for number, share in enumerate(shares(issues, projects), start=1):
        issue_maker.add_project(number, share)
    issue_maker.number()
    site.next_id = next(ids)
    site.canaries = list(vocabulary.canaries)
    site.variables = _variables(site)
    return site


def shares(total: int, parts: int) -> list[int]:
    """``total`` in so many parts after Zipf, largest first: the second is half of the first, the third a third. Each
    is at least one."""
    weights = [1 / (rank + 1) for rank in range(parts)]
    spare, weight = total - parts, sum(weights)
    found = [1 + int(spare * each / weight) for each in weights]
    if found:
        found[0] += total - sum(found)
    return found


def _check(pages: int, issues: int, spaces: int, projects: int, people: int) -> None:
    for what, asked, least, most in (
        ("pages", pages, 1, MOST),
        ("issues", issues, 0, MOST),
        ("spaces", spaces, 1, pages),
        ("projects", projects, 1 if issues else 0, issues),
        ("people", people, len(PEOPLE), 100_000),
    ):
        if not least <= asked <= most:
            raise InputError(f"a generated site has {least} to {most} {what}, not {asked}")


def _users(seed: int, people: int, vocabulary: Vocabulary) -> dict[str, User]:
    """The first are the demo's people, in its groups; everybody is in a team of eight, and one in twenty-five has
    left."""
    users: dict[str, User] = {}
    for number in range(people):
        known = PEOPLE[number] if number < len(PEOPLE) else None
        account = f"712020:{derived_uuid('scale', 'user', seed, number)}"
        first, last = vocabulary.words[number % len(vocabulary.words)], vocabulary.canary()
        users[account] = User(
            account_id=account,
            handle=known.handle if known else f"person-{number + 1}",
            name=f"{first.capitalize()} {last.capitalize()}",
            email=f"{first}.{last}@example.com",
            admin=known is not None and "site-admins" in known.groups,
            active=known.active if known else number % 25 != 0,
            time_zone=known.zone if known else "UTC",
            groups=[*(known.groups if known else ("staff",)), f"team-{number // _TEAM + 1}"],
        )
    return users


def _variables(site: Site) -> dict[str, str]:
    space = next(iter(site.spaces.values()))
    page = _shown(site)
    named = {"space": space.key, "space.key": space.key, "space.id": space.id, "page": page.id, "page.id": page.id}
    return named | jira_variables(site)


def _shown(site: Site) -> Page:
    """The first page below a home page that everybody sees, else the first page."""
    pages = site.pages.values()
    deep = (each for each in pages if each.parent_id and each.status == "current")
    return next((each for each in deep if may_view_page(site, APP_ACCOUNT, each)), next(iter(pages)))
