"""Generated sites: ``demo``, a believable company, and ``proof``, the same company in words that exist
nowhere.

The company: twelve people (alice is admin, bob sees less, two have left), three spaces of which one is for
the people team only, some 150 pages of mixed health, comments, restrictions, attachments, views, and a few blog
posts. All of it follows from the seed.
"""

from __future__ import annotations

from forgesim.clock import EPOCH_MS
from forgesim.ids import derived_uuid
from forgesim.site.access import APP_ACCOUNT, may_view_page
from forgesim.site.model import Page, Site, Space, User
from forgesim.site.page_lives import add_lives
from forgesim.site.pages import PageMaker
from forgesim.site.seeded import seeded
from forgesim.site.vocabulary import PEOPLE, SPACES, SpacePlan

__all__ = ["demo", "proof", "site_variables", "worded"]

_DAY_MS = 86_400_000


def demo(seed: int, *, jira: bool = True, confluence: bool = True) -> Site:
    """The demo company of ``seed``, in English. Its clock starts at ``clock.EPOCH_MS``.

    Without ``jira`` it has Confluence alone: what that holds, and every id in it, is the same. So it is the other way
    round without ``confluence``; its spaces stay, and pages that its variables name.
    """
    rng = seeded("demo", seed)
    site = Site(
        name="Harbourline Systems",
        cloud_id=derived_uuid("cloud", seed),
        host=f"harbour-{seed}.atlassian.net",
        region="US",
        clock_ms=EPOCH_MS,
        seed=seed,
        synthetic=True,
        users=_users(seed),
        spaces={},
        pages={},
        lexicon="demo",
    )
    accounts = {user.handle: user.account_id for user in site.users.values()}
    for number, plan in enumerate(SPACES, start=1):
        space = _space(plan, number, accounts)
        site.spaces[space.id] = space
    maker = PageMaker(rng, site, accounts)
    for space, plan in zip(site.spaces.values(), SPACES, strict=True):
        maker.plan_space(space, plan)
    maker.write_pages()
    shown = maker.showpiece()
    add_lives(site, accounts, shown)
    site.variables = site_variables(site, "DOCS", shown)
    if jira:
        from forgesim.site.jira_make import add_jira

        add_jira(site, accounts)
    if not confluence:
        _drop_pages(site)
    return site


def _drop_pages(site: Site) -> None:
    named = site.variables.values()
    site.pages = {key: page for key, page in site.pages.items() if key in named}
    for page in site.pages.values():
        page.parent_id = None
    for space in site.spaces.values():
        space.homepage_id = None


def proof(seed: int, *, jira: bool = True, confluence: bool = True) -> Site:
    """The site that ``demo`` is, in the words that ``worded`` gives it."""
    return worded(demo(seed, jira=jira, confluence=confluence), seed)


def worded(site: Site, seed: int) -> Site:
    """A generated site as it is, but for its texts and names: those are pseudo-words of a private lexicon.

    A match with them is no coincidence. About every twelfth word is a canary; ``canaries`` lists them. Ids,
    keys, handles, structure, labels, markers, times and rights are those of the demo.
    """
    from forgesim.site.lexicon import Lexicon
    from forgesim.site.reword import reword

    lexicon = Lexicon(seed, site)
    result = reword(site, lexicon)
    result.canaries = lexicon.canaries()
    result.lexicon = "proof"
    return result


def site_variables(site: Site, space_key: str, page: Page) -> dict[str, str]:
    """The ``$name`` values of a site: ``space`` is a key, ``page`` an id. ``page.pictured``, where there is one, is a
    page that everybody sees and that shows a picture among its attachments."""
    space = next(space for space in site.spaces.values() if space.key == space_key)
    pictured = [
        each.id
        for each in site.pages.values()
        if each.space_id == space.id
        and "<ri:attachment" in each.body
        and any(attachment.media_type.startswith("image/") for attachment in each.attachments)
        and may_view_page(site, APP_ACCOUNT, each)
    ]
    return {
        **({"page.pictured": pictured[0]} if pictured else {}),
        "space": space.key,
        "space.key": space.key,
        "space.id": space.id,
        "page": page.id,
        "page.id": page.id,
    }


def _users(seed: int) -> dict[str, User]:
    users: dict[str, User] = {}
    for index, person in enumerate(PEOPLE):
        account = f"712020:{derived_uuid('user', seed, person.handle)}"
        local = person.name.lower().replace(" ", ".")
        users[account] = User(
            account_id=account,
            handle=person.handle,
            name=person.name,
            email=f"{local}@example.{'org' if index % 4 == 3 else 'com'}",
            admin="site-admins" in person.groups,
            active=person.active,
            time_zone=person.zone,
            groups=list(person.groups),
        )
    return users


def _space(plan: SpacePlan, number: int, accounts: dict[str, str]) -> Space:
    people_only = ["group:people-team"] if plan.key == "HR" else None
    return Space(
        id=str(65_536 * number + 32_769),
        key=plan.key,
        name=plan.name,
        owner=accounts["carol" if plan.key == "HR" else "alice"],
        created_at=EPOCH_MS - (1_900 - 150 * number) * _DAY_MS,
        description=plan.description,
        viewers=people_only,
        editors=["group:engineering"] if plan.key == "ENG" else None,
    )
