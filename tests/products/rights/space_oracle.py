"""Who may do what in a space of Confluence, from its lists and the meaning that Atlassian's documents give them.

- Where ``permissions`` says who does a thing, they do, and nobody else; else its ``viewers`` see it, comment and
  export, its ``editors`` do all the rest, and its owner, the admins of the site and an app that edits it administer it.
- Nothing is done by who does not see it. An archived space is read, exported and administered, and no more.
- ``group:confluence-users`` is everybody of the site; ``anonymous`` is everybody on earth, where the site allows that.
  Nobody is given anything by a list that there is not: that is for people of the site.
"""

from __future__ import annotations

from forgesim.site.access import APP_ACCOUNT
from forgesim.site.model import Site, Space

__all__ = ["permits", "space_names"]

Names = frozenset[str]
KEPT_BY_ARCHIVED = ("read:space", "export:space", "administer:space")


def space_names(site: Site, viewer: str | None, names: Names) -> Names:
    """``names``: what all lists call the viewer; empty for whoever may not use the site."""
    if names:
        return names | {"group:confluence-users"} | ({"anonymous"} if site.anonymous else set())
    return frozenset({"anonymous"}) if site.anonymous and viewer is None else names


def permits(site: Site, viewer: str | None, names: Names, operation: str, space: Space) -> bool:
    called = space_names(site, viewer, names)
    readers = space.permissions.get("read:space", space.viewers)
    sees = bool(names) if readers is None else not called.isdisjoint(readers)
    if operation == "read:space" or not sees:
        return sees
    if space.status != "current" and operation not in KEPT_BY_ARCHIVED:
        return False
    if operation in space.permissions:
        return not called.isdisjoint(space.permissions[operation])
    if not names:
        return False
    if operation in ("create:comment", "export:space"):
        return True
    user = site.users.get(viewer or "")
    if operation == "administer:space" and viewer != APP_ACCOUNT:
        return space.owner == viewer or (user is not None and user.admin)
    return space.status == "current" and (space.editors is None or not called.isdisjoint(space.editors))
