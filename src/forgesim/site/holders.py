"""What lists of viewers and editors may call an account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forgesim.site.model import Site

__all__ = ["APP_ACCOUNT", "is_known", "names_of", "open_to"]

APP_ACCOUNT = "712020:a11a99e5-0000-4000-8000-000000000a99"
"""The account that an app acts as when it acts for nobody; it sees what is open to everybody of the site."""


def names_of(site: Site, account: str | None) -> frozenset[str]:
    """The account's id and its ``group:NAME``; empty when the account may do nothing."""
    if account is None:
        return frozenset()
    if account == APP_ACCOUNT:
        return frozenset((APP_ACCOUNT,))
    user = site.users.get(account)
    if user is None or not user.active or user.closed:
        return frozenset()
    return frozenset((account, *(f"group:{group}" for group in user.groups)))


def is_known(site: Site, account: str | None) -> bool:
    """Whether ``account`` may use the site at all: an active person's, or the app's own."""
    return bool(names_of(site, account))


def open_to(names: frozenset[str], listed: Iterable[str] | None) -> bool:
    return listed is None or not names.isdisjoint(listed)
