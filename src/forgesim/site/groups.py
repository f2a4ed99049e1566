"""The groups of a site: which there are, and who belongs to them."""

from __future__ import annotations

from forgesim.ids import derived_uuid
from forgesim.site.holders import EVERYBODY
from forgesim.site.model import Group, Site, User

__all__ = ["EVERYBODY", "find_group", "groups_of", "groups_with", "members_of"]


def groups_of(site: Site) -> list[Group]:
    """All groups by name: those that the site has, those that its people name, and ``EVERYBODY``."""
    found = {group.name: group for group in site.groups.values()}
    for name in (EVERYBODY, *(name for user in site.users.values() for name in user.groups)):
        if name not in found:
            found[name] = Group(id=derived_uuid("group", site.cloud_id, name), name=name)
    return [found[name] for name in sorted(found)]


def find_group(site: Site, name: str) -> Group | None:
    """By id or by name."""
    return next((group for group in groups_of(site) if name in (group.id, group.name)), None)


def members_of(site: Site, group: Group) -> list[User]:
    """People who are active, by account id."""
    everybody = group.name == EVERYBODY
    found = (user for user in site.users.values() if user.active and (everybody or group.name in user.groups))
    return sorted(found, key=lambda user: user.account_id)


def groups_with(site: Site, user: User) -> list[Group]:
    """The groups that somebody belongs to, by name; none once they have left the site."""
    return [group for group in groups_of(site) if user.active and (group.name in (EVERYBODY, *user.groups))]
