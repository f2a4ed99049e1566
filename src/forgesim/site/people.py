"""The people of a site that was not generated: alice, bob, and those who wrote its content, under pseudonyms."""

from __future__ import annotations

from forgesim.ids import derived_uuid
from forgesim.site.model import User

__all__ = ["People", "new_people"]


def new_people(seed: int) -> dict[str, User]:
    """Alice, who is admin, and bob, who is to see less, by account."""
    people = [("alice", "Alice Marchetti", True), ("bob", "Bob Okafor", False)]
    users = [
        User(
            account_id=f"712020:{derived_uuid('user', seed, handle)}",
            handle=handle,
            name=name,
            email=f"{handle}@example.com",
            admin=admin,
            groups=["staff", "site-admins"] if admin else ["staff"],
        )
        for handle, name, admin in people
    ]
    return {user.account_id: user for user in users}


class People:
    """Accounts for authors as they are met. ``users`` has all of them; names are made up unless ``keep``.

    Account ids and mails never are the export's: an id that another system knows tells who somebody is.
    """

    def __init__(self, site: str, seed: int, *, keep: bool) -> None:
        self.users = new_people(seed)
        self.alice, self.bob = self.users
        self._site = site
        self._seed = seed
        self._keep = keep
        self._authors: dict[str, str] = {}

    def account(self, author: str | None, name: str | None = None) -> str | None:
        """The account that stands for an author (whatever tells them from others); the first time, a person is made.

        ``name`` is what they are called, where that is not ``author`` itself.
        """
        if author is None:
            return None
        if author in ("alice", "bob"):
            return self.alice if author == "alice" else self.bob
        if author not in self._authors:
            number = len(self._authors) + 1
            account = f"712020:{derived_uuid('author', self._seed, self._site, author)}"
            self._authors[author] = account
            self.users[account] = User(
                account_id=account,
                handle=f"author-{number}",
                name=(name or author) if self._keep else f"Author {number}",
                email=f"author-{number}@example.org",
            )
        return self._authors[author]

    def known(self, author: str) -> str | None:
        """The account of an author who was met before."""
        return self._authors.get(author)
