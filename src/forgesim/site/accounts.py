"""What becomes of people's accounts: one is closed for good, or its owner changes what it says of them."""

from __future__ import annotations

from forgesim.site.model import Site

__all__ = ["close_account", "update_profile"]

FORMER = "Former user"
"""The name that Atlassian's products show in place of the owner of a closed account."""


def close_account(site: Site, account: str, at_ms: int) -> None:
    """The account is nobody's from now on: its name and mail are gone, and it may do nothing."""
    user = site.users[account]
    user.active, user.closed, user.updated_at = False, True, at_ms
    user.name, user.email = FORMER, ""


def update_profile(site: Site, account: str, at_ms: int) -> None:
    """Its owner changes their time zone, which is as good as any other part of a profile."""
    user = site.users[account]
    user.time_zone = "Etc/GMT+1" if user.time_zone != "Etc/GMT+1" else "Etc/GMT-1"
    user.updated_at = at_ms
